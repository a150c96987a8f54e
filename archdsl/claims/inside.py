"""The layer after a claim that fails, inside a block, braces or a group: the first whose shape is not as claimed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Row

from archdsl.claims.hints import changes_of, given_with, spelled_changes
from archdsl.network.nodes import Leaf, Merge, Node, Share, children
from archdsl.sizes.shape import Shape
from archdsl.typed import Any, NamedTuple

DIFFERS = "differs from here on"  # how what is reported of the layer begins; a fix looks for it
_SEEN = 500  # layers that are looked at
_TRIED = 8  # layers of which values are tried
_BEHIND = 100  # layers after one whose value is tried


class InnerLayer(NamedTuple):
    """A layer, and the value of it with which the claim would hold, as its line writes it."""

    leaf: Leaf
    values: str


def inside(nodes: Iterable[Node], claimed: tuple[Any, ...], derived: Shape) -> InnerLayer | None:
    """The layer from which on an axis is not as claimed; None where ranks differ or no layer says the size."""
    if len(claimed) != derived.rank:
        return None
    wrong = [axis for axis, size in enumerate(claimed) if size is not None and size != derived.sizes[axis]]
    every = [leaf for leaf in _path(nodes) if len(leaf.inputs) == 1]
    path = [leaf for leaf in every if leaf.inputs[0].rank == leaf.outputs[0].rank == derived.rank]
    if not wrong:
        return None
    if wrong[0] == derived.rank - 1:
        places = _widening(path, derived)
    else:
        places = _resizing(path, wrong[0], claimed[wrong[0]]) if path else []
    if not places:  # the size is another axis' before: FLATTEN
        path, places = every, _reshaping(every, derived)
    return _likeliest(path, places, wrong, claimed)


def _likeliest(path: list[Leaf], places: list[int], wrong: list[int], claimed: tuple[Any, ...]) -> InnerLayer | None:
    """The first layer of which a value makes the claim hold; where none has one, the first of all."""
    for place in places[:_TRIED]:
        values = _mending(path[place : place + _BEHIND], wrong, claimed)
        if values:
            return InnerLayer(path[place], values)
    return InnerLayer(path[places[0]], "") if places else None


def joining(nodes: Row[Node]) -> Merge | None:
    """The merge at the end of what is claimed, where nothing after it changes the shape."""
    stack = [*nodes]
    for _ in range(_SEEN):
        if not stack:
            return None
        node = stack.pop()
        if isinstance(node, Merge):
            return node
        if not isinstance(node, Leaf):
            stack += children(node)
        elif node.inputs[:1] != node.outputs[:1]:
            return None
    return None


def _path(nodes: Iterable[Node]) -> Iterator[Leaf]:
    """The layers from the first to the last, of branches those of the first, of equal copies those of one."""
    stack = [*nodes][::-1]
    for _ in range(_SEEN):
        if not stack:
            return
        node = stack.pop()
        if isinstance(node, Leaf):
            yield node
        elif isinstance(node, Share):
            stack.append(node.node)
        else:
            stack += children(node)[:1] if isinstance(node, Merge) else children(node)[::-1]


def _widening(path: list[Leaf], derived: Shape) -> list[int]:
    """The last layer that says the channels."""
    places = [at for at, leaf in enumerate(path) if not {"out", "hidden"}.isdisjoint(type(leaf.op).attributes)]
    return places[-1:] if places and path[places[-1]].outputs[0].channels == derived.channels else []


def _resizing(path: list[Leaf], axis: int, claimed: Any) -> list[int]:
    """The layers that change a size of space after the last that has it as claimed; else the first with a stride."""
    begin = max((at for at, leaf in enumerate(path) if leaf.inputs[0].sizes[axis] == claimed), default=0)
    behind = range(begin, len(path))
    changing = [at for at in behind if path[at].inputs[0].sizes[axis] != path[at].outputs[0].sizes[axis]]
    return changing or [at for at in behind if "stride" in type(path[at].op).attributes][:1]


def _reshaping(path: list[Leaf], derived: Shape) -> list[int]:
    """The layers up to the last that changes the shape to the derived one, that one first."""
    places = [at for at, leaf in enumerate(path) if leaf.inputs[0] != leaf.outputs[0]]
    return places[::-1] if places and path[places[-1]].outputs[0] == derived else []


def _mending(path: list[Leaf], wrong: list[int], claimed: tuple[Any, ...]) -> str:
    """The one value of the first layer with which the last has the sizes that were wrong; empty where none has."""
    leaf = path[0]
    for change in changes_of(leaf, claimed):
        shape: Shape | None = leaf.inputs[0]
        for other in path:  # one line may be laid several times
            now = change if other.statement is leaf.statement else {}
            shape = given_with(other, now, shape) if shape is not None else None
        if shape is not None and all(shape.sizes[axis] == claimed[axis] for axis in wrong):
            return spelled_changes(leaf, change)
    return ""
