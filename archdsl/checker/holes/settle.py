"""What becomes of each hole of a text: searched again and again, with what stands in the way set aside, and without the
holes for which no number fits.
"""

from __future__ import annotations

from contextlib import nullcontext

from archdsl.checker.holes.allowance import Allowance, Exhausted
from archdsl.checker.holes.obstacles import Obstacles
from archdsl.checker.holes.reach import LayingOrder
from archdsl.checker.holes.solve import MANY, Fit, Solution, Solver, Task
from archdsl.checker.holes.survey import tried, untried
from archdsl.checker.holes.trial import Bench, Excused, fault_of
from archdsl.faults.report import Reporter
from archdsl.layers.sides import Padding
from archdsl.limits import Limits
from archdsl.reading.declare import declarations
from archdsl.reading.holes import Hole, bodies
from archdsl.reading.reading import Reading
from archdsl.syntax import tree
from archdsl.typed import Any, NamedTuple

_ROUNDS = 12  # in which more is set aside
_LEAST = 500  # tries of a search that completes another
_TRIED = 16  # numbers for the holes without one that are tried, of which
_KEPT = 6  # so many show which faults stand whatever they are


class Settled(NamedTuple):
    """What was found of the holes of a text.

    `values` are the numbers of those that have one. `answers` are the numbers that fit, best first, of which `best`
    have the fewest warnings; there are no others where `complete`. `free` are the holes that no claim pins, `failures`
    the searches that found no number, `limit` the one that was cut by a limit. `spare` are numbers that fit with more
    warnings. `samples` are numbers for all holes, with which what is set
    `aside` shows: faults that no number changes.
    """

    values: dict[int, int] = {}  # noqa: RUF012 - never changed
    answers: tuple[Fit, ...] = ()
    best: int = 0
    complete: bool = False
    free: tuple[Hole, ...] = ()
    failures: tuple[Solution, ...] = ()
    limit: Solution | None = None
    spare: tuple[tuple[Hole, dict[int, int]], ...] = ()
    samples: tuple[dict[int, int], ...] = ()
    aside: Excused = Excused()


