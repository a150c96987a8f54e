"""What a check has done so far, against the limit on visits: any text ends, and in bounded time."""

from __future__ import annotations

from archdsl.faults.problem import Placed, Problem, Stop

PER_VISIT = 25  # steps that cost about as much as a visit


class Work:
    """Counts visits of layers and, apart from them, steps: parts of expressions, names handed on, parameters bound.

    Each visit brings its own allowance of steps, so that only a text that computes far more than it lays runs out.
    """

    __slots__ = ("limit", "steps", "visits")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.visits = 0
        self.steps = 0

    def visit(self, at: Placed) -> None:
        """Count one visit; raises Stop beyond the limit."""
        self.visits += 1
        if self.visits > self.limit:
            raise _stop(f"more than {self.limit:,} layers to visit; copies that differ are visited one by one", at)

    def spend(self, steps: int, at: Placed) -> None:
        """Count steps; raises Stop where they cost more than all visits may."""
        self.steps += steps
        if self.steps > PER_VISIT * (self.limit + self.visits):
            raise _stop(f"more than {self.steps - steps:,} steps of computing values", at)


def _stop(message: str, at: Placed) -> Stop:
    return Stop(Problem("limit", message, at, hint="raise it with --limit visits=N"))
