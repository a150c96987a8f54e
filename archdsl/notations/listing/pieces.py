"""The lines of a listing: their markers (numbers, bullets, headings) taken off, and the cells of Markdown tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from archdsl.typed import NamedTuple

_MARKER = re.compile(
    r"[ \t]*+(?:>[ \t]*+)*+(?:(#{1,6})[ \t]|([-*+•·‣▪◦–][ \t]|<li(?:[ \t][^<>\n]{0,200})?>|\\item(?![a-z]))"
    r"|\(?([0-9]{1,3})(?:[.)]|\):)(?=[ \t*[]))?[ \t]*+"
    r"(?:\*{0,2}(?:(?:layer|step|stage|schicht|couche|capa|strato|레이어|第)[ \t]?#?[0-9]{1,3}层?"
    r"|[0-9]{1,3}(?:層目|번째 ?층|층))\*{0,2}[ \t]?(?:[:：.)–-](?=[ \t*])|(?=\([a-z])))?[ \t*]*+",
    re.IGNORECASE,
)
_FENCE = re.compile(r"[ \t]*+(?:```|~~~)[ \t]*+[\w+.-]*+[ \t\r]*+$")
_FRAME = re.compile(  # of a table or a list in LaTeX
    r"[ \t]*+\\(?:begin\{(?:tabular[xy*]?|array|longtable)\}[^&\n]*+|(?:begin|end)\{[a-z*]*+\}(?:\[[^\]\n]*+\])?"
    r"|(?:h|c)line(?:\{[\d-]*+\})?|(?:top|mid|bottom)rule)[ \t\r]*+$"
)
_END_OF_ROW = re.compile(r"\\\\[ \t]*+(?:\\[a-z]++[ \t]*+)?$")
_TAG = r"<t[dh](?:[ \t][^<>\n]{0,200}+)?>"
_CELL = re.compile(rf"{_TAG}|</t[dh]>(?:[ \t]*+{_TAG})?", re.IGNORECASE)
_BAR, _AND = re.compile(r"\|"), re.compile("&")
_STOP = re.compile(r"(?<=[a-z0-9)\]])\.[ \t]+(?=[A-Z(])")
_RULE = re.compile(r"[ \t|:+=_*-]*+$")


class Piece(NamedTuple):
    """What stands in one line after its marker. `indent` is the column of the marker."""

    start: int
    end: int
    indent: int
    bullet: bool
    heading: bool
    blank: bool = False
    row: bool = False  # whether it is one of a table


class TableCell(NamedTuple):
    """One cell of a table, without the bars."""

    start: int
    end: int


class TableRow(NamedTuple):
    """A row of a table, with the row that heads its columns."""

    start: int
    end: int
    cells: tuple[TableCell, ...]
    header: tuple[TableCell, ...]


def pieces(
    text: str, is_header: Callable[[tuple[TableCell, ...]], bool], has_figures: Callable[[tuple[TableCell, ...]], bool]
) -> Iterator[Piece | TableRow]:
    """The lines of a text in order; the head of a table and the line below it are not among them.

    A first row is the head if a rule stands below it, or if `is_header` knows its words; not where it has figures.
    """
    header: tuple[TableCell, ...] = ()
    before: tuple[TableCell, ...] = ()
    for start, end in _lines(text):
        line = text[start:end]
        if _FRAME.match(line):
            continue
        if not _is_row(line):
            header = before = ()
            if not _FENCE.match(line):
                yield from _sentences(text, _piece(text, start, end))
            continue
        if _RULE.match(line):
            header, before = before, ()
            continue
        if before and not header:
            yield TableRow(before[0].start, before[-1].end, before, ())
        cells = _cells(text, start, end)
        if header:
            yield TableRow(start, end, cells, header)
        else:
            header = cells if is_header(cells) else ()
            before = cells
            if not header and (not _heads(text, end) or has_figures(cells)):
                yield TableRow(start, end, cells, ())
                before = ()


def _sentences(text: str, piece: Piece) -> Iterator[Piece]:
    """A line of prose sentence by sentence."""
    start = piece.start
    for stop in _STOP.finditer(text, piece.start, piece.end):
        yield piece._replace(start=start, end=stop.start() + 1)
        start = stop.end()
    yield piece._replace(start=start)


def _heads(text: str, end: int) -> bool:
    """Whether the line after a row is the rule below the head of a table."""
    stop = text.find("\n", end + 1)
    line = text[end + 1 : stop if stop >= 0 else len(text)]
    return bool(line.strip()) and "-" in line and bool(_RULE.match(line.rstrip("\r")))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start <= len(text):
        stop = text.find("\n", start)
        end = stop if stop >= 0 else len(text)
        yield start, end
        start = end + 1


def _piece(text: str, start: int, end: int) -> Piece:
    match = _MARKER.match(text, start, end)
    assert match is not None  # every part of the pattern is optional
    indent = len(text[start:end].expandtabs(4)) - len(text[start:end].expandtabs(4).lstrip(" "))
    blank = not text[match.end() : end].strip()
    return Piece(match.end(), end, indent, match.group(2) is not None, match.group(1) is not None, blank)


def _cells(text: str, start: int, end: int) -> tuple[TableCell, ...]:
    while start < end and text[start] in " \t":
        start += 1
    while end > start and text[end - 1] in " \t\r":
        end -= 1
    start += text[start : start + 1] == "|"
    end -= end > start and text[end - 1] == "|"
    found, at = [], start
    for sign in _separator(text[start:end]).finditer(text, start, end):
        found.append(TableCell(at, sign.start()))
        at = sign.end()
    return (*found, TableCell(at, end))


def _is_row(line: str) -> bool:
    """Whether a line is a row of a table, in Markdown, LaTeX or HTML."""
    if "|" in line or ("&" in line and _END_OF_ROW.search(line.rstrip("\r"))):
        return True
    return "<" in line and _CELL.search(line) is not None


def _separator(line: str) -> re.Pattern[str]:
    """What parts the cells of a row: bars in Markdown, & in LaTeX, tags in HTML."""
    if "|" in line:
        return _BAR
    return _AND if "&" in line else _CELL
