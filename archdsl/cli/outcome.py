"""What a check found of one file."""

from __future__ import annotations

from archdsl.checker.checked import Checked
from archdsl.diagnostics import Diagnostic, Source
from archdsl.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from archdsl.checker.fixes.apply import Done  # loaded where fixes are asked for


class Outcome(NamedTuple):
    """The checks of one file, of which only the last can fail, and how many settings it lists."""

    checks: list[Checked]
    settings: int = 1
    notes: tuple[tuple[int, int, str], ...] = ()  # how a listing was read
    blocks: int = 0  # of a file that holds nothing else
    text: str | None = None  # what was checked, numbers in place of its holes
    source: Source | None = None  # the text as it was read
    notation: str = "arch"
    unwritten: Diagnostic | None = None  # why the text that was made is not in the file
    done: tuple[Done, ...] = ()  # the fixes that are in the text
    first: Outcome | None = None  # what was found before them

    @property
    def before(self) -> Source | None:
        """The text of the file, before it was fixed."""
        return (self.first or self).source

    @property
    def found(self) -> bool:
        """Whether holes were filled."""
        return bool(self.checks[-1].holes)

    def fails(self, strict: bool) -> bool:
        """Whether there are errors, or with `strict` warnings."""
        last = self.checks[-1]
        return last.failed or (strict and any(one.severity == "warning" for one in last.diagnostics))

    def diagnostics(self, strict: bool) -> list[Diagnostic]:
        """Those of the check that fails; else the warnings and notes of all, those of equal place and text once."""
        if self.fails(strict):
            return self.checks[-1].diagnostics
        return list({(d.code, d.place, d.message): d for checked in self.checks for d in checked.diagnostics}.values())
