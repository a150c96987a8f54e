"""Modules of PyTorch among the lines of a listing: where they stand, and the lines that they are."""

from __future__ import annotations

from archdsl.diagnostics import Span
from archdsl.limits import Limits
from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.flow import KnownSizes
from archdsl.notations.listing.line import Head
from archdsl.notations.listing.parts import Unclear, place_of
from archdsl.notations.pytorch.find import Program
from archdsl.notations.pytorch.value import Keras, ShapeValue
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple

_HINT = "print the model, print(model), and put its input above: Input: 3x224x224"
_CLAIMS = ("params", "weights")


class ProgramEntry(ListedLayer):
    """A module, a printed model or an `nn.Sequential`, and what its line says after it."""

    def __init__(self, program: Program) -> None:
        at = program.call.place if program.call is not None else Span(program.start, program.end)
        super().__init__(Head("PROGRAM", None, None, (), at.start, at.end), program.start, program.end, 0)
        self.program = program
        self.stated = False  # whether the program states the input of the listing


class ModuleLines(NamedTuple):
    """The lines of a module, the output, and what was assumed."""

    lines: list[tree.Line]
    flow: KnownSizes
    rank: int | None
    assumed: list[tuple[Span, str]]
    doubts: list[tuple[Span, str]]


def lines_of(entry: ProgramEntry, flow: KnownSizes, rank: int | None, taken: set[str], limits: Limits) -> ModuleLines:
    """The lines of a module that reads `flow`, of `rank` axes where that alone is known; raises Unclear."""
    from archdsl.notations.pytorch.containers import ModuleFault
    from archdsl.notations.pytorch.write import written

    program = entry.program
    if program.call is None:
        fault = program.fault
        assert fault is not None
        raise Unclear(f"this module cannot be read: {fault.message}", fault.at, _HINT)
    for token in _unread(entry):
        raise Unclear(f"the meaning of {token.text} for this module is not clear", place_of(token), "remove it")
    keras = Keras(entry.stated) if program.keras else None
    try:
        found = written(program.call, program.target, _value(flow, rank), taken, limits, keras)
    except ModuleFault as fault:
        raise Unclear(fault.message, fault.at, fault.hint) from None
    return ModuleLines(list(found.lines), _flow(found.value), found.value.rank, found.assumed, found.doubts)


def _unread(entry: ProgramEntry) -> list[Token]:
    """What is said of a module that is neither its shape nor a count of its parameters."""
    facts = [token for fact, token in entry.facts.items() if fact not in _CLAIMS]
    again = [second for _, _, second in entry.twice]
    blocks = [pair[0] for block in entry.blocks for pair in block.convolutions]
    switches = list(entry.switches.values())
    return [*facts, *entry.loose, *again, *switches, *entry.vague, *entry.structure, *entry.spelled, *blocks]


def _value(flow: KnownSizes, rank: int | None) -> ShapeValue:
    """The input, as the writer of modules has it."""
    if flow.channels is not None and (flow.flat or flow.space is not None):
        shape = Shape((*(flow.space or ()), flow.channels))
        return ShapeValue(shape, shape.rank)
    if flow.flat or flow.space is not None:
        return ShapeValue(None, 1 if flow.flat else len(flow.space or ()) + 1)
    return ShapeValue(None, rank)


def _flow(value: ShapeValue) -> KnownSizes:
    if value.shape is None or not all(isinstance(size, int) for size in value.shape.sizes):
        return KnownSizes(None, None, value.rank == 1)
    sizes = tuple(size for size in value.shape.sizes if isinstance(size, int))
    return KnownSizes(sizes[:-1] if len(sizes) > 1 else None, sizes[-1], len(sizes) == 1)
