"""Texts with a fault, each with a hole somewhere else, and the same text with a number there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from test_errors import CASES, Case

from archdsl.diagnostics import Diagnostic

OF_HOLES = {"unpinned-hole", "several-answers", "no-answer", "other-answer"}
HEAD = "holed: PARAM 9x9x3\nmore: "


class Pair(NamedTuple):
    """A text with a fault and a hole, and the same with a number; `found` where the number can be found."""

    case: Case
    where: str
    with_hole: str
    without: str
    found: bool


def at_end(text: str, more: str) -> str:
    return f"{text.rstrip()}\n{more}\n"


def at_start(text: str, more: str) -> str:
    return f"{more}\n{text}"


def behind_input(text: str, more: str) -> str:
    """A line that changes no shape, behind the first input; the text itself where there is none."""
    return re.sub(r"^(input [^;\n#]*[^;\n# ])", rf"\1; {more}", text, count=1, flags=re.M)


PLACES: dict[str, tuple[Callable[[str, str], str], str, str, bool]] = {
    "found at the end": (at_end, "holed: PARAM {}x4 -> 3x4", "3", True),
    "several found at the end": (at_end, HEAD + "CONV {} 3x3 p{} <- holed -> 9x9x3", "3 1", True),
    "free at the end": (at_end, "holed: PARAM {}x4", "3", False),
    "several answers at the end": (at_end, HEAD + "CONV 8 {} p{} <- holed -> 9x9x8", "3 1", False),
    "free at the start": (at_start, "let holed = {}", "3", False),
    "free behind the input": (behind_input, "DROPOUT {}", "0", False),
}


def pairs() -> Iterator[Pair]:
    """Every text with a fault, with a hole at every place where it changes nothing."""
    for case in CASES:
        bare = re.sub("#.*", "", case.text)
        if case.name.endswith("txt") or case.code in OF_HOLES or "?" in bare:
            continue
        for where, (add, line, numbers, found) in PLACES.items():
            with_hole = add(case.text, line.replace("{}", "?"))
            if with_hole != case.text and not (add is at_end and re.search("^expect", bare, re.M)):
                without = add(case.text, line.format(*numbers.split()))
                yield Pair(case, where, with_hole, without, found)


def told(diagnostics: list[Diagnostic]) -> list[object]:
    """The faults that are none of a hole: all that is said of each, and where, by its line."""
    return [
        (one.code, one.message, one.line, one.label, one.hint, [(more.text, line(one, more)) for more in one.related])
        for one in diagnostics
        if one.severity == "error" and one.code not in OF_HOLES
    ]


def line(around: Diagnostic, related: object) -> int:
    source, span = getattr(related, "source", None) or around.source, getattr(related, "span", around.span)
    return source.position(span.start)[0]
