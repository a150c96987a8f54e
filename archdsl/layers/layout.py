"""Where the axes of a shape lie in a tensor: sequences keep their channels last, images have them first."""

from __future__ import annotations

from archdsl.ir.shape import AXES, Shape
from archdsl.layers.base import Refusal


def layout(rank: int) -> str:
    """How values of a rank lie in memory where a layer may choose: `flat`, `last` (N, T, C) or `first` (N, C, H, W)."""
    return {1: "flat", 2: "last"}.get(rank, "first")


def dimension(rank: int, axis: int) -> int:
    """The dimension of a tensor in `layout(rank)`, batch included, that holds an axis of the shape."""
    if rank <= 2:
        return axis + 1
    return 1 if axis == rank - 1 else axis + 2


def axis_index(kind: str, word: str, x: Shape) -> int:
    """The place of an axis word in a shape; refuses a word that this rank does not have."""
    axes = AXES[x.rank]
    if word not in axes:
        has = axes[0] if len(axes) == 1 else f"{', '.join(axes[:-1])} and {axes[-1]}"
        message = f"{kind}: {x} has no axis {word}; it has {has}"
        raise Refusal("rank-mismatch", message, blame="axis", tries=({"axis": "channels"},))
    return axes.index(word)
