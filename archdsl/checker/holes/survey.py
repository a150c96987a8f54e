"""A few numbers for all holes at once, small ones and large ones, and what is wrong with most of them."""

from __future__ import annotations

from collections import Counter

from archdsl.checker.holes.allowance import Exhausted
from archdsl.checker.holes.choose import starts
from archdsl.checker.holes.equations import Equation, Key
from archdsl.checker.holes.solve import Solver
from archdsl.checker.holes.trial import Attempt, Excused, fault_of
from archdsl.reading.holes import Hole

_FEWEST = 3  # tries that show what does not change


def tried(solver: Solver, values: dict[int, int], left: list[Hole], most: int) -> list[tuple[dict[int, int], Attempt]]:
    """Numbers for the holes that are left beside some that have one, and what came of each; fewer at a limit."""
    found: list[tuple[dict[int, int], Attempt]] = []
    try:
        with solver.allowance.capped(most):
            first, _ = solver.whole(values)
            every = list(starts(solver.variables(left, first.inputs), []))
            for more in every[:: max(1, len(every) // most)]:
                sample = {**values, **more}
                if all(sample != other for other, _ in found):
                    found.append((sample, solver.whole(sample, all_settings=True)[0]))
    except Exhausted:
        pass
    return found


def untried(solver: Solver, left: list[Hole]) -> list[dict[int, int]]:
    """Numbers for holes where none can be tried any more."""
    return list(starts(solver.variables(left, {}), []))


def common(attempts: list[Attempt]) -> Excused:
    """The faults of most attempts, since a number that is refused hides some; and the equations that never move."""
    counted = Counter(fault for attempt in attempts for fault in {fault_of(one) for one in attempt.faults})
    faults = {fault for fault, count in counted.items() if count >= max(_FEWEST, len(attempts) / 2)}
    seen: dict[Key, list[Equation]] = {}
    for attempt in attempts:
        for key, one in attempt.equations.items():
            seen.setdefault(key[1:], []).append(one)
    enough = min(_FEWEST, max(2, len(attempts)))
    fixed = {key for key, found in seen.items() if len(found) >= enough and not found[0].holds and _equal(found)}
    return Excused(frozenset(faults), frozenset(fixed))


def _equal(found: list[Equation]) -> bool:
    """Whether what was derived is always as far off."""
    return all(one.off == found[0].off for one in found)
