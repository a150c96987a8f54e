"""Which notation a text is written in: told by its name, by the caller, or by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.limits import Limits
from archdsl.syntax import tree
from archdsl.syntax.parser import Parsed, parse
from archdsl.syntax.tree import Token

NOTATIONS = ("arch", "listing")
_SPEC = re.compile(
    r"^[ \t]*+(?:(?:model|block)[ \t]++[A-Za-z_]\w*+[ \t]*+(?:\(|\{|where|<-|$)|let[ \t]++\w++[ \t]*+="
    r"|use[ \t]++(?:\"|std\.)|expect[ \t]++[0-9]|cases[ \t]++\w++[ \t,]"
    r"|input[ \t]++(?:\w++[ \t]*+:)?[ \t]*+(?:[0-9A-Z?x×]++|\[[^\]\n]*+\])[ \t]*+(?:(?:int\b|where\b|;|\#).*+)?$)"
    r"|\{[ \t]*+$",
    re.MULTILINE,
)
_LISTING = re.compile(
    r"\[[ \t$*]*+[0-9]++[ \t$]*+(?:[x×X]|\\times)"
    r"|\b[0-9]++[ \t$]*+(?:\w++[ \t]++)??(?:filter|kernel|neuron|unit|feature)"
    r"|\b(?:stride|strid|filters|pad|padding|neurons|kernel)\b[ \t]*+(?:[:=]|of)?[ \t]*+[0-9]"
    r"|^[ \t*-]*+input[ \t]*+:[ \t]*+[0-9]|\b(?:max|average|avg)[ -]pool|fully[ -]connected"
    r"|^[ \t]*+(?:\*\*|[*•-][ \t]|[0-9]++[.)][ \t]|>[ \t])|→[^→\n]*+→"
    r"|conv[0-9]-[0-9]|\bfc-[0-9]|\|[^|\n]*+\||^[ \t]*+(?:<(?:li|td|tr|p)\b|\\item\b)|\\\\[ \t]*+$"
    r"|^[ \t|:-]*-{3}[ \t|:-]*$|^[=_]{5,}+[ \t]*+$|\[(?:input|conv|pool|fc)\b",
    re.MULTILINE | re.IGNORECASE,
)
_COMMENT = re.compile(r"#[^\n]*")
_FIGURE = re.compile(r"[0-9{}\[\];=]|->|<-")
_WORD = re.compile(r"[A-Za-z]++")
_FEW = 8  # words: a shorter text with faults is a spec that went wrong
_SPEC_LINE = "CONV 96 11x11 s4 -> 55x55x96"
_LISTING_LINE = "[55x55x96] CONV1: 96 11x11 filters at stride 4"


class DetectedText(NamedTuple):
    """A text as read: its notation, its tree, what is wrong, and for a listing how its lines were read."""

    notation: str
    parsed: Parsed
    notes: tuple[tuple[int, int, str], ...] = ()
    stated: bool = True  # whether the input is the text's own; False in a listing where it is the one given
    prose: tuple[Span, ...] = ()  # what of a listing was passed over


class _Reading(NamedTuple):
    """A text read as a listing: how many layers it has, and whether every word of it is understood."""

    text: DetectedText
    layers: int
    understood: bool


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
    text = _seen(source, limits, notation, is_kind)
    return _listing(source, limits, given).text if given is not None and text.notation == "listing" else text


def _seen(source: Source, limits: Limits, notation: str | None, is_kind: Callable[[str], bool]) -> DetectedText:
    """A text in its notation, which does not depend on what the caller gives."""
    if notation == "listing":
        return _listing(source, limits).text
    parsed = parse(source, limits)
    if notation == "arch" or source.name.endswith(".arch") or not source.text.strip():
        return DetectedText("arch", parsed)
    as_spec = DetectedText("arch", parsed)
    parses = parsed.file is not None and not _is_prose(parsed.file, is_kind)
    if parses and parsed.file is not None and not _is_foreign(parsed.file, is_kind):
        return as_spec
    spec, said = _SPEC.search(source.text) is not None, _LISTING.search(_COMMENT.sub("", source.text)) is not None
    if spec and (parses or not said):
        return as_spec
    if parses and not said and parsed.file is not None and _is_written_as_a_spec(parsed.file, source.text):
        return as_spec
    words = [word for word in _WORD.findall(source.text) if is_kind(word)]
    capitals = bool(words) and all(word.isupper() for word in words)  # as specs are written
    reading = _listing(source, limits)
    if reading.understood and not spec and not capitals and _FIGURE.search(source.text):
        return reading.text
    if parses and not said:
        return as_spec
    return _likely(source, as_spec, reading, said, spec, spec or _looks_like_layers(parsed, source, is_kind))


def _likely(
    source: Source, as_spec: DetectedText, reading: _Reading, said: bool, spec: bool, looks: bool
) -> DetectedText:
    """A text that is no spec without faults.

    `said` and `spec` tell whether it has marks of a listing and of a spec, `looks` whether a line begins as in a spec.
    """
    listing, layers = reading.text, reading.layers
    if not layers and listing.parsed.diagnostics:  # characters or lines that neither notation lets pass
        return listing if said and not spec else as_spec
    fewer = len(listing.parsed.diagnostics) < len(as_spec.parsed.diagnostics)
    if layers and said and (listing.parsed.file is not None or not spec or fewer):
        return listing
    if spec or (looks and not (layers and said)):
        return as_spec if spec or not layers else _beside(as_spec, listing)
    return listing if layers else DetectedText("arch", _neither(source, as_spec.parsed))


def _looks_like_layers(parsed: Parsed, source: Source, is_kind: Callable[[str], bool]) -> bool:
    """Whether a line with faults begins as a line of a spec does: with a kind, a label, or braces."""
    if parsed.file is None and not source.text.lstrip()[:1].isalpha():
        return True
    for line in source.text.split("\n"):
        words = line.replace(":", " ").split()
        if any(is_kind(word) for word in words[:2]) or line.rstrip().endswith("}"):
            return True
    few = (
        _COMMENT.sub("", source.text).isascii()
        and len(source.text.split()) < _FEW
        and _FIGURE.search(source.text) is not None
    )
    return parsed.file is None and few


def _beside(as_spec: DetectedText, listing: DetectedText) -> DetectedText:
    """A spec with faults that may be meant as a listing: what its reading as one says is told, too."""
    if not as_spec.parsed.diagnostics:  # it parses, and what is wrong with it is found by the check
        return as_spec
    first, *others = as_spec.parsed.diagnostics
    faults = listing.parsed.diagnostics if listing.parsed.file is None else []
    said = f"says: {faults[0].message}" if faults else "reads it"
    hint = f"{f'{first.hint}; or, ' if first.hint else ''}if this is a listing, --notation listing {said}"
    return as_spec._replace(parsed=as_spec.parsed._replace(diagnostics=[first._replace(hint=hint), *others]))


def _listing(source: Source, limits: Limits, given: tree.Input | None = None) -> _Reading:
    """A text read as a listing; the reader and its tables are loaded here, and for no spec."""
    from archdsl.notations.listing.reader import read_listing

    read = read_listing(source, limits, given)
    stated = read.stated or given is None
    parsed = Parsed(read.file, read.diagnostics, [], read.rest, ("",) if read.rest is not None else ())
    text = DetectedText("listing", parsed, tuple(read.notes), stated, read.prose)
    return _Reading(text, read.layers, read.understood)


def _is_prose(file: tree.File, is_kind: Callable[[str], bool]) -> bool:
    """Whether what parses as layers without numbers is only words: `hello to all of you`."""
    statements = [statement for line in file.lines for statement in line.statements]
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
    """Whether what parses is a spec with kinds that there are not, by its looks: `DENSE 10` under any name.

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
