"""What stands in the way whatever the numbers are: faults and failing claims that no hole changes.

A fault is one of the text if every number that comes as far as its line has it. A number that has none of it is refused
before, on a line that this fault hides; so the line of the hole itself says which numbers count. What is a
fault of the text is set aside, so that the holes can be found in spite of it, and reported as in a text without holes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import reduce
from operator import or_

from archdsl.checker.holes.equations import Key
from archdsl.checker.holes.reach import LayingOrder, Reach
from archdsl.checker.holes.segments import Segment
from archdsl.checker.holes.trial import Attempt, Excused, Fault, fault_of
from archdsl.reading.holes import Hole
from archdsl.typed import NamedTuple

_BEHIND = 1 << 62  # claims are judged after all that is in their statement


class Wrong(NamedTuple):
    """A fault, or a claim that is missed by as much."""

    fault: Fault | None
    claim: Key = ()
    off: int = 0


class TrialOutcome(NamedTuple):
    """What was wrong in a trial; of some lines alone where there is a segment."""

    wrong: frozenset[Wrong]
    segment: Segment | None


class Obstacles:
    """The trials of one text, and what they have in common."""

    def __init__(self, order: LayingOrder, holes: Iterable[Hole]) -> None:
        self._order, self._holes = order, tuple(holes)
        self._trials: dict[frozenset[int], Counter[TrialOutcome]] = {}  # by the holes that had numbers
        self._reach: dict[Fault | Key, Reach] = {}
        self._ways: dict[Fault | Key, tuple[int, ...]] = {}  # the places that lead to each, its own last

    def note(self, values: dict[int, int], found: Attempt, segment: Segment | None = None) -> None:
        """Note what came of some numbers."""
        if not values or (segment is not None and found.unfilled):
            return
        wrong = []
        for fault in map(fault_of, found.faults):
            wrong.append(Wrong(fault))
            self._note_way(fault, found.ways.get(fault, ()), fault[1][0])
        for (_, *key), one in found.equations.items():
            if not one.holds:
                wrong.append(Wrong(None, tuple(key), one.off))
                self._note_way(tuple(key), one.way, one.at.start, (_BEHIND,))
        self._trials.setdefault(frozenset(values), Counter())[TrialOutcome(frozenset(wrong), segment)] += 1

    def _note_way(self, wrong: Fault | Key, way: tuple[int, ...], at: int, behind: Reach = ()) -> None:
        if wrong not in self._ways:
            self._ways[wrong] = (*way, at)
            self._reach[wrong] = (*self._order.reach(way, at), *behind)

    def found(self) -> Excused:
        """What every number has that comes as far as its line, of the trials of the same holes."""
        return reduce(or_, map(self._found, self._trials.values()), Excused())

    def _found(self, trials: Counter[TrialOutcome]) -> Excused:
        if not all(outcome.wrong for outcome in trials if outcome.segment is None):
            return Excused()
        counts = Counter[Wrong]()
        for outcome, count in trials.items():
            counts.update(dict.fromkeys(outcome.wrong, count))
        candidates = {one for outcome in self._farthest(trials) for one in outcome.wrong if not self._at_hole(one)}
        found = [one for one in candidates if self._everywhere(one, trials, counts)]
        faults = frozenset(one.fault for one in found if one.fault is not None)
        return Excused(faults, frozenset(one.claim for one in found if one.fault is None))

    def _farthest(self, trials: Counter[TrialOutcome]) -> list[TrialOutcome]:
        """The outcomes whose first fault lies farthest, and that of most numbers; few, since all are looked at."""
        failing = [outcome for outcome in trials if outcome.wrong]
        by_reach = max(failing, key=lambda one: (min(map(self._reached, one.wrong)), trials[one]), default=None)
        by_count = max(failing, key=trials.__getitem__, default=None)
        return [one for one in (by_reach, by_count) if one is not None]

    def _reached(self, wrong: Wrong) -> Reach:
        return self._reach[wrong.fault or wrong.claim]

    def _at_hole(self, wrong: Wrong) -> bool:
        """Whether a rule refuses the number of a hole itself."""
        start, end = wrong.fault[1] if wrong.fault is not None else (0, 0)
        return any(start <= hole.at < end for hole in self._holes)

    def _everywhere(self, wrong: Wrong, trials: Counter[TrialOutcome], counts: Counter[Wrong]) -> bool:
        """Whether all trials that come as far have it."""
        way = self._ways[wrong.fault or wrong.claim]
        together = {one for outcome in trials if wrong in outcome.wrong for one in outcome.wrong}
        hiding = {one for one in counts if one not in together and self._hides(one, wrong, counts)}
        return all(
            wrong in outcome.wrong or not outcome.wrong.isdisjoint(hiding)
            for outcome in trials
            if outcome.segment is None or any(at in outcome.segment for at in way)
        )

    def _hides(self, one: Wrong, other: Wrong, counts: Counter[Wrong]) -> bool:
        """Whether one lies before another, which is not seen then; of two faults on one line, the one that is rarer."""
        here, there = self._reached(one), self._reached(other)
        faults = one.fault is not None and other.fault is not None
        return here < there or (here == there and faults and counts[one] < counts[other])
