"""How a listing was read, line by line: what was inferred, and what was passed over as prose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdsl.diagnostics import Source
from archdsl.diagnostics.inert import inert

_LONGEST = 48


def explained(source: Source, notes: Sequence[tuple[int, int, str]]) -> str:
    """One line for each note: `slide.txt:3: "[227x227x3] INPUT": the input, 227x227x3`."""
    if not notes:
        return inert(f"{source.name}: nothing was inferred, and nothing passed over")
    return "\n".join(_line(source, note) for note in notes)


def _line(source: Source, note: tuple[int, int, str]) -> str:
    start, end, text = note
    words = " ".join(source.text[start:end].split())
    shown = words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
    return inert(f'{source.name}:{source.position(start)[0]}: "{shown}": {text}')


def as_records(source: Source, notes: Sequence[tuple[int, int, str]]) -> list[dict[str, Any]]:
    """The same for scripts."""
    records = []
    for start, end, text in notes:
        line, column = source.position(start)
        records.append({"line": line, "column": column, "text": source.text[start:end], "reading": text})
    return records
