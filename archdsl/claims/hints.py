"""Values that mend a line: tried, so that only those are named with which the rules accept it."""

from __future__ import annotations

from archdsl.expressions.bind import Bound
from archdsl.expressions.shapes import agrees
from archdsl.layers import Layer, Refusal
from archdsl.layers.values import Sizes, spell, whole
from archdsl.network.nodes import Leaf
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Expression, Undetermined
from archdsl.typed import Any, NamedTuple

_MOST_TRIES = 64


class Try(NamedTuple):
    """Values of a line that the rules accept, as it writes them, and the shape that they give."""

    values: str
    shape: Shape

    @property
    def text(self) -> str:
        return f"{self.values} gives {self.shape}"


def try_of_refusal(refusal: Refusal, kind: type[Layer], bound: Bound, shapes: tuple[Shape, ...]) -> Try | None:
    """The first of the rule's own proposals that the rules accept."""
    for change in refusal.tries:
        shape = _try(kind, {**bound.values, **change}, shapes)
        if shape is not None:
            return Try(_spelled(kind, change), shape)
    return None


def try_of_claim(leaf: Leaf, claimed: tuple[Any, ...]) -> Try | None:
    """The one value that makes a layer give the claimed shape: padding first, then stride, channels and window."""
    if len(claimed) != leaf.outputs[0].rank or any(isinstance(size, Expression) for size in claimed):
        return None
    for change in changes_of(leaf, claimed):
        shape = given_with(leaf, change)
        if shape is not None and agrees(claimed, shape.sizes):
            return Try(spelled_changes(leaf, change), shape)
    return None


def given_with(leaf: Leaf, change: dict[str, Any], *inputs: Shape) -> Shape | None:
    """What a layer gives with other values, for other shapes than its own; None where it refuses them."""
    kind = type(leaf.op)
    given = {name: leaf.op.__dict__[name] for name in kind.attributes if leaf.op.__dict__[name] is not None}
    return _try(kind, {**given, **change}, inputs or leaf.inputs)


def changes_of(leaf: Leaf, claimed: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Values of a layer that are worth a try, the likeliest first."""
    return _changes(leaf, claimed)[:_MOST_TRIES]


def spelled_changes(leaf: Leaf, change: dict[str, Any]) -> str:
    """A change of a layer as its line would write it."""
    return _spelled(type(leaf.op), change)


def _changes(leaf: Leaf, claimed: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Values worth a try, the likeliest first."""
    attributes = type(leaf.op).attributes
    changes: list[dict[str, Any]] = []
    if "pad" in attributes:
        changes += [{"pad": pad} for pad in range(8)]
    if "outpad" in attributes:
        changes.append({"outpad": 1})
    if "ceil" in attributes:
        changes.append({"ceil": not leaf.op.ceil})
    if "stride" in attributes:
        changes += [{"stride": stride} for stride in range(1, 5)]
    if "out" in attributes and claimed[-1] is not None:
        changes.append({"out": claimed[-1]})
    if "hidden" in attributes and isinstance(claimed[-1], int):
        changes += [{"hidden": hidden} for hidden in (claimed[-1], claimed[-1] // 2) if hidden]
    if "kernel" in attributes:
        changes += [{"kernel": kernel} for kernel in range(1, 12)]
    return changes


def _try(kind: type[Layer], values: dict[str, Any], shapes: tuple[Shape, ...]) -> Shape | None:
    try:
        shape = kind(values, shapes).shape(*shapes)
    except (Refusal, Undetermined):
        return None
    return shape if all(isinstance(size, Expression) or size > 0 for size in shape.sizes) else None


def _spelled(kind: type[Layer], change: dict[str, Any]) -> str:
    """A change as a line would write it: p2, stride=2, ceil."""
    words = []
    for name, value in change.items():
        attribute = kind.attributes[name]
        value = whole(value)
        if isinstance(value, bool):
            words.append(name if value else f"no{name}")
        elif attribute.short and isinstance(value, (int, Sizes)):
            words.append(f"{attribute.short}{value}")
        else:
            words.append(f"{name}={value if value in attribute.type.choices else spell(value)}")
    return " ".join(words)
