"""Faults that lines above mend: an `in` that is another number than before, a grey image without its channel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdsl.diagnostics import Diagnostic

_NAMES = ("d", "c", "width", "came")
_IMAGE = re.compile(r"(\binput\b[^;#]*?\b(?:[0-9]+|[A-Z]\w*)x(?:[0-9]+|[A-Z]\w*))(?=\s|;|$)")
_UNNAMED = re.compile(r"\binput[ \t]+(?=[0-9A-Z\[])(?!\w+[ \t]*[:,])")
_MOST = 16  # lines above that are looked at


def grey(lines: list[str]) -> Iterator[dict[int, str]]:
    """An input of two sizes as an image of one channel."""
    for at, line in list(enumerate(lines))[-_MOST:]:
        image = _IMAGE.sub(r"\1x1", line)
        if image != line:
            yield {at: image}


def named(lines: list[str], number: int, fault: Diagnostic) -> Iterator[dict[int, str]]:
    """An `in` under a name, an input under one."""
    yield kept(lines, fault)
    if fault.code == "unknown-name" and fault.message == "no layer above is named input":
        column = fault.source.position(fault.span.start)[1] - 1
        if lines[number][column : column + len("input")] == "input":
            reading = f"{lines[number][:column]}x{lines[number][column + len('input') :]}"
            for at, line in list(enumerate(lines[:number]))[-_MOST:]:
                declared = _UNNAMED.sub("input x: ", line)
                if declared != line:
                    yield {at: declared, number: reading}


def kept(lines: list[str], fault: Diagnostic) -> dict[int, str]:
    """The first `in` of a fault under a name, which all of them read; nothing where the fault names no two."""
    spans = [one.span for one in fault.related if one.text.startswith("`in` is") and one.source is None]
    places = sorted({fault.source.position(span.start) for span in spans})
    name = next((name for name in _NAMES if not re.search(rf"\b{name}\b", fault.source.text)), None)
    if len(places) < 2 or name is None:
        return {}
    found: dict[int, str] = {}
    for line, column in reversed(places):
        text = found.get(line - 1, lines[line - 1])
        if text[column - 1 : column + 1] != "in":  # a line that was mended
            return {}
        found[line - 1] = text[: column - 1] + name + text[column + 1 :]
    _put(lines, found, f"let {name} = in", places)
    return found


def _put(lines: list[str], found: dict[int, str], definition: str, places: list[tuple[int, int]]) -> None:
    """Put a definition where the braces around all places begin, or before the first of their lines."""
    opened = _around(lines, places[0], places[-1])
    number, column = opened if opened is not None else (places[0][0] - 1, -1)
    line = found.get(number, lines[number])
    if opened is None:
        indent = len(line) - len(line.lstrip())
        found[number] = f"{line[:indent]}{definition}; {line[indent:]}"
        return
    before, behind = line[: column + 1], line[column + 1 :]
    follows = behind.strip() and not behind.strip().startswith("#")
    found[number] = f"{before} {definition}{';' if follows else ''}{behind}"


def _around(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> tuple[int, int] | None:
    """The line and column, from 0, of the innermost brace opened before one place and closed after another."""
    stack: list[tuple[int, int]] = []
    for number, line in enumerate(lines[: end[0]]):
        for sign in re.finditer(r'#.*|"[^"]*"|(?<!\w)[{}]', line):
            place = (number + 1, sign.start() + 1)
            if sign.group() == "{" and place < start:
                stack.append((number, sign.start()))
            elif sign.group() == "}" and place < end and stack:
                stack.pop()
    return stack[-1] if stack else None
