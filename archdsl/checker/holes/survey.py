"""A few numbers for all holes at once, small ones and large ones, and what comes of them."""

from __future__ import annotations

from archdsl.checker.holes.allowance import Exhausted
from archdsl.checker.holes.choose import starts
from archdsl.checker.holes.solve import Solver
from archdsl.checker.holes.trial import Attempt
from archdsl.reading.holes import Hole


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
