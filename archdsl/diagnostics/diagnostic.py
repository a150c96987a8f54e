"""One record for every error, warning and note about a text."""

from __future__ import annotations

from archdsl.diagnostics.codes import CODES
from archdsl.diagnostics.source import Source, Span
from archdsl.typed import NamedTuple


class Related(NamedTuple):
    """Another place that explains the first, with its explanation.

    `source` is the text of the place; None if it is the text of the first place.
    """

    span: Span
    text: str
    source: Source | None = None


class Edit(NamedTuple):
    """A text that replaces a part of another."""

    span: Span
    text: str


class Fix(NamedTuple):
    """The fix of an error: the text to type, and the edits that apply it. It was tried: a check accepts it there.

    A `safe` fix needs no review: all other texts that were tried and fix the error give the same network.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False

    def to_json(self, source: Source) -> dict[str, object]:
        """The record as scripts read it; offsets are characters of the text of the file, from 0."""
        edits = [
            {**_place(source, span), "start": span.start, "end": span.end, "text": text} for span, text in self.edits
        ]
        return {"title": self.title, "safe": self.safe, "edits": edits}


class Diagnostic(NamedTuple):
    """A fact with its values, its place, the source of the other number, and a hint.

    `hint` is the title of the fix, or otherwise a sentence that helps. A fix is made from `instead`, texts that may be
    meant in its place, and `values`, words that fix its line, such as `p1`.
    """

    code: str
    message: str
    span: Span
    source: Source
    label: str = ""
    related: tuple[Related, ...] = ()
    hint: str | None = None
    fix: Fix | None = None
    instead: tuple[str, ...] = ()
    values: str = ""

    @property
    def severity(self) -> str:
        """error, warning or note; the table of codes decides."""
        return CODES[self.code].severity

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the order of all texts that are read together."""
        return self.source.base + self.span.start, self.source.base + self.span.end

    @property
    def line(self) -> int:
        return self.source.position(self.span.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.span.start)[1]

    def to_json(self) -> dict[str, object]:
        """The record as scripts read it; lines and columns count from 1."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            **_place(self.source, self.span),
            "hint": self.hint,
            "fix": self.fix.to_json(self.source) if self.fix is not None else None,
            "related": [{**_place(one.source or self.source, one.span), "text": one.text} for one in self.related],
        }


def _place(source: Source, span: Span) -> dict[str, object]:
    line, column = source.position(span.start)
    end_line, end_column = source.position(span.end)
    return {"file": source.name, "line": line, "column": column, "end_line": end_line, "end_column": end_column}
