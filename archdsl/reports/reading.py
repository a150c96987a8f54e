"""How a listing was read, line by line: what was inferred, and what was ignored as prose."""

from __future__ import annotations

from collections.abc import Sequence

from archdsl.diagnostics import Source, Span
from archdsl.diagnostics.inert import inert
from archdsl.reports.records import ProseRecord, ReadingRecord

_LONGEST = 48
_MOST = 12  # stretches of lines that one sentence lists


def passed_over(source: Source, prose: Sequence[Span]) -> str:
    """`3 lines ignored: 1, 4-5`, for a listing with its total; empty where every line was read."""
    lines = sorted({source.position(span.start)[0] for span in prose})
    if not lines:
        return ""
    stretches: list[list[int]] = []
    for line in lines:
        if stretches and stretches[-1][-1] == line - 1:
            stretches[-1][1:] = [line]
        else:
            stretches.append([line])
    shown = ", ".join("-".join(map(str, stretch)) for stretch in stretches[:_MOST])
    more = f" and {len(stretches) - _MOST:,} more" if len(stretches) > _MOST else ""
    return f"{len(lines):,} line{'s' * (len(lines) > 1)} ignored: {shown}{more}"


def prose_records(source: Source, prose: Sequence[Span]) -> list[ProseRecord]:
    """What was ignored, for scripts."""
    return [{"line": source.position(span.start)[0], "text": source.text[span.start : span.end]} for span in prose]


def explained(source: Source, notes: Sequence[tuple[int, int, str]]) -> str:
    """One line for each note: `slide.txt:3: "[227x227x3] INPUT": the input, 227x227x3`."""
    if not notes:
        return inert(f"{source.name}: nothing was inferred, and nothing ignored")
    return "\n".join(_line(source, note) for note in notes)


def _line(source: Source, note: tuple[int, int, str]) -> str:
    start, end, text = note
    words = " ".join(source.text[start:end].split())
    shown = words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
    return inert(f'{source.name}:{source.position(start)[0]}: "{shown}": {text}')


def as_records(source: Source, notes: Sequence[tuple[int, int, str]]) -> list[ReadingRecord]:
    """The same for scripts."""
    records: list[ReadingRecord] = []
    for start, end, text in notes:
        line, column = source.position(start)
        records.append({"line": line, "column": column, "text": source.text[start:end], "reading": text})
    return records
