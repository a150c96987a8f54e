"""What one copy of a statement comes to."""

from __future__ import annotations

from archdsl.elaborate.names import Names, Part, Value
from archdsl.network.nodes import Item, Merge, Node, Sequence
from archdsl.sizes.shape import Shape
from archdsl.typed import NamedTuple, new


class Once(NamedTuple):
    """One copy of a statement: its node, its results, the names inside a group; of a SHARE, the part that it runs.

    After a fault there is no node, or the part of it that stands, of which a result has no shape. `doubt` is that of
    the results.
    """

    node: Node | None
    shapes: tuple[Shape | None, ...]
    inside: Names | None = None
    part: Part | None = None
    doubt: bool = False

    @property
    def whole(self) -> bool:
        """Whether there is a node, and every result has its shape."""
        return self.node is not None and None not in self.shapes


def sequence_of(takes: tuple[Value, ...], items: tuple[Item, ...], gives: tuple[Value, ...], width: int) -> Sequence:
    """Items one after the other, with the shapes of what they read and give."""
    inputs = tuple([value.shape for value in takes if value.shape is not None])
    outputs = tuple([value.shape for value in gives if value.shape is not None])
    numbers = tuple([value.number for value in takes]), tuple([value.number for value in gives])
    return new(Sequence, (numbers[0], items, numbers[1], width, inputs, outputs))


def wrapped(node: Merge, inputs: tuple[Value, ...], given: Value) -> Sequence:
    """A merge as a container of its own."""
    item = Item(None, 0, node, tuple(value.number for value in inputs), (given.number,), node.outputs)
    return sequence_of(inputs, (item,), (given,), node.width)
