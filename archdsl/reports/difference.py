"""What a layout or a fix changes, as a unified diff that `patch` takes.

A layout keeps lines in their order and changes spaces, the case of kinds and empty lines; a fix changes lines in their
place. So lines are paired one after the other, in time that grows as the text does; a search for the shortest
difference may take its cube.
"""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.typed import NamedTuple

_CONTEXT = 3  # lines that stand unchanged around a change
_NO_END = "\\ No newline at end of file\n"


class DiffLine(NamedTuple):
    """A line that stays (' '), goes ('-') or comes ('+'), and how many lines of both texts stand before it."""

    sign: str
    line: str
    before: int
    after: int


def unified(before: str, after: str, name: str, done: str = "formatted") -> str:
    """The diff between a text and what was made of it; empty where there is none."""
    hunks = [line for hunk in _hunks(list(_edits(_lines(before), _lines(after)))) for line in _printed(hunk)]
    return "".join([f"--- {name}\n", f"+++ {name} ({done})\n", *hunks]) if hunks else ""


def _lines(text: str) -> list[str]:
    """The lines of a text with their ends."""
    lines = [f"{line}\n" for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "\n" else [*lines[:-1], lines[-1][:-1]]


def _edits(before: list[str], after: list[str]) -> Iterator[DiffLine]:
    """Every line of both texts; those that differ in spaces and case alone are one place."""
    at = to = 0
    while at < len(before) or to < len(after):
        old, new = (lines[place] if place < len(lines) else None for lines, place in ((before, at), (after, to)))
        if old is not None and old == new:
            yield DiffLine(" ", old, at, to)
            at, to = at + 1, to + 1
            continue
        alike = old is not None and new is not None and _key(old) == _key(new)
        goes = alike or new is None or (old is not None and (_key(old) in ("", "\\") or _key(new) != ""))
        comes = alike or not goes or (old is not None and new is not None and _key(old) not in ("", "\\"))
        if goes and old is not None:
            yield DiffLine("-", old, at, to)
        if comes and new is not None:
            yield DiffLine("+", new, at + goes, to)
        at, to = at + goes, to + comes


def _key(line: str) -> str:
    """What of a line no layout changes."""
    return "".join(line.split()).upper().replace("×", "X")


def _hunks(edits: list[DiffLine]) -> Iterator[list[DiffLine]]:
    """The changes with the lines around them, those that touch together."""
    start = end = 0
    for place, edit in enumerate(edits):
        if edit.sign == " ":
            continue
        if end and place - _CONTEXT > end:
            yield edits[start:end]
            end = 0
        start = start if end else max(0, place - _CONTEXT)
        end = min(len(edits), place + 1 + _CONTEXT)
    if end:
        yield edits[start:end]


def _printed(hunk: list[DiffLine]) -> Iterator[str]:
    """A hunk with its head; of neighbouring changes first all that goes, then all that comes."""
    going = sum(edit.sign != "+" for edit in hunk)
    coming = sum(edit.sign != "-" for edit in hunk)
    yield f"@@ -{_range(hunk[0].before, going)} +{_range(hunk[0].after, coming)} @@\n"
    waiting: list[str] = []
    for edit in hunk:
        if edit.sign == "+":
            waiting.append(_ended(edit))
            continue
        if edit.sign == " ":
            yield from waiting
            waiting = []
        yield _ended(edit)
    yield from waiting


def _range(first: int, count: int) -> str:
    """Lines from a first one on, as a head of a hunk counts them."""
    start = first + 1 if count else first
    return str(start) if count == 1 else f"{start},{count}"


def _ended(edit: DiffLine) -> str:
    line = f"{edit.sign}{edit.line}"
    return line if line.endswith("\n") else f"{line}\n{_NO_END}"