class Settling:
    """The searches in one text."""

    def __init__(self, reading: Reading, settings: list[dict[str, Any]], limits: Limits) -> None:
        self.reading, self.settings = reading, settings
        self.bench = Bench(reading, limits)
        self.allowance = Allowance(limits)
        self.lost: frozenset[int] = frozenset()
        self.failures: list[Solution] = []
        self.known = known(reading)
        assert reading.file is not None
        self.order = LayingOrder(reading.file)
        self.obstacles = self._no_obstacles()

    def _no_obstacles(self) -> Obstacles:
        return Obstacles(self.order, self.reading.holes)

    def settled(self) -> Settled:
        """Look for the numbers of all holes."""
        if not self._begun():
            return Settled()
        return self._found()._replace(aside=self.bench.excused)

    def _found(self) -> Settled:
        for _ in range(_ROUNDS):
            self.obstacles = self._no_obstacles()
            with self.allowance.capped(_LEAST):
                solution = self._searched()
            aside = not solution.fits and self._set_aside()
            cut = solution.limit is not None or (not solution.complete and 1 < len(solution.fits) <= MANY)
            if cut and not aside:
                solution = self._searched()
                aside = not solution.fits and self._set_aside()
            if solution.fits or (solution.limit is not None and not aside):
                break
            if not aside:
                self._lose(solution)
                if not self._left():
                    break
        if solution.fits and (solution.limit is None or len(solution.fits) > MANY):
            return self._chosen(solution)
        unknown = [hole for hole in self.reading.holes if hole.at not in self.known]
        settled = Settled(failures=tuple(self.failures), samples=self._samples(self.known, unknown))
        if self._left():
            settled = settled._replace(limit=solution, answers=tuple(solution.fits), best=len(solution.fits))
        return settled

    def _begun(self) -> bool:
        """Set aside what is wrong whatever the holes are; False where the check itself ends at a limit."""
        try:
            first, _ = self._solver().whole(self.known, all_settings=True)
        except Exhausted:
            return False
        self.allowance.bound_trials()
        failing = {key[1:] for key, one in first.equations.items() if not one.holds}
        self.bench.excused = Excused(frozenset(map(fault_of, first.faults)), frozenset(failing))
        return True

    def _left(self) -> list[Hole]:
        """The holes that may still get a number."""
        return [hole for hole in self.reading.holes if hole.at not in self.lost and hole.at not in self.known]

    def _set_aside(self) -> bool:
        """Set aside what stood in the way of all numbers, some more of them tried; False where nothing did."""
        tried(self._solver(), self.known, self._left(), _TRIED)
        excused = self.bench.excused | self.obstacles.found()
        more = excused != self.bench.excused
        self.bench.excused = excused
        return more

    def _lose(self, solution: Solution) -> None:
        """Go on without the holes at which a search ended."""
        ended = {hole.at for hole in solution.tried} - self.lost
        if ended:
            self.failures.append(solution)
        self.lost |= ended or {hole.at for hole in self.reading.holes}

    def _solver(self, **changed: Any) -> Solver:
        task = Task(self.reading, self.settings, known=self.known, lost=self.lost)._replace(**changed)
        return Solver(task, self.bench, self.allowance, self.obstacles)

    def _searched(self) -> Solution:
        """Look for equal numbers in `?x?` first, then for any, then with paddings larger than windows, then plainly."""
        found = self._solver().solve()
        if not _ended(found) and self._apart():
            found = _after(found, self._solver(tied=False).solve())
        aside = self.obstacles.found() != Excused()  # likelier than numbers that only the further searches find
        further = [{"wide": True}] if any(isinstance(hole.type, Padding) for hole in self.reading.holes) else []
        for changed in (*further, {"tied": False, "plainly": True}):
            if _ended(found) or ("plainly" in changed and not found.concluded):
                continue
            with self.allowance.capped(_LEAST) if aside else nullcontext():
                more = self._solver(**changed).solve()
            found = _after(found, more._replace(limit=None) if aside and not more.fits else more)
        return found

    def _apart(self) -> bool:
        """Whether there are words of several holes."""
        holes = [hole for hole in self.reading.holes if hole.at not in self.lost]
        return len({hole.together for hole in holes}) < len(holes)

    # ---- of several answers the best, and of these what they have in common

    def _chosen(self, solution: Solution) -> Settled:
        """The answers with the fewest warnings, and what follows from them for each hole."""
        answers = sorted(solution.fits, key=lambda fit: fit.warnings)
        best = [fit for fit in answers if fit.warnings == answers[0].warnings]
        complete = solution.complete
        if len(best) > 1:
            complete = complete and self._complete(solution, best)
        values = _common(best) if complete or len(best) == 1 else solution.sure
        sure = (complete or len(best) == 1) and self._certain(best[0])
        free = tuple(hole for hole in best[0].free if sure and all(hole in fit.free for fit in best))
        rest = [hole for hole in self.reading.holes if hole.at not in values]
        samples = self._samples(values, rest, best if len(best) > 1 else [])
        return Settled(
            *(values, tuple(answers), len(best), complete, free, tuple(self.failures), None),
            *(self._spare(solution, best[0]), samples),
        )

    def _complete(self, solution: Solution, best: list[Fit]) -> bool:
        """Whether a search that concludes nothing finds the same answers, and no others."""
        bounded = any(isinstance(hole.type, Padding) for hole in self.reading.holes)
        if not solution.concluded and not self._apart() and not bounded:
            return True
        with self.allowance.capped(_LEAST):
            plain = self._solver(tied=False, plainly=True, wide=True, known=_common(best)).solve()
        found = {tuple(sorted(fit.values.items())) for fit in plain.fits}
        return plain.complete and found == {tuple(sorted(fit.values.items())) for fit in solution.fits}

    def _certain(self, fit: Fit) -> bool:
        """Whether all that is claimed was judged: else a claim that is silent may pin what seems free."""
        excused = self.bench.excused
        if not self.lost and not excused.faults and not excused.equations:
            return True
        judged = fit.judged | {key[0] for key in excused.equations}
        assert self.reading.file is not None
        return judged >= _claims(self.reading.file)

    def _spare(self, solution: Solution, fit: Fit) -> tuple[tuple[Hole, dict[int, int]], ...]:
        """Of the numbers with more warnings those that fit all claims, too."""
        solver, found = self._solver(), []
        missing = self.lost | {one.at for one in fit.free}
        try:
            with self.allowance.capped(_LEAST):
                for hole, more in solution.spare:
                    attempt, _ = solver.whole({**fit.values, **more})
                    found += [(hole, more)] if attempt.fits and attempt.unfilled <= missing else []
        except Exhausted:
            pass
        return tuple(found)

    def _samples(
        self, values: dict[int, int], rest: list[Hole], fits: list[Fit] | None = None
    ) -> tuple[dict[int, int], ...]:
        """Numbers for the holes without one, of those that fit, or that no rule refuses, where there are such."""
        if not rest:
            return ()
        fitting = [{**values, **fit.values} for fit in fits or []]
        spread = fitting[:: max(1, len(fitting) // _KEPT)] or [values]
        left = [hole for hole in rest if hole.at not in spread[0]]
        if not left:
            return tuple(spread[:_KEPT])
        found = [one for each in spread for one in tried(self._solver(), each, left, _TRIED // len(spread))]
        kept = [sample for sample, attempt in found if attempt.fits]
        kept = kept or [sample for sample, attempt in found if not attempt.faults]
        kept = kept or [sample for sample, _ in found] or untried(self._solver(), left)
        return tuple(kept[:: max(1, len(kept) // _KEPT)])


def known(reading: Reading) -> dict[int, int]:
    """The numbers of holes that the caller gives: those of an input."""
    if reading.inputs is None or reading.file is None:
        return {}
    from archdsl.reading.given import pinned

    return pinned(declarations(reading.file, Reporter(reading.source, [])), reading.inputs)


def _ended(solution: Solution) -> bool:
    return bool(solution.fits) or solution.limit is not None


def _after(first: Solution, then: Solution) -> Solution:
    """What a second search found; the misses are those of both."""
    misses = sorted([*first.misses, *then.misses], key=lambda miss: miss[:2])[
        : max(len(first.misses), len(then.misses))
    ]
    return then._replace(misses=misses, concluded=first.concluded or then.concluded)


def _common(fits: list[Fit]) -> dict[int, int]:
    """The numbers that some answers have in common."""
    return dict(set.intersection(*(set(fit.values.items()) for fit in fits)))


def _claims(file: tree.File) -> set[int]:
    """The places of all claims of a text."""
    found: set[int] = set()
    stack: list[Any] = [statement for line in file.lines for statement in line.statements]
    while stack:
        statement = stack.pop()
        if isinstance(statement, (tree.LayerStatement, tree.Expect)):
            found |= {claim.start for claim in statement.claims}
        stack += [inner for body in bodies(statement) for line in body.lines for inner in line.statements]
    return found
