"""Which notation a text is written in: a table of notations, and how much a text looks like each."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.limits import Limits
from archdsl.syntax import tree
from archdsl.syntax.parser import Parsed, parse
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple

_SPEC = (  # compiled when a text is asked for its notation: most are told by their names
    r"^[ \t]*+(?:(?:model|block)[ \t]++[A-Za-z_]\w*+[ \t]*+(?:\(|\{|where|<-|$)|let[ \t]++\w++[ \t]*+="
    r"|use[ \t]++(?:\"|std\.)|expect[ \t]++[0-9]|cases[ \t]++\w++[ \t,]"
    r"|input[ \t]++(?:\w++[ \t]*+:)?[ \t]*+(?:[0-9A-Z?x×]++|\[[^\]\n]*+\])[ \t]*+(?:(?:int\b|where\b|;|\#).*+)?$)"
    r"|\{[ \t]*+$"
)
_LISTING = (
    r"\[[ \t$*]*+[0-9]++[ \t$]*+(?:[x×X]|\\times)"
    r"|\b[0-9]++[ \t$]*+(?:\w++[ \t]++)??(?:filter|kernel|neuron|unit|feature)"
    r"|\b(?:stride|strid|filters|pad|padding|neurons|kernel)\b[ \t]*+(?:[:=]|of)?[ \t]*+[0-9]"
    r"|^[ \t*-]*+input[ \t]*+:[ \t]*+[0-9]|\b(?:max|average|avg)[ -]pool|fully[ -]connected"
    r"|^[ \t]*+(?:\*\*|[*•-][ \t]|[0-9]++[.)][ \t]|>[ \t])|→[^→\n]*+→"
    r"|conv[0-9]-[0-9]|\bfc-[0-9]|\|[^|\n]*+\||^[ \t]*+(?:<(?:li|td|tr|p)\b|\\item\b)|\\\\[ \t]*+$"
    r"|^[ \t|:-]*-{3}[ \t|:-]*$|^[=_]{5,}+[ \t]*+$|\[(?:input|conv|pool|fc)\b"
)
_COMMENT = r"#[^\n]*"
_FIGURE = r"[0-9{}\[\];=]|->|<-"
_WORD = r"[A-Za-z]++"
_FEW = 8  # words: a shorter text with faults is a spec that went wrong
_SPEC_LINE = "CONV 96 11x11 s4 -> 55x55x96"
_LISTING_LINE = "[55x55x96] CONV1: 96 11x11 filters at stride 4"


class DetectedText(NamedTuple):
    """A text as read: its notation, its tree, what is wrong, and for a listing how its lines were read."""

    notation: str
    parsed: Parsed
    notes: tuple[tuple[int, int, str], ...] = ()
    stated: bool = True  # whether the input is the text's own; False in a listing where it is the one given
    prose: tuple[Span, ...] = ()  # what of a listing was ignored


class Evidence:
    """A text whose notation is looked for: what it is read as and what marks it has, each found when asked for."""

    def __init__(self, source: Source, limits: Limits, is_kind: Callable[[str], bool]) -> None:
        self.source, self.limits, self.is_kind = source, limits, is_kind

    @cached_property
    def spec(self) -> Parsed:
        """The text parsed as a spec."""
        return parse(self.source, self.limits)

    @cached_property
    def listing(self) -> ListingText:
        """The text read as a listing; the reader and its tables are loaded here, and for no spec."""
        return read_as_listing(self.source, self.limits)

    @cached_property
    def parses(self) -> bool:
        """Whether it is a spec by its grammar, and more than words."""
        return self.spec.file is not None and not _is_prose(self.spec.file, self.is_kind)

    @cached_property
    def has_marks_of_a_spec(self) -> bool:
        return re.search(_SPEC, self.source.text, re.MULTILINE) is not None

    @cached_property
    def has_marks_of_a_listing(self) -> bool:
        return re.search(_LISTING, re.sub(_COMMENT, "", self.source.text), re.MULTILINE | re.IGNORECASE) is not None


class ListingText(NamedTuple):
    """A text read as a listing: how many layers it has, and whether every word of it is understood."""

    text: DetectedText
    layers: int
    understood: bool


class Notation(NamedTuple):
    """A notation: its name, how much a text looks as if it were written in it, and how such a text is read.

    `likeness` is one of the grades below, a text is read in the notation of the highest, and of the first where two
    have the same. `read` takes the input of a text that states none.
    """

    name: str
    likeness: Callable[[Evidence], int]
    read: Callable[[Evidence, tree.Input | None], DetectedText]


_NONE, _LAYERS, _LOOKS, _MARKED, _READ, _UNDERSTOOD, _CERTAIN = range(7)


def _likeness_to_a_spec(seen: Evidence) -> int:
    """Certain where it parses as layers that exist; with faults, as much as it has marks of a spec."""
    if seen.source.name.endswith(".arch") or not seen.source.text.strip():
        return _CERTAIN
    file = seen.spec.file
    if seen.parses and file is not None and not _is_foreign(file, seen.is_kind):
        return _CERTAIN
    spec, said = seen.has_marks_of_a_spec, seen.has_marks_of_a_listing
    if spec and (seen.parses or not said):
        return _CERTAIN
    if seen.parses and not said and file is not None:
        return _CERTAIN if _is_written_as_a_spec(file, seen.source.text) else _READ
    layers = seen.listing.layers
    if not layers and seen.listing.text.parsed.diagnostics:  # characters or lines that neither notation lets pass
        return _LOOKS
    looks = spec or _looks_like_layers(seen.spec, seen.source, seen.is_kind)
    return _LOOKS if spec or (looks and not (layers and said)) else _NONE


def _likeness_to_a_listing(seen: Evidence) -> int:
    """Understood where every word is; else marked where it has what only listings have."""
    listing, layers, understood = seen.listing
    spec, said = seen.has_marks_of_a_spec, seen.has_marks_of_a_listing
    words = [word for word in re.findall(_WORD, seen.source.text) if seen.is_kind(word)]
    capitals = bool(words) and all(word.isupper() for word in words)  # as specs are written
    if understood and not spec and not capitals and re.search(_FIGURE, seen.source.text):
        return _UNDERSTOOD
    if not layers:
        return _MARKED if listing.parsed.diagnostics and said and not spec else _NONE
    fewer = len(listing.parsed.diagnostics) < len(seen.spec.diagnostics)
    return _MARKED if said and (listing.parsed.file is not None or not spec or fewer) else _LAYERS


def _read_as_spec(seen: Evidence, given: tree.Input | None) -> DetectedText:
    return DetectedText("arch", seen.spec)


def _read_as_listing(seen: Evidence, given: tree.Input | None) -> DetectedText:
    return seen.listing.text if given is None else read_as_listing(seen.source, seen.limits, given).text


NOTATIONS = (
    Notation("arch", _likeness_to_a_spec, _read_as_spec),
    Notation("listing", _likeness_to_a_listing, _read_as_listing),
)
NAMES = tuple(notation.name for notation in NOTATIONS)


def read_text(
    source: Source,
    limits: Limits,
    notation: str | None,
    is_kind: Callable[[str], bool],
    given: tree.Input | None = None,
) -> DetectedText:
    """Read a text in the notation given, or in the one that it is written in; `is_kind` knows the kinds of layer.

    `given` is the input of a listing that states none.
    """
    seen = Evidence(source, limits, is_kind)
    if notation is not None:
        return NOTATIONS[NAMES.index(notation)].read(seen, given)
    likeness, found = _likeliest(seen)
    if likeness == _NONE:
        return DetectedText("arch", _neither(source, seen.spec))
    text = found.read(seen, given)
    if found.name == "arch" and likeness == _LOOKS and not seen.has_marks_of_a_spec and seen.listing.layers:
        return _beside(text, seen.listing.text)
    return text


def _likeliest(seen: Evidence) -> tuple[int, Notation]:
    """The notation that a text looks most like, and how much; none is asked after one that is certain."""
    best = _NONE, NOTATIONS[0]
    for notation in NOTATIONS:
        likeness = notation.likeness(seen)
        if likeness > best[0]:
            best = likeness, notation
        if likeness == _CERTAIN:
            break
    return best


def _looks_like_layers(parsed: Parsed, source: Source, is_kind: Callable[[str], bool]) -> bool:
    """Whether a line with faults begins as a line of a spec does: with a kind, a label, or braces."""
    if parsed.file is None and not source.text.lstrip()[:1].isalpha():
        return True
    for line in source.text.split("\n"):
        words = line.replace(":", " ").split()
        if any(is_kind(word) for word in words[:2]) or line.rstrip().endswith("}"):
            return True
    few = (
        re.sub(_COMMENT, "", source.text).isascii()
        and len(source.text.split()) < _FEW
        and re.search(_FIGURE, source.text) is not None
    )
    return parsed.file is None and few


def _beside(as_spec: DetectedText, listing: DetectedText) -> DetectedText:
    """A spec with faults that may be meant as a listing: what its reading as one says is reported, too."""
    if not as_spec.parsed.diagnostics:  # it parses, and what is wrong with it is found by the check
        return as_spec
    first, *others = as_spec.parsed.diagnostics
    faults = listing.parsed.diagnostics if listing.parsed.file is None else []
    said = f"says: {faults[0].message}" if faults else "reads it"
    hint = f"{f'{first.hint}; or, ' if first.hint else ''}if this is a listing, --notation listing {said}"
    return as_spec._replace(parsed=as_spec.parsed._replace(diagnostics=[first._replace(hint=hint), *others]))


def read_as_listing(source: Source, limits: Limits, given: tree.Input | None = None) -> ListingText:
    """A text read as a listing, with the input given where it states none."""
    from archdsl.notations.listing.reader import read_listing

    read = read_listing(source, limits, given)
    stated = read.stated or given is None
    parsed = Parsed(read.file, read.diagnostics, [], read.rest, ("",) if read.rest is not None else ())
    text = DetectedText("listing", parsed, tuple(read.notes), stated, read.prose)
    return ListingText(text, read.layers, read.understood)


def _is_prose(file: tree.File, is_kind: Callable[[str], bool]) -> bool:
    """Whether what parses as layers without numbers is only words: `hello to all of you`."""
    statements = (statement for line in file.lines for statement in line.statements)
    words = False
    for one in statements:
        if isinstance(one, tree.UseStatement) and not _uses_files(one):  # `use relu`
            words = True
            continue
        if (
            not isinstance(one, tree.LayerStatement)
            or one.kind is None
            or one.claims
            or one.reads
            or is_kind(one.kind.text)
        ):
            return False
        values = [argument.value for argument in one.arguments]
        if not all(isinstance(value, Token) and value.type == "WORD" for value in values):
            return False
        words = words or len(values) > 1
    return words


def _is_foreign(file: tree.File, is_kind: Callable[[str], bool]) -> bool:
    """Whether most lines of what parses begin with words that are no kinds: `INPUT [28x28]`, `conv1 5x5x20`."""
    if any(_uses_files(one) for line in file.lines for one in line.statements):
        return False
    blocks = {one.name.text for line in file.lines for one in line.statements if isinstance(one, tree.Block)}
    layers = [one for line in file.lines for one in line.statements if isinstance(one, tree.LayerStatement)]
    kinds = [one.kind.text for one in layers if one.kind is not None]
    known = sum(is_kind(kind) or kind in blocks for kind in kinds)
    return 2 * known < len(kinds)


def _is_written_as_a_spec(file: tree.File, text: str) -> bool:
    """Whether what parses is a spec with unknown kinds, by its looks: `DENSE 10` under any name.

    Its kinds are in capitals; or it is short, and no line begins with a label as listings have it, `conv1 5x5 6`.
    """
    layers = [one for line in file.lines for one in line.statements if isinstance(one, tree.LayerStatement)]
    kinds = [one.kind.text for one in layers if one.kind is not None]
    if all(kind.isupper() for kind in kinds):
        return True
    return len(text.split()) < _FEW and not any(kind[-1].isdigit() for kind in kinds)


def _uses_files(statement: tree.Statement) -> bool:
    """Whether a statement is a `use` of a path or of the library, and no sentence that begins with the word."""
    return isinstance(statement, tree.UseStatement) and (statement.path.type == "STRING" or "." in statement.path.text)


def _neither(source: Source, parsed: Parsed) -> Parsed:
    """A text that is no spec and no listing: what is wrong with it as a spec, and what either looks like."""
    first = parsed.diagnostics[0] if parsed.diagnostics else None
    span = first.span if first else Span(0, 0)
    because = f"; as a spec: {first.message}" if first else ""
    message = f"this is neither a spec nor a listing of layers{because}"
    hint = f"a spec has lines such as `{_SPEC_LINE}`, a listing such as `{_LISTING_LINE}`"
    return Parsed(None, [Diagnostic("unknown-notation", message, span, source, hint=hint)], [])
