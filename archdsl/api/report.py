"""The result of a check for Python, with or without errors."""

from __future__ import annotations

from functools import cached_property

from archdsl.analysis.cost import Cost
from archdsl.analysis.memory import BYTES
from archdsl.api import values
from archdsl.api.values import Value
from archdsl.checker.checked import Checked
from archdsl.claims.claims import Claim
from archdsl.diagnostics import Diagnostic
from archdsl.limits import Limits
from archdsl.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from archdsl.analysis.conditions import Condition
    from archdsl.reading.reading import FoundNumber
    from archdsl.reports.records import SummaryRecord
    from archdsl.reports.rows import Row


class Report:
    """The result of `archdsl.check` and `check_file`: the errors, and the network as far as it is known.

    A line that does not depend on an error has its shapes and counts. After a wrong claimed shape, the derived shape
    is used; after every other error, the claimed shape of the line.
    """

    def __init__(self, checked: Checked, limits: Limits) -> None:
        self._checked = checked
        self._limits = limits

    @property
    def ok(self) -> bool:
        """Whether there is no error; there may be warnings and notes."""
        return not self._checked.failed

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """Errors, warnings and notes in the order of the text."""
        return list(self._checked.diagnostics)

    @property
    def name(self) -> str:
        """The name of the model, or one made from the name of the file."""
        return self._checked.name

    @property
    def parameters(self) -> dict[str, Value]:
        """The values of the model's parameters."""
        return dict(self._checked.parameters)

    @cached_property
    def layers(self) -> list[Row]:
        """The layer lines whose shapes are known, in order, each with its `span`; empty beyond the limit `unrolled`."""
        from archdsl.diagnostics import ArchError
        from archdsl.reports.rows import leaves

        try:
            return leaves(self._checked, self._limits.unrolled)
        except ArchError:
            return []

    @property
    def claims(self) -> list[Claim]:
        """The claims of the text: `.line`, `.text`, `.derived` and `.holds`, None if it was not checked."""
        return list(self._checked.claims)

    @property
    def totals(self) -> Cost | None:
        """Every count of the whole network; None if an error makes a part of it unknown."""
        return self._checked.totals if self._checked.whole else None

    @property
    def holes(self) -> tuple[FoundNumber, ...]:
        """The numbers found for each ? of the text."""
        return self._checked.holes

    @property
    def conditions(self) -> list[Condition]:
        """What the network requires of its symbolic dimensions, in addition to `where`."""
        return list(self._checked.conditions)

    def to_json(self, batch: int = 1, dtype: str = "float32") -> SummaryRecord:
        """The record that `archdsl summary --format json` prints, with every field, whatever the errors are.

        Raises TypeError and ValueError for a wrong batch size or number format.
        """
        from archdsl.reports.json import summary

        batch, dtype = values.positive("batch", batch), values.choice("dtype", dtype, tuple(BYTES))
        return summary(self._checked, self._limits.unrolled, batch, dtype)

    def __repr__(self) -> str:
        errors = sum(one.severity == "error" for one in self._checked.diagnostics)
        found = "holds" if self.ok else f"{errors} error{'s' * (errors != 1)}"
        return f"<archdsl report on {self.name}: {found}>"
