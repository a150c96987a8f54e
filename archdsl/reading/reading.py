"""A text read once, in its notation, with the files that it uses; every setting is checked from here."""

from __future__ import annotations

from collections.abc import MutableMapping

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.layers import Layer, lookup
from archdsl.limits import Limits
from archdsl.notations.detect import read_text
from archdsl.reading.cases import CaseSettings, cases
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree
from archdsl.syntax.collector import WithoutCollector
from archdsl.typed import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from archdsl.reading.given import Inputs
    from archdsl.reading.holes import Hole
    from archdsl.reading.using import Folder, Used

Known: TypeAlias = MutableMapping[
    Any, tuple[Layer, tuple[Shape, ...], dict[str, tree.Expr], tuple[tuple[str, str], ...]]
]  # the layers of lines that were seen before, with their results, what was written, and the remarks on them


class FoundNumber(NamedTuple):
    """The number of one hole: where it stands, counted from 1, the word around it as written, and what it is called."""

    line: int
    column: int
    text: str
    value: int
    name: str


class Answer(NamedTuple):
    """The text as it was written, the numbers that were found for its holes, and what is to be said instead of them."""

    source: Source
    values: tuple[tuple[int, int], ...]  # place and number, in the order of the text
    found: tuple[FoundNumber, ...]
    told: list[Diagnostic]
    samples: tuple[tuple[tuple[int, int], ...], ...] = ()  # numbers for all holes, where some have none
    symbols: tuple[tuple[int, str], ...] = ()  # for the holes without a number, where all are sizes of inputs
    aside: frozenset[tuple[str, tuple[int, int]]] = frozenset()  # codes and places of faults that no hole changes
    claims: frozenset[int] = frozenset()  # places of claims that fail whatever the numbers are


class Reading(NamedTuple):
    """A parsed text; every setting of its parameters is checked from here."""

    source: Source
    file: tree.File | None
    diagnostics: list[Diagnostic]
    ignored: list[tuple[str, int, int]]
    known: Known  # layers that one setting found serve the next
    notation: str = "arch"
    notes: tuple[tuple[int, int, str], ...] = ()  # how the lines of a listing were read: place and words
    holes: tuple[Hole, ...] = ()
    answer: Answer | None = None  # what was found for the holes; then this is the text with their numbers
    used: Used | None = None  # the files that the text uses; then `source` is all of them
    folder: Folder | None = None  # where they are found
    prose: tuple[Span, ...] = ()  # what of a listing was ignored
    cases: CaseSettings = CaseSettings()
    inputs: Inputs | None = None  # what the caller gives in place of the text's own, or for lines without one
    dropped: tuple[str, ...] = ()  # statements that could not be read
    braces: bool = False  # whether it is a guess where some braces begin and end
    partial: bool = False  # whether a file that it uses is missing, so that it is not known what that brings

    @property
    def fragment(self) -> Shape | None:
        """What lines read where the text has no `input`."""
        return self.inputs.fragment if self.inputs is not None else None

    @property
    def own(self) -> Source:
        """The text itself, without those that it uses."""
        return self.source.part(0)


def read(
    source: Source,
    limits: Limits,
    notation: str | None = None,
    folder: Folder | None = None,
    inputs: Inputs | None = None,
) -> Reading:
    """Parse a text once, in the notation given or in the one that it is written in, and the files that it uses.

    `folder` is where these are found; without one only those of the shipped library are. `inputs` are what the caller
    gives in place of the text's own.
    """
    with WithoutCollector():
        stated = inputs.statement if inputs is not None else None
        text = read_text(source, limits, notation, lambda word: lookup(word) is not None, stated)
    if not text.stated:
        inputs = None  # it is in the tree
    parsed = text.parsed
    holes = _holes(source, parsed.file) if text.notation == "arch" else ()
    read = Reading(source, parsed.file, parsed.diagnostics, parsed.ignored, {}, text.notation, text.notes, holes)
    read = read._replace(folder=folder, inputs=inputs, prose=text.prose)
    if parsed.rest is not None:
        read = read._replace(file=parsed.rest, dropped=parsed.dropped, braces=parsed.braces)
    if parsed.file is not None and "cases" in source.text:
        read = read._replace(cases=cases(parsed.file, limits))
    return _with_used(read, folder, limits) if read.file is not None and "use" in source.text else read


def _with_used(read: Reading, folder: Folder | None, limits: Limits) -> Reading:
    """A reading with the files that its text uses, as far as they can be used."""
    from archdsl.reading.using import load, uses

    if read.file is None or not uses(read.file):
        return read
    with WithoutCollector():
        loaded = load(read.source, read.file, folder, limits)
    ignored = [*read.ignored, *loaded.ignored]
    read = read._replace(source=loaded.source, used=loaded.used, ignored=ignored)
    if not loaded.diagnostics:
        return read
    dropped, braces = (*read.dropped, *loaded.dropped) or ("",), read.braces or loaded.braces
    faults = [*read.diagnostics, *loaded.diagnostics]
    return read._replace(diagnostics=faults, holes=(), dropped=dropped, braces=braces, partial=loaded.partial)


def _holes(source: Source, file: tree.File | None) -> tuple[Hole, ...]:
    if "?" not in source.text or file is None:
        return ()
    from archdsl.reading.holes import find

    return tuple(find(file, source.text))


def blocks_alone(reading: Reading) -> int:
    """The number of blocks of a file that has nothing else, so that other files can use it; 0 of every other."""
    statements = [one for line in reading.file.lines for one in line.statements] if reading.file is not None else []
    alone = all(isinstance(one, (tree.Block, tree.UseStatement)) for one in statements)
    return sum(isinstance(one, tree.Block) for one in statements) if alone else 0
