"""A claim that fails because of a layer inside a block or braces: a value of that layer, or of the line with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdsl.checker.fixes.assign import assigned
from archdsl.claims.inside import DIFFERS
from archdsl.diagnostics import Diagnostic

_SHAPES = re.compile(r"claimed (?:\d+x)*(\d+), derived (?:\d+x)*(\d+)$")


def within(lines: list[str], number: int, fault: Diagnostic) -> Iterator[dict[int, str]]:
    """Lines that may be meant, the layer's own first."""
    for one in fault.related if fault.code == "claim-shape" else ():
        if not one.text.startswith(DIFFERS):
            continue
        if one.source is None and fault.values:
            line, column = fault.source.position(one.span.start)
            for text in assigned(lines[line - 1], fault.values, column - 1, above=False):
                yield {line - 1: text}
        yield from _given(lines, number, fault)


def _given(lines: list[str], number: int, fault: Diagnostic) -> Iterator[dict[int, str]]:
    """The line itself with the claimed channels in place of the derived ones."""
    found = _SHAPES.match(fault.message)
    code, arrow, claim = lines[number].rpartition("->")
    if found is None or not arrow or found[1] == found[2]:
        return
    for word in re.finditer(rf"(?<![\w.]){found[2]}(?![\w.])", code):
        yield {number: f"{code[: word.start()]}{found[1]}{code[word.end() :]}{arrow}{claim}"}
