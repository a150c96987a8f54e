"""One search for the numbers of the holes of a text, hole by hole: first where claims are near, back where a number
led nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from archdsl.checker.holes.allowance import Allowance, Exhausted
from archdsl.checker.holes.choose import Ground, HoleChoice, Try, Variable, choose, numbers
from archdsl.checker.holes.equations import Equation
from archdsl.checker.holes.obstacles import Obstacles
from archdsl.checker.holes.segments import Segment
from archdsl.checker.holes.trial import Attempt, Bench, Context, lines, together
from archdsl.diagnostics import Diagnostic
from archdsl.reading.holes import Hole
from archdsl.reading.reading import Reading
from archdsl.sizes.shape import Shape
from archdsl.typed import Any, NamedTuple

MANY = 8  # answers that are looked for: with more, nobody wants them all
_FEW = 3  # misses that are reported
_MOST = 1_024  # numbers of one hole that fit its claims, of which the best are tried first
_LIKELY = 32  # numbers of the text that are tried where nothing else helps


class Fit(NamedTuple):
    """Numbers with which everything holds, and the warnings that come with them.

    `free` are the holes that nothing which is claimed depends on, and `judged` the places of the claims that were held.
    """

    values: dict[int, int]
    warnings: int
    free: tuple[Hole, ...]
    judged: frozenset[int]


class Miss(NamedTuple):
    """Numbers that come near: how many claims fail, how far they are off, and which."""

    failing: int
    distance: float
    values: dict[int, int]
    wrong: tuple[Equation, ...]


class SearchNode(NamedTuple):
    """Numbers found so far, and the lines that are being looked at, if they are some by themselves."""

    values: dict[int, int]
    segment: Segment | None = None
    context: Context | None = None


class Level:
    """What can follow on a node, and what of it came so far."""

    def __init__(self, nodes: Iterator[SearchNode]) -> None:
        self.nodes = nodes
        self.came = 0
        self.latest = SearchNode({})

    def next(self) -> SearchNode | None:
        """The next node, None after the last."""
        node = next(self.nodes, None)
        if node is not None:
            self.came, self.latest = self.came + 1, node
        return node


class Solution(NamedTuple):
    """What was found: numbers that fit; else what comes nearest; or a limit."""

    fits: list[Fit]
    spare: list[tuple[Hole, dict[int, int]]]  # numbers that fit the claims next to them, with more warnings
    complete: bool  # whether the search came to its end, so that no other numbers fit
    sure: dict[int, int]  # numbers that are the only ones, even where the search did not come to its end
    concluded: bool  # whether of several holes one was decided by what seemed to move with it
    tried: list[Hole]  # where it ended
    misses: list[Miss]
    refusal: Diagnostic | None
    limit: str | None


class Task(NamedTuple):
    """What is searched: a text at its settings, with some numbers known and some holes that get none.

    `tied` says that the holes of `?x?` are equal; `plainly`, that nothing is concluded from what seems to move; `wide`,
    that paddings may be larger than their windows.
    """

    reading: Reading
    settings: list[dict[str, Any]]
    tied: bool = True
    plainly: bool = False
    wide: bool = False
    known: dict[int, int] = {}  # noqa: RUF012 - never changed
    lost: frozenset[int] = frozenset()


class Solver:
    """One search."""

    def __init__(self, task: Task, bench: Bench, allowance: Allowance, obstacles: Obstacles) -> None:
        reading = task.reading
        self.task, self.bench, self.allowance, self.obstacles = task, bench, allowance, obstacles
        self.holes = tuple(hole for hole in reading.holes if hole.at not in task.lost)
        self.segments = bench.near(self.holes)
        self.concluded = False
        self.cut = False  # whether a trial ended because it took too long
        self.partial = False  # whether numbers were ignored that may fit
        self.fits: list[Fit] = []
        self.spare: list[tuple[Hole, dict[int, int]]] = []
        self.tried: list[Hole] = []
        self.misses: list[Miss] = []
        self.refusal: Diagnostic | None = None
        found = re.findall(r"(?<![\w.])[0-9]{1,7}(?![\w.])|(?<=x)[0-9]{1,7}|[0-9]{1,7}(?=x)", reading.source.text)
        self.likely = sorted({int(number) for number in found[: 8 * _LIKELY]})[-_LIKELY:]
        self.largest = min(max(self.likely, default=1), 4_096)

    def solve(self) -> Solution:
        """Look for numbers until there are many, or none is left."""
        stack = [Level(iter([SearchNode(self.task.known)]))]
        limit, sure = None, dict[int, int]()
        try:
            self._search(stack)
            sure = self._sure(stack)
        except Exhausted as end:
            limit = str(end)
        if limit is None and self.cut and not self.fits:
            limit = "visits"
        complete = not (stack or limit or self.cut or self.partial)
        self.misses.sort(key=lambda miss: miss[:2])
        return Solution(
            *(self.fits, self.spare, complete, sure, self.concluded, self.tried, self.misses[:_FEW]),
            *(self.refusal, limit),
        )

    def _search(self, stack: list[Level]) -> None:
        while stack and len(self.fits) <= MANY:
            node = stack[-1].next()
            if node is None:
                stack.pop()
            else:
                stack.append(Level(self._following(node)))

    def _sure(self, stack: list[Level]) -> dict[int, int]:
        """Of a search that was broken off, the numbers without an alternative, as far as each before is one."""
        sure: dict[int, int] = {}
        for level in stack:
            latest = level.latest.values
            if level.came != 1 or level.next() is not None:
                break
            sure = latest
        return sure

    def _following(self, node: SearchNode) -> Iterator[SearchNode]:
        """What can follow on some numbers: none where they are wrong, or where they are all."""
        unknown = [hole for hole in self.holes if hole.at not in node.values]
        if node.segment is not None and node.context is not None:
            choice = self._local(node.segment, node.context, unknown, node.values, {})
            if choice is not None:
                return self._nodes(choice, node)
        found, contexts = self.whole(node.values)
        if not found.fits:
            return iter(())
        if not unknown:
            self._fit(node.values, found, [])
            return iter(())
        for segment in self.segments:
            context = contexts.get(segment.start)
            if context is not None and any(hole.at in segment for hole in unknown):
                choice = self._local(segment, context, unknown, node.values, found.inputs)
                if choice is not None:
                    return self._nodes(choice, SearchNode(node.values, segment, context))
        return self._anywhere(node, unknown, found)

    def _fit(self, values: dict[int, int], found: Attempt, free: list[Hole]) -> None:
        judged = frozenset(one.at.start for one in found.equations.values())
        self.fits.append(Fit(values, len(found.warnings), tuple(free), judged))

    def _anywhere(self, node: SearchNode, unknown: list[Hole], found: Attempt) -> Iterator[SearchNode]:
        """The next hole by claims of the whole text: the first holes alone, then more of them together."""
        variables, count = self.variables(unknown, found.inputs), 1
        while True:
            some = variables[:count]
            self.tried = [one.hole for one in some]
            choice = self._choose(some, lambda values: self.whole({**node.values, **values})[0])
            if choice is not None:
                return self._nodes(choice, SearchNode(node.values))
            if count >= len(variables):
                self._fit(node.values, found, unknown)
                return iter(())
            count *= 2

    def _local(
        self,
        segment: Segment,
        context: Context,
        unknown: list[Hole],
        values: dict[int, int],
        inputs: dict[int, Shape],
    ) -> HoleChoice | None:
        """The next hole by the claims of some lines alone."""
        around = context.value.shape if context.value is not None else None
        ours = self.variables([hole for hole in unknown if hole.at in segment], inputs, around)
        if not ours:
            return None
        self.tried = [one.hole for one in ours]
        return self._choose(ours, lambda more: self.some(segment, context, {**values, **more}))

    def _choose(self, variables: list[Variable], attempt: Try) -> HoleChoice | None:
        self.concluded = self.concluded or len(variables) > 1
        return choose(variables, Ground(attempt, self.likely, self._doubt), self.task.plainly)

    def _doubt(self) -> None:
        self.partial = True

    def _nodes(self, choice: HoleChoice, node: SearchNode) -> Iterator[SearchNode]:
        """The nodes of a choice. Of numbers that fit alike, those with fewer warnings come first, others only if they
        lead to nothing.
        """
        put = choice.variable.put
        if not choice.last:
            for number in choice.numbers:
                yield node._replace(values={**node.values, **put(number)})
            return
        warned = self._warned(choice, node)
        least = min(warned.values(), default=0)
        before = len(self.fits)
        for number in warned:
            if warned[number] == least:
                yield node._replace(values={**node.values, **put(number)})
        others = [number for number in warned if warned[number] > least]
        if len(self.fits) > before:
            self.spare += [(choice.variable.hole, put(number)) for number in others]
            return
        for number in others:
            yield node._replace(values={**node.values, **put(number)})

    def _warned(self, choice: HoleChoice, node: SearchNode) -> dict[int, int]:
        """The numbers of a choice with their warnings, as many as are worth what they cost; one alone with none."""
        numbers = iter(choice.numbers)
        first = next(numbers, None)
        second = next(numbers, None) if first is not None else None
        if first is None or second is None:
            return {} if first is None else {first: 0}
        found: dict[int, int] = {}
        half, clean = self.allowance.half(), 0
        for number in chain((first, second), numbers):
            if clean > MANY or len(found) == _MOST or (self.allowance.beyond(half) and found):
                self.partial = True
                break
            found[number] = self._warnings(node, choice.variable.put(number))
            clean += found[number] == 0
        return found

    def _warnings(self, node: SearchNode, more: dict[int, int]) -> int:
        values = {**node.values, **more}
        if node.segment is not None and node.context is not None:
            return len(self.some(node.segment, node.context, values).warnings)
        return len(self.whole(values)[0].warnings)

    def variables(self, holes: list[Hole], inputs: dict[int, Shape], around: Shape | None = None) -> list[Variable]:
        """Holes as variables, those that are tied as one; `inputs` are what lines read, `around` where they begin."""
        groups: dict[int, list[Hole]] = {}
        for hole in holes:
            groups.setdefault(hole.together if self.task.tied else hole.at, []).append(hole)
        return [
            Variable(tuple(hole.at for hole in group), group[0], self._numbers(group[0], inputs, around))
            for group in groups.values()
        ]

    def _numbers(self, hole: Hole, inputs: dict[int, Shape], around: Shape | None) -> Sequence[int] | None:
        return numbers(hole, inputs.get(hole.line, around), self.largest, self.task.wide)

    # ---- trials

    def whole(self, values: dict[int, int], *, all_settings: bool = False) -> tuple[Attempt, dict[int, Context]]:
        """The whole text at its settings, up to the first that is refused."""
        contexts: dict[int, Context] = {}
        attempts: list[Attempt] = []
        for number, setting in enumerate(self.task.settings):
            found, there = self.bench.whole(values, setting, self.allowance.of_trial(), number)
            self.allowance.spend(found.cost + lines(self.task.reading))
            contexts = {**there, **contexts}
            attempts.append(found)
            if found.refusal is not None and not all_settings:
                break
        return self._noted(together(attempts), values), contexts

    def some(self, segment: Segment, context: Context, values: dict[int, int]) -> Attempt:
        """Some lines alone."""
        found = self.bench.lines(segment.lines, context, values, self.allowance.of_trial())
        self.allowance.spend(found.cost)
        return self._noted(found, values, segment)

    def _noted(self, found: Attempt, values: dict[int, int], segment: Segment | None = None) -> Attempt:
        """Remember what came near, and what else is wrong."""
        self.obstacles.note(values, found, segment)
        if found.refusal is not None:
            self.cut = self.cut or found.refusal.code == "limit"
            self.refusal = self.refusal or found.refusal
        elif values and found.unfilled <= self.task.lost:
            wrong = tuple(equation for equation in found.equations.values() if not equation.holds)
            if wrong:
                off = sum(abs(e.off) / max(1, abs(e.claimed), abs(e.derived)) for e in wrong)
                miss = Miss(len(wrong), off, values, wrong[:_FEW])
                if all(miss.values != other.values for other in self.misses):
                    self.misses.append(miss)
                if len(self.misses) > 4 * _FEW:
                    self.misses = sorted(self.misses, key=lambda one: one[:2])[:_FEW]
        return found
