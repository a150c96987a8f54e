"""One record for everything said about a text, whoever shows it."""

from __future__ import annotations

from archdsl.diagnostics.codes import CODES
from archdsl.diagnostics.source import Source, Span
from archdsl.typed import NamedTuple


class Related(NamedTuple):
    """Another place that explains the first, with what is to be seen there.

    `source` is the text in which it stands; None where that is the text of the first place.
    """

    span: Span
    text: str
    source: Source | None = None


class Edit(NamedTuple):
    """A text that is put in place of a part of another."""

    span: Span
    text: str


class Fix(NamedTuple):
    """What mends a fault: the text to type, and the edits that put it in. It was tried: a check accepts it there.

    A `safe` one needs nobody to look at it: everything else that was tried and mends the fault is the same network.
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
    """A fact with its values, its place, where the other number comes from, and what to do.

    `hint` is the title of the fix, or a sentence that helps where there is none. What a fix may be made of: `instead`
    are texts that may be meant in its place, `values` are words that mend its line, as `p1`.
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
