"""Where the axes of a shape lie in a tensor: sequences keep their channels last, images have them first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archdsl.layers.base import Lowered
from archdsl.layers.refusal import Refusal
from archdsl.sizes.shape import AXES, Shape


def layout(rank: int) -> str:
    """How values of a rank lie in memory where a layer may choose: `flat`, `last` (N, T, C) or `first` (N, C, H, W)."""
    return {1: "flat", 2: "last"}.get(rank, "first")


def dimension(rank: int, axis: int, form: str = "") -> int:
    """The dimension of a tensor, batch included, that holds an axis of the shape; it lies as `form`, or as usual."""
    if (form or layout(rank)) != "first":
        return axis + 1
    return 1 if axis == rank - 1 else axis + 2


def lying(axes: Sequence[int], rank: int) -> str:
    """How a value lies whose dimensions after the batch hold these axes of its shape; "" for no way with a name."""
    if rank == 1:
        return "flat"
    return {tuple(order(rank, form)): form for form in ("first", "last")}.get(tuple(axes), "")


def order(rank: int, form: str) -> list[int]:
    """The axes of a shape in the order of the dimensions of a tensor that lies as `form`."""
    return sorted(range(rank), key=lambda axis: dimension(rank, axis, form))


def either(rank: int, lowered: Callable[[str], Lowered]) -> Lowered:
    """A layer that takes a value of this rank as it lies, as usual or the other way round."""
    usual = layout(rank)
    if rank == 1:
        return lowered(usual)
    return lowered(usual)._replace(otherwise=lowered("first" if usual == "last" else "last"))


def axis_index(kind: str, word: str, x: Shape, blame: str = "axis") -> int:
    """The place of an axis word in a shape; refuses a word that this rank does not have."""
    axes = AXES[x.rank]
    if word not in axes:
        has = axes[0] if len(axes) == 1 else f"{', '.join(axes[:-1])} and {axes[-1]}"
        message = f"{kind}: {x} has no axis {word}; it has {has}"
        raise Refusal("rank-mismatch", message, blame=blame, tries=({"axis": "channels"},) if blame == "axis" else ())
    return axes.index(word)
