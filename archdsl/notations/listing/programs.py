"""Modules of PyTorch among the lines of a listing: where they stand, and the lines that they are."""

from __future__ import annotations

from typing import NamedTuple

from archdsl.diagnostics import Span
from archdsl.limits import Limits
from archdsl.notations.listing.entry import Entry
from archdsl.notations.listing.flow import Flow
from archdsl.notations.listing.line import Head
from archdsl.notations.listing.parts import Unclear, place_of
from archdsl.notations.pytorch.find import Program
from archdsl.syntax import tree

_HINT = "print the model, print(model), and put its input above: Input: 3x224x224"
_CLAIMS = ("params", "weights")


class ProgramEntry(Entry):
    """A module, a printed model or an `nn.Sequential`, and what its line says behind it."""

    def __init__(self, program: Program) -> None:
        at = program.call.place if program.call is not None else Span(program.start, program.end)
        super().__init__(Head("PROGRAM", None, None, (), at.start, at.end), program.start, program.end, 0)
        self.program = program


class Read(NamedTuple):
    """The lines of a module, the axes of what comes out, and what was assumed."""

    lines: list[tree.Line]
    rank: int | None
    assumed: list[tuple[Span, str]]


def rank_of(flow: Flow) -> int | None:
    """The number of axes of the value that comes, where it is known."""
    if flow.flat:
        return 1
    return len(flow.space) + 1 if flow.space is not None else None


def lines_of(entry: ProgramEntry, rank: int | None, taken: set[str], limits: Limits) -> Read:
    """The lines of a module; raises Unclear."""
    from archdsl.notations.pytorch.write import Fault, written

    program = entry.program
    if program.call is None:
        fault = program.fault
        assert fault is not None
        raise Unclear(f"this module cannot be read: {fault.message}", fault.at, _HINT)
    for fact, token in entry.facts.items():
        if fact not in _CLAIMS:
            raise Unclear(f"what {token.text} says of this module is not clear", place_of(token), "take it out")
    if entry.loose:
        token = entry.loose[0]
        raise Unclear(f"what {token.text} says of this module is not clear", place_of(token), "take it out")
    try:
        found = written(program.call, program.target, rank, taken, limits)
    except Fault as fault:
        raise Unclear(fault.message, fault.at, fault.hint) from None
    return Read(list(found.lines), found.rank, found.assumed)
