"""What a check has done so far, against the limit on visits: any text ends, and in bounded time."""

from __future__ import annotations

from archdsl.diagnostics import Span
from archdsl.faults.problem import Placed, Stop, exceeded, placed
from archdsl.syntax import tree

PER_VISIT = 25  # steps that cost about as much as a visit
STATEMENT = 3  # steps of any statement, whatever it lays


_NOWHERE = Span(0, 0)


class Work:
    """Counts visits of layers and, apart from them, steps: parts of expressions, names handed on, parameters bound.

    Each visit brings its own allowance of steps, so that only a text that computes far more than it lays runs out.
    """

    __slots__ = ("at", "limit", "steps", "visits", "within")

    def __init__(self, limit: int, within: str = "") -> None:
        self.limit = limit
        self.within = within  # where the work is done, as a message says it
        self.at: Placed | tree.Statement = _NOWHERE  # what is being worked on
        self.visits = 0
        self.steps = 0

    def visit(self, at: Placed | tree.Statement) -> None:
        """Count one visit; raises Stop beyond the limit."""
        self.at = at
        self.visits += 1
        if self.visits > self.limit:
            raise _stop(
                f"more than {self.limit:,} layers to visit{self.within}; copies that differ are visited one by one", at
            )

    def spend(self, steps: int, at: Placed | tree.Statement | None = None) -> None:
        """Count steps; raises Stop where they cost more than all visits may."""
        self.at = at or self.at
        self.steps += steps
        if self.steps > PER_VISIT * (self.limit + self.visits):
            raise _stop(f"more than {self.steps - steps:,} steps to compute values{self.within}", self.at)


def _stop(message: str, at: Placed | tree.Statement) -> Stop:
    marked: Placed = at if hasattr(at, "start") else placed(at)  # type: ignore[assignment]
    return Stop(exceeded("visits", message, marked))
