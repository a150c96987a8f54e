"""The only exception that the package raises for errors of a text."""

from __future__ import annotations

from archdsl.diagnostics.diagnostic import Diagnostic


class ArchError(Exception):
    """A text that is not a valid network; `.diagnostics` says why, in the order of the text."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        self.diagnostics = diagnostics
        super().__init__(diagnostics)

    def __str__(self) -> str:
        from archdsl.diagnostics.render import render  # late: most errors are caught, few are shown

        return "\n" + "\n".join(render(d) for d in self.diagnostics)
