"""What stands in the way whatever the numbers are: faults and failing claims that no hole changes.

They are set aside, so that the holes can be found in spite of them, and reported as in a text without holes.
"""

from __future__ import annotations

from archdsl.checker.holes.equations import Equation, Key
from archdsl.checker.holes.trial import Attempt, Excused, Fault, fault_of
from archdsl.syntax.tree import Token


class Obstacles:
    """What all trials had in common, for each set of holes that had numbers."""

    def __init__(self) -> None:
        self._trials: dict[frozenset[int], _Trials] = {}

    def note(self, values: dict[int, int], found: Attempt) -> None:
        """Note what came of some numbers."""
        if values:
            self._trials.setdefault(frozenset(values), _Trials()).note(found)

    def found(self) -> Excused:
        """What stood in the way of all numbers, of the trials with the most holes."""
        trials = self._trials.get(max(self._trials, key=len, default=frozenset[int]()))
        return Excused() if trials is None else trials.common()


class _Trials:
    """Trials of the same holes."""

    def __init__(self) -> None:
        self._judged: set[Key] = set()  # claims, in any of them
        self._held = frozenset[Key]()  # the most claims that were judged where all of them hold
        self._faults: set[Fault] | None = None  # that all those have in common
        self._unequal: set[tuple[Key, Equation]] = set()

    def note(self, found: Attempt) -> None:
        equations = {key[1:]: one for key, one in found.equations.items()}
        claims = {key: one for key, one in equations.items() if not isinstance(one.at, Token)}
        self._judged |= claims.keys()
        unequal = {(key, one) for key, one in equations.items() if not one.holds}
        stands = found.faults or unequal  # some lines alone may hold, and the rest is not seen
        if stands and all(one.holds for one in claims.values()) and len(claims) >= len(self._held):
            self._note_common(frozenset(claims), {fault_of(one) for one in found.faults}, unequal)

    def _note_common(self, claims: frozenset[Key], faults: set[Fault], unequal: set[tuple[Key, Equation]]) -> None:
        if self._faults is None or len(claims) > len(self._held):
            self._held, self._faults, self._unequal = claims, faults, unequal
        else:
            self._faults &= faults
            self._unequal &= unequal

    def common(self) -> Excused:
        """The faults, and the sizes that a rule wants equal, behind all numbers with which every claim holds."""
        if self._faults is None or not self._held >= self._judged:
            return Excused()
        return Excused(frozenset(self._faults), frozenset(key for key, _ in self._unequal))
