"""Claims where the caller has replaced an input: those that depend on it are not judged.

A claim is about the text's own input. Where it does not hold at another one, the figure tells: if it is what it is at
the text's own input, the claim is wrong at both; if it is not, it depends on the input, and the claim says nothing
here.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from archdsl.analysis.cost import Costs
from archdsl.claims.judge import Judge
from archdsl.faults.problem import Problem
from archdsl.faults.report import Reporter
from archdsl.limits import Limits
from archdsl.syntax import tree

_NO_FIGURE = ""  # beside a claim that is not judged


class Figures(Judge):
    """Records the derived value of each claim in `derived`, by its place, and checks none."""

    def __init__(self, report: Reporter, costs: Costs, limits: Limits, derived: dict[int, set[str]]) -> None:
        super().__init__(report, costs, limits)
        self.derived = derived

    def _settle(self, claim: tree.Claim, holds: bool, derived: str) -> bool:
        self.derived.setdefault(claim.start, set()).add(derived)
        return True


class Elsewhere(Judge):
    """Holds the claims that do not depend on the input; `figures` are those at the text's own."""

    def __init__(self, report: Reporter, costs: Costs, limits: Limits, figures: Mapping[int, Set[str]]) -> None:
        super().__init__(report, costs, limits)
        self.figures = figures

    def _settle(self, claim: tree.Claim, holds: bool, derived: str) -> bool:
        if holds or derived in self.figures.get(claim.start, ()):
            return super()._settle(claim, holds, derived)
        return self._pass_over(claim, derived)

    def _refuse(self, claim: tree.Claim, problem: Problem, derived: str) -> None:
        """A claim that has a value at the text's own input may have none at another: 7x7 as `[side/32, side/32]`."""
        if claim.start in self.figures:
            self._pass_over(claim, derived)
        else:
            super()._refuse(claim, problem, derived)

    def _pass_over(self, claim: tree.Claim, derived: str) -> bool:
        self._keep(claim, None, _NO_FIGURE, derived)
        return True
