"""What a text is checked at: values that are given, within limits."""

from __future__ import annotations

from archdsl.faults.work import Work
from archdsl.limits import Limits
from archdsl.typed import Any, NamedTuple


class Setting(NamedTuple):
    """Values for parameters and symbolic sizes, and numbers for each ? by their places; `work` is what was done.

    Several checks may share the limit on visits: those after the first have the same `work`.
    """

    given: dict[str, Any]
    limits: Limits
    work: Work
    holes: dict[int, int] | None = None

    @classmethod
    def of(cls, given: dict[str, Any], limits: Limits, holes: dict[int, int] | None = None) -> Setting:
        """A setting at which nothing was done so far."""
        return cls(given, limits, Work(limits.visits), holes)

    def afresh(self) -> Setting:
        """The same with nothing done so far."""
        return self._replace(work=Work(self.limits.visits))
