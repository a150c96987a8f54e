"""What a search for numbers may cost: tries, and the layers that they visit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from archdsl.limits import Limits

_LEAST_VISITS = 1_000  # that a trial may have


class Exhausted(Exception):
    """The limit on tries, or on visits, is reached. Carries its name."""


class Allowance:
    """Counts tries and visits against the limits; `visits` of one trial are bounded by what the first one took."""

    def __init__(self, limits: Limits) -> None:
        self.most_tries, self.most_visits = limits.tries, limits.visits
        self.tries = self.visits = 0
        self._most_of_one = limits.visits

    def bound_trials(self) -> None:
        """From here on no trial may visit much more than the first one did."""
        self._most_of_one = max(_LEAST_VISITS, 8 * self.visits)

    def of_trial(self) -> int:
        """How many layers the next trial may visit."""
        return max(1, min(self._most_of_one, self.most_visits - self.visits + 1))

    def spend(self, cost: int) -> None:
        """Count one try; raises Exhausted beyond a limit."""
        self.tries += 1
        self.visits += cost
        if self.tries > self.most_tries:
            raise Exhausted("tries")
        if self.visits > self.most_visits:
            raise Exhausted("visits")

    def half(self) -> tuple[int, int]:
        """Where half of what is left would be spent: tries and visits."""
        return (self.tries + self.most_tries) // 2, (self.visits + self.most_visits) // 2

    def beyond(self, mark: tuple[int, int]) -> bool:
        """Whether more was spent than a mark says."""
        return self.tries > mark[0] or self.visits > mark[1]

    @contextmanager
    def capped(self, least: int) -> Iterator[None]:
        """Inside no more is spent than was so far, or `least` tries; beyond that Exhausted is raised."""
        before = self.most_tries, self.most_visits
        self.most_tries = min(self.most_tries, self.tries + max(least, self.tries))
        self.most_visits = min(self.most_visits, self.visits + max(self.visits, self.most_visits // 10))
        try:
            yield
        finally:
            self.most_tries, self.most_visits = before
