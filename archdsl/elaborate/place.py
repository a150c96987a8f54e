"""Where a statement stands, and what one copy of it comes to."""

from __future__ import annotations

from typing import NamedTuple

from archdsl.elaborate.names import Names, Part, Value
from archdsl.expressions.scope import WRONG, Scope, Words
from archdsl.network.nodes import Item, Merge, Node, Sequence
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree


class Place(NamedTuple):
    """The values of names, the named results, and the blocks in use around; `branch` in the braces of a merge.

    `kinds` are the words for kinds and blocks in the file at hand.
    """

    scope: Scope
    names: Names
    chain: tuple[tree.Block, ...]
    kinds: Words
    branch: bool = False

    def reading(self, value: Value | None) -> Place:
        """The same place for a line that reads `value`: `in` is its channels."""
        channels = None if value is None else WRONG if value.shape is None else value.shape.sizes[-1]
        if channels is self.scope.channels:
            return self
        return Place(self.scope.reading(channels), self.names, self.chain, self.kinds, self.branch)

    def inner(self) -> Place:
        """The place inside braces."""
        return self._replace(scope=self.scope.inner(), branch=False)


class Once(NamedTuple):
    """One copy of a statement: its node, None after a fault, its results, the names inside a group; of a SHARE, the
    part that it runs.
    """

    node: Node | None
    shapes: tuple[Shape | None, ...]
    inside: Names | None = None
    part: Part | None = None


def sequence_of(takes: tuple[Value, ...], items: tuple[Item, ...], gives: tuple[Value, ...], width: int) -> Sequence:
    """Items one after the other, with the shapes of what they read and give."""
    inputs, outputs = (tuple(v.shape for v in values if v.shape is not None) for values in (takes, gives))
    return Sequence(tuple(v.number for v in takes), items, tuple(v.number for v in gives), width, inputs, outputs)


def wrapped(node: Merge, inputs: tuple[Value, ...], given: Value) -> Sequence:
    """A merge as a container of its own."""
    item = Item(None, 0, node, tuple(value.number for value in inputs), (given.number,), node.outputs)
    return sequence_of(inputs, (item,), (given,), node.width)
