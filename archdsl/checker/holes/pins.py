"""What is said of a hole that no claim pins: which claim would."""

from __future__ import annotations

from archdsl.diagnostics import Diagnostic, Span
from archdsl.expressions.unknown import UNPINNED
from archdsl.layers.sides import Padding
from archdsl.layers.values import Divisor, Number, PerAxis, Whole
from archdsl.reading.holes import Hole
from archdsl.reading.reading import Reading

_SHAPE = "claim the output shape as far as you know it: -> 55x55x96"
_PARAMS = "claim the params of the line: -> 34,944 params"


def unpinned(reading: Reading, holes: tuple[Hole, ...], open_forms: dict[int, str]) -> list[Diagnostic]:
    """One error for each; `open_forms` say what leaves the size symbolic, by the place of its hole."""
    return [
        Diagnostic(
            UNPINNED,
            f"no claim determines this number: {hole.name}",
            Span(hole.at, hole.at + 1),
            reading.own,
            hint=f"{open_forms[hole.at]}; or {_hint(hole)}" if hole.at in open_forms else _hint(hole),
        )
        for hole in holes
    ]


def _hint(hole: Hole) -> str:
    match hole.type:
        case Padding() | PerAxis():
            return _SHAPE
        case Divisor():
            return _PARAMS
        case Number():
            return "no claim can determine it: write the number"
        case Whole():
            return _SHAPE
        case None if hole.name == "x":
            return "claim the params of all copies: -> 2,359,296 params"
    return "claim a shape or params that depend on it, or write the number"
