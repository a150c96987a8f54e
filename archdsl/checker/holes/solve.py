"""The numbers of all holes of a text, hole by hole: first where claims are near, back where a number led nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from archdsl.checker.holes.choose import Choice, Try, Variable, choose, numbers
from archdsl.checker.holes.elsewhere import Elsewhere
from archdsl.checker.holes.equations import Equation
from archdsl.checker.holes.segments import Segment, segments
from archdsl.checker.holes.trial import Attempt, Bench, Context, together
from archdsl.diagnostics import Diagnostic
from archdsl.faults.report import Report
from archdsl.limits import Limits
from archdsl.reading.declare import declarations
from archdsl.reading.holes import Hole
from archdsl.reading.reading import Reading
from archdsl.sizes.shape import Shape

MANY = 8  # answers that are looked for: with so many, nobody wants the next
_FEW = 3  # misses that are told
_SPARE = 64  # numbers of one hole that fit its claims, of which the best are tried first
_LIKELY = 32  # numbers of the text that are tried where nothing else helps
_LEAST_VISITS = 1_000  # that a trial may have


class Exhausted(Exception):
    """The limit on tries, or on visits, is reached. Carries its name."""


class Fit(NamedTuple):
    """Numbers for all holes with which everything holds, and the warnings that come with them."""

    values: dict[int, int]
    warnings: int


class Miss(NamedTuple):
    """Numbers that come near: how many claims fail, how far they are off, and which."""

    failing: int
    distance: float
    values: dict[int, int]
    wrong: tuple[Equation, ...]


class Node(NamedTuple):
    """Numbers found so far, and the lines that are being looked at, if they are some by themselves."""

    values: dict[int, int]
    segment: Segment | None = None
    context: Context | None = None


class Solution(NamedTuple):
    """What was found: numbers that fit; else holes that no claim moves with, or what comes nearest; or a limit."""

    fits: list[Fit]
    spare: list[tuple[Hole, dict[int, int]]]
    unpinned: list[Hole]
    tried: list[Hole]  # where it ended
    misses: list[Miss]
    refusal: Diagnostic | None
    limit: str | None
    begun: bool  # False where something is wrong that no hole changes
    fault: Diagnostic | None  # what else is wrong, where numbers meet all claims


class Solver:
    """The search in one text; `tied` says that the holes of `?x?` are equal."""

    def __init__(
        self,
        reading: Reading,
        settings: list[dict[str, Any]],
        limits: Limits,
        fragment: Shape | None,
        tied: bool,
        plainly: bool,
        spent: tuple[int, int] = (0, 0),
    ) -> None:
        assert reading.file is not None
        self.reading, self.settings, self.limits, self.tied = reading, settings, limits, tied
        self.holes: tuple[Hole, ...] = reading.holes
        self.segments = segments(reading.file, self.holes)
        self.known = known(reading)
        self.bench = Bench(reading, fragment, limits, frozenset(one.start for one in self.segments))
        self.plainly = plainly
        self.concluded = False  # whether of several holes one was decided by what seemed to move with it
        self.cut = False  # whether a trial ended because it took too long
        self.tries, self.visits = spent
        self.most = limits.visits
        self.fits: list[Fit] = []
        self.spare: list[tuple[Hole, dict[int, int]]] = []
        self.unpinned: list[Hole] = []
        self.tried: list[Hole] = []
        self.misses: list[Miss] = []
        self.refusal: Diagnostic | None = None
        self.elsewhere = Elsewhere()
        found = re.findall(r"(?<![\w.])[0-9]{1,7}(?![\w.])|(?<=x)[0-9]{1,7}|[0-9]{1,7}(?=x)", reading.source.text)
        self.likely = sorted({int(number) for number in found[: 8 * _LIKELY]})[-_LIKELY:]
        self.largest = min(max(self.likely, default=1), 4_096)

    def solve(self) -> Solution:
        """Look for numbers until there are many, or none is left."""
        limit, begun = None, True
        try:
            first, _ = self.whole(self.known)
            self.most = max(_LEAST_VISITS, 8 * self.visits)
            begun = first.fits
            if begun:
                self._search()
        except Exhausted as end:
            limit = str(end)
        if limit is None and self.cut and not self.fits and not self.unpinned:
            limit = "visits"
        self.misses.sort(key=lambda miss: miss[:2])
        fault, misses = self.elsewhere.fault(), self.misses[:_FEW]
        return Solution(self.fits, self.spare, self.unpinned, self.tried, misses, self.refusal, limit, begun, fault)

    def _search(self) -> None:
        stack: list[Iterator[Node]] = [iter([Node(self.known)])]
        while stack and len(self.fits) < MANY and not self.unpinned:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
            else:
                stack.append(self._following(node))

    def _following(self, node: Node) -> Iterator[Node]:
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
            self.fits.append(Fit(node.values, len(found.warnings)))
            return iter(())
        for segment in self.segments:
            context = contexts.get(segment.start)
            if context is not None and any(hole.at in segment for hole in unknown):
                choice = self._local(segment, context, unknown, node.values, found.inputs)
                if choice is not None:
                    return self._nodes(choice, Node(node.values, segment, context))
        return self._anywhere(node, unknown, found.inputs)

    def _anywhere(self, node: Node, unknown: list[Hole], inputs: dict[int, Shape]) -> Iterator[Node]:
        """The next hole by claims of the whole text: the first holes alone, then more of them together."""
        variables, count = self._variables(unknown, inputs), 1
        while True:
            some = variables[:count]
            self.tried = [one.hole for one in some]
            choice = self._choose(some, lambda values: self.whole({**node.values, **values})[0])
            if choice is not None:
                return self._nodes(choice, Node(node.values))
            if count >= len(variables):
                self.unpinned = unknown
                return iter(())
            count *= 2

    def _local(
        self,
        segment: Segment,
        context: Context,
        unknown: list[Hole],
        values: dict[int, int],
        inputs: dict[int, Shape],
    ) -> Choice | None:
        """The next hole by the claims of some lines alone."""
        around = context.value.shape if context.value is not None else None
        ours = self._variables([hole for hole in unknown if hole.at in segment], inputs, around)
        if not ours:
            return None
        self.tried = [one.hole for one in ours]
        return self._choose(ours, lambda more: self.some(segment, context, {**values, **more}))

    def _choose(self, variables: list[Variable], attempt: Try) -> Choice | None:
        self.concluded = self.concluded or len(variables) > 1
        return choose(variables, attempt, self.likely, self.plainly)

    def _nodes(self, choice: Choice, node: Node) -> Iterator[Node]:
        """The nodes of a choice. Of numbers that fit alike, those with fewer warnings come first, others only if they
        lead to nothing.
        """
        put = choice.variable.put
        if not choice.last:
            for number in choice.numbers:
                yield node._replace(values={**node.values, **put(number)})
            return
        fitting = list(islice(choice.numbers, _SPARE))
        warned = {number: self._warnings(node, put(number)) if len(fitting) > 1 else 0 for number in fitting}
        least = min(warned.values(), default=0)
        before = len(self.fits)
        for number in fitting:
            if warned[number] == least:
                yield node._replace(values={**node.values, **put(number)})
        others = [number for number in fitting if warned[number] > least]
        if len(self.fits) > before:
            self.spare += [(choice.variable.hole, put(number)) for number in others]
            return
        for number in others:
            yield node._replace(values={**node.values, **put(number)})

    def _warnings(self, node: Node, more: dict[int, int]) -> int:
        values = {**node.values, **more}
        if node.segment is not None and node.context is not None:
            return len(self.some(node.segment, node.context, values).warnings)
        return len(self.whole(values)[0].warnings)

    def _variables(self, holes: list[Hole], inputs: dict[int, Shape], around: Shape | None = None) -> list[Variable]:
        """Holes as variables, those that are tied as one; `inputs` are what lines read, `around` where they begin."""
        groups: dict[int, list[Hole]] = {}
        for hole in holes:
            groups.setdefault(hole.together if self.tied else hole.at, []).append(hole)
        return [
            Variable(tuple(hole.at for hole in group), group[0], self._numbers(group[0], inputs, around))
            for group in groups.values()
        ]

    def _numbers(self, hole: Hole, inputs: dict[int, Shape], around: Shape | None) -> Sequence[int] | None:
        return numbers(hole, inputs.get(hole.line, around), self.largest)

    # ---- trials

    def whole(self, values: dict[int, int]) -> tuple[Attempt, dict[int, Context]]:
        """The whole text at all settings."""
        contexts: dict[int, Context] = {}
        attempts: list[Attempt] = []
        for number, setting in enumerate(self.settings):
            found, there = self.bench.whole(values, setting, self._left(), number)
            self._spend(found.cost + len(self.bench.declared.lines) // 8)
            contexts = {**there, **contexts}
            attempts.append(found)
            if found.refusal is not None:
                break
        return self._noted(together(attempts), values), contexts

    def some(self, segment: Segment, context: Context, values: dict[int, int]) -> Attempt:
        """Some lines alone."""
        found = self.bench.lines(segment.lines, context, values, self._left())
        self._spend(found.cost)
        return self._noted(found, values)

    def _left(self) -> int:
        return max(1, min(self.most, self.limits.visits - self.visits + 1))

    def _spend(self, cost: int) -> None:
        self.tries += 1
        self.visits += cost
        if self.tries > self.limits.tries:
            raise Exhausted("tries")
        if self.visits > self.limits.visits:
            raise Exhausted("visits")

    def _noted(self, found: Attempt, values: dict[int, int]) -> Attempt:
        """Remember what came near, and what else is wrong."""
        self.elsewhere.note(values, found)
        if found.refusal is not None:
            self.cut = self.cut or found.refusal.code == "limit"
            self.refusal = self.refusal or found.refusal
        elif not found.unfilled and values:
            wrong = tuple(equation for equation in found.equations.values() if not equation.holds)
            if wrong:
                off = sum(abs(e.off) / max(1, abs(e.claimed), abs(e.derived)) for e in wrong)
                miss = Miss(len(wrong), off, values, wrong[:_FEW])
                if all(miss.values != other.values for other in self.misses):
                    self.misses.append(miss)
                if len(self.misses) > 4 * _FEW:
                    self.misses = sorted(self.misses, key=lambda one: one[:2])[:_FEW]
        return found


def known(reading: Reading) -> dict[int, int]:
    """The numbers of holes that the caller gives: those of an input."""
    if reading.inputs is None or reading.file is None:
        return {}
    from archdsl.reading.given import pinned

    return pinned(declarations(reading.file, Report(reading.source, [])), reading.inputs)


def solved(
    reading: Reading,
    settings: list[dict[str, Any]],
    limits: Limits,
    fragment: Shape | None,
) -> tuple[Solution, Callable[[dict[int, int]], bool]]:
    """Look for equal numbers in `?x?` first, then for any, then plainly; and a way to ask whether numbers fit."""
    apart = len({hole.together for hole in reading.holes}) < len(reading.holes)
    spent, concluded = (0, 0), False
    misses: list[Miss] = []
    fault: Diagnostic | None = None
    for tied, plainly in ((True, False), (False, False), (False, True)):
        if (not tied and not plainly and not apart) or (plainly and not concluded):
            continue
        solver = Solver(reading, settings, limits, fragment, tied, plainly, spent)
        found = solver.solve()
        spent, concluded = (solver.tries, solver.visits), concluded or solver.concluded
        misses = sorted([*misses, *found.misses], key=lambda one: one[:2])[:_FEW]
        fault = fault or found.fault
        found = found._replace(misses=misses, fault=fault)
        if found.fits or not found.begun or found.limit is not None or found.unpinned:
            break

    def fits(values: dict[int, int]) -> bool:
        try:
            attempt, _ = solver.whole(values)
        except Exhausted:
            return False
        return attempt.fits and not attempt.unfilled

    return found, fits
