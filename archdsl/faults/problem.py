"""How a fault inside an expression or a rule reaches the place where it becomes a diagnostic."""

from __future__ import annotations

from archdsl.diagnostics import Related
from archdsl.diagnostics.source import Placed as Placed
from archdsl.limits import raising
from archdsl.syntax import tree


class Problem(Exception):
    """A fault with its place; caught where a statement is checked.

    `instead` are texts that may be meant in its place, `values` are words of a line that mend it, as `p1`. `beside` are
    further faults of the same statement.
    """

    def __init__(
        self,
        code: str,
        message: str,
        at: Placed,
        *,
        hint: str | None = None,
        related: tuple[Related, ...] = (),
        label: str = "",
        what: str = "",
        instead: tuple[str, ...] = (),
        values: str = "",
    ) -> None:
        self.code = code
        self.message = message
        self.at = at
        self.hint = hint
        self.related = related
        self.label = label
        self.what = what  # needs what the fault says, as a condition names it
        self.instead = instead
        self.values = values
        self.beside: tuple[Problem, ...] = ()
        super().__init__(message)


def exceeded(limit: str, message: str, at: Placed, hint: str = "") -> Problem:
    """The fault of a text that meets a bound: it names the bound, and how the caller raises it."""
    return Problem("limit", message, at, hint=f"{hint}, or {raising(limit)}" if hint else raising(limit))


class Refused(Problem):
    """A rule that refuses what it is given, which is no fault where the line is laid no times."""


class Silent(Exception):
    """A value that is wrong because of a fault already told: its followers say nothing."""


class Stop(Exception):
    """A limit is exceeded: the check ends here. Carries the Problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


def placed(statement: tree.Statement) -> Placed:
    """Where a statement can be marked."""
    match statement:
        case tree.LayerStatement() | tree.Input() | tree.Unknown():
            return statement
        case tree.ModelStatement(name, _, _) | tree.Block(name, _, _, _) | tree.Let(name, _):
            return name
        case tree.UseStatement(path):
            return path
        case tree.Output(tokens) | tree.Cases(tokens, _) | tree.For(tokens, _, _, _):
            return tokens[0]
        case tree.Freeze(tokens, _, _):
            return tokens[0]
        case tree.Keep(name, _, _):
            return name
        case tree.Expect(claims):
            return claims[0]
        case tree.If(arms, _, _):
            return arms[0][0]


def misplaced(statement: tree.Statement) -> Problem:
    """The fault of a declaration inside braces."""
    return Problem("misplaced", f"`{type(statement).__name__.lower()}` belongs outside all braces", placed(statement))
