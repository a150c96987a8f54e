"""How far into a text a fault lies: what stands before it may hide it, and what stands after it never does."""

from __future__ import annotations

from bisect import bisect_right

from archdsl.checker.holes.segments import end, start
from archdsl.reading.holes import bodies
from archdsl.syntax import tree
from archdsl.typed import Any, TypeAlias

Reach: TypeAlias = tuple[int, ...]  # where the statements end that lead to a place, uses of blocks first

_LAST = 1 << 40  # what is judged when all lines are laid stands after them


class LayingOrder:
    """The statements of a text in the order in which they are laid: inner ones before the line around them."""

    def __init__(self, file: tree.File) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._around: list[int] = []  # the place in these lists of the statement around each, -1 for none
        stack: list[tuple[Any, int]] = [(one, -1) for line in reversed(file.lines) for one in reversed(line.statements)]
        while stack:
            statement, around = stack.pop()
            number = len(self._starts)
            self._starts.append(start(statement))
            last = isinstance(statement, (tree.Output, tree.Expect, tree.Freeze, tree.Init))
            self._ends.append(start(statement) + _LAST if last else max(start(statement) + 1, end(statement)))
            self._around.append(around)
            inner = [one for body in bodies(statement) for line in body.lines for one in line.statements]
            stack += [(one, number) for one in reversed(inner)]

    def reach(self, way: tuple[int, ...], at: int) -> Reach:
        """How far a place lies, by the uses of blocks that lead to it."""
        return tuple(map(self.end, (*way, at)))

    def end(self, at: int) -> int:
        """Where the innermost statement around a place ends; the place itself in a text that is used."""
        number = bisect_right(self._starts, at) - 1
        last = number
        while number >= 0 and self._ends[number] <= at:
            number = self._around[number]
        return self._ends[number] if number >= 0 else max(at, self._ends[last] if last >= 0 else at)
