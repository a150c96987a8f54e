"""One record for everything said about a text, whoever shows it."""

from __future__ import annotations

from typing import NamedTuple

from archdsl.diagnostics.codes import CODES
from archdsl.diagnostics.source import Source


class Span(NamedTuple):
    """Characters `start` to `end` of a text, the end not included."""

    start: int
    end: int


class Related(NamedTuple):
    """Another place that explains the first, with what is to be seen there."""

    span: Span
    text: str


class Diagnostic(NamedTuple):
    """A fact with its values, its place, where the other number comes from, and what to do."""

    code: str
    message: str
    span: Span
    source: Source
    label: str = ""
    related: tuple[Related, ...] = ()
    hint: str | None = None

    @property
    def severity(self) -> str:
        """error, warning or note; the table of codes decides."""
        return CODES[self.code].severity

    @property
    def line(self) -> int:
        return self.source.position(self.span.start)[0]

    def to_json(self) -> dict[str, object]:
        """The record as scripts read it; lines and columns count from 1."""
        line, column = self.source.position(self.span.start)
        end_line, end_column = self.source.position(self.span.end)
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "file": self.source.name,
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
            "hint": self.hint,
        }


class ArchError(Exception):
    """A text that is not a valid network; `.diagnostics` says why, in the order of the text."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        self.diagnostics = diagnostics
        super().__init__(diagnostics)

    def __str__(self) -> str:
        from archdsl.diagnostics.render import render

        return "\n" + "\n".join(render(d) for d in self.diagnostics)
