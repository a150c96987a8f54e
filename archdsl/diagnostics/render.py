"""Diagnostics as text: the source line with the place marked, where the other number comes from, and what to do."""

from __future__ import annotations

from archdsl.diagnostics.diagnostic import Diagnostic
from archdsl.diagnostics.inert import escaped, inert
from archdsl.diagnostics.source import Source, Span
from archdsl.typed import NamedTuple

_WIDTH = 100  # characters of a source line that are shown
_BEFORE = 40  # of these, before the mark where the line is cut
_TAB = 4
_COLOURS = {"error": "1;31", "warning": "1;33", "note": "1;36", "related": "1;34", "dim": "2", "bold": "1"}


class Mark(NamedTuple):
    """A place on one line of a text: columns count from 0, the end not included."""

    source: Source
    line: int
    start: int
    end: int
    text: str
    own: bool  # the place of the fault itself, not one that explains it


class Paint:
    """Puts colours around words, or leaves them as they are."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if self.color and text else text


def render(diagnostic: Diagnostic, color: bool = False) -> str:
    """The diagnostic as lines of text without a newline at the end.

    What comes from the spec or a path is made inert. A span over several lines marks its first line.
    """
    paint = Paint(color)
    source, severity = diagnostic.source, diagnostic.severity
    line, column = source.position(diagnostic.span.start)
    shown = [mark for mark in _marks(diagnostic) if mark.source.text]
    gutter = max((len(str(mark.line)) for mark in shown), default=len(str(line)))
    head = f"{paint(severity, f'{severity}[{diagnostic.code}]')}: {paint('bold', inert(diagnostic.message))}"
    place = f"{inert(source.name)}:{line}:{column}"
    lines = [head, f"{' ' * gutter}{paint('dim', '-->')} {place}"]
    for text in dict.fromkeys([source, *(mark.source for mark in shown)]) if shown else ():
        marks = [mark for mark in shown if mark.source is text]
        if text is not source:
            at = f"{inert(text.name)}:{marks[0].line}:{marks[0].start + 1}"
            lines.append(f"{' ' * gutter}{paint('dim', ':::')} {at}")
        if marks:
            lines.append(" " * gutter + paint("dim", " |"))
            lines += _excerpt(text, marks, gutter, severity, paint)
    if diagnostic.hint:
        word = "try" if diagnostic.fix is not None else "help"
        lines.append(f"{' ' * gutter} {paint('dim', '=')} {paint('bold', word)}: {inert(diagnostic.hint)}")
    return "\n".join(lines)


def _marks(diagnostic: Diagnostic) -> list[Mark]:
    """Every place of a diagnostic, in the order of the text, each once."""
    source = diagnostic.source
    found = [_mark(source, diagnostic.span, diagnostic.label, True)]
    for related in diagnostic.related:
        mark = _mark(related.source or source, related.span, related.text, False)
        if mark not in found:
            found.append(mark)
    return sorted(found, key=lambda mark: (mark.line, mark.start, not mark.own))


def _mark(source: Source, span: Span, text: str, own: bool) -> Mark:
    line, column = source.position(span.start)
    length = len(source.line(line))
    start = min(column - 1, length)
    end = min(max(start + span.end - span.start, start + 1), max(length, start + 1))
    return Mark(source, line, start, end, text, own)


def _excerpt(source: Source, marks: list[Mark], gutter: int, severity: str, paint: Paint) -> list[str]:
    """The lines of the text with their marks; one too long for all its marks comes once more for the others."""
    lines = []
    while marks:
        first = next((mark for mark in marks if mark.own and mark.line == marks[0].line), marks[0])
        text = source.line(first.line)
        begin, end = _window(len(text), first)
        inside = [mark for mark in marks if mark.line == first.line and begin <= mark.start < max(end, begin + 1)]
        inside = inside if first in inside else [first]
        marks = [mark for mark in marks if mark not in inside]
        lines += _line(text, first.line, begin, end, inside, gutter, severity, paint)
    return lines


def _window(length: int, mark: Mark) -> tuple[int, int]:
    """The part of a line that is shown: all of it, or as much as fits around a mark."""
    if length <= _WIDTH:
        return 0, length
    begin = max(0, min(mark.start - _BEFORE, length - _WIDTH))
    return begin, begin + _WIDTH


def _line(
    text: str, number: int, begin: int, end: int, marks: list[Mark], gutter: int, severity: str, paint: Paint
) -> list[str]:
    shown, columns = _columns(text[begin:end])
    before, after = "…" * (begin > 0), "…" * (end < len(text))
    lines = [f"{paint('dim', f'{number:>{gutter}} |')} {before}{shown}{after}".rstrip()]
    for mark in marks:
        start = columns[min(mark.start - begin, len(columns) - 1)]
        stop = max(columns[min(mark.end - begin, len(columns) - 1)], start + 1)
        line = paint(severity if mark.own else "related", ("^" if mark.own else "-") * (stop - start))
        label = f" {inert(mark.text)}" if mark.text else ""
        lines.append(f"{' ' * gutter}{paint('dim', ' |')} {' ' * (start + len(before))}{line}{label}")
    return lines


def _columns(text: str) -> tuple[str, list[int]]:
    """A line as it is printed, and the column in which each of its characters, and the end, comes to stand."""
    if text.isascii() and text.isprintable():
        return text, list(range(len(text) + 1))
    columns, parts, at = [0], [], 0
    for letter in text:
        part = " " * (_TAB - at % _TAB) if letter == "\t" else letter if letter.isprintable() else escaped(letter)
        parts.append(part)
        at += len(part) if len(part) > 1 else cells(part)
        columns.append(at)
    return "".join(parts), columns


def cells(letter: str) -> int:
    """How many cells of a terminal a character takes: East Asian wide ones two, marks that combine none."""
    if letter.isascii():
        return 1
    from unicodedata import category, east_asian_width

    if category(letter) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1
