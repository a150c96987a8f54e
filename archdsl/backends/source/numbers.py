"""Calls of one layer, in all uses of a block, that differ in numbers alone: what the constructor keeps stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdsl.backends.source.families import Family, Mismatch, first
from archdsl.backends.source.naming import fresh, is_identifier
from archdsl.backends.source.values import Column
from archdsl.backends.source.writer import Writer
from archdsl.layers.pytorch import MODULE_NAMES
from archdsl.network.nodes import Leaf, walk
from archdsl.syntax import tree

_NUMBER = re.compile(r"(?<![\w.{])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.}])")
_PARTED = re.compile(r"\.unflatten\(\d+, \(([^()]*)\)\)")  # sizes, of which PyTorch finds one that is -1
_DIMENSIONS = (  # numbers that say where, never how much
    re.compile(r"\.(?:transpose|permute|movedim|flatten|squeeze|unsqueeze|mean|sum|amax|amin)\(([^()]*)\)"),
    re.compile(r"\.unflatten\((\d+),"),
    re.compile(r"^torch\.(?!arange).*, (\d+|\([\d, ]+\))\)$"),
)


def common_call(w: Writer, found: Family, calls: dict[int, str], label: str | None) -> str:
    """One call for all members: where their numbers differ, an attribute that the constructor sets.

    Raises Mismatch where the calls differ by more than numbers, or in their dimensions.
    """
    head = first(calls)
    if len({_NUMBER.sub("#", call) for call in calls.values()}) > 1:
        raise Mismatch
    rows = {member: _NUMBER.findall(call) for member, call in calls.items()}
    places = list(_NUMBER.finditer(head))
    dimensions = _within(places, [span for each in _DIMENSIONS for span in _spans(each, head)])
    texts: dict[int, str] = {}
    for span in _spans(_PARTED, head):
        texts |= _left_to_pytorch(w, found, rows, _within(places, [span]))
    for place, match in reversed(list(enumerate(places))):
        column = {member: row[place] for member, row in rows.items()}
        if place in dimensions and len(set(column.values())) > 1:
            raise Mismatch
        text = texts[place] if place in texts else _text(w, found, column, label)
        head = f"{head[: match.start()]}{text}{head[match.end() :]}"
    return head


def _spans(pattern: re.Pattern[str], call: str) -> list[tuple[int, int]]:
    return [match.span(1) for match in pattern.finditer(call)]


def _within(places: list[re.Match[str]], spans: list[tuple[int, int]]) -> list[int]:
    """Which of some numbers stand in one of these spans."""
    starts = [match.start() for match in places]
    return [place for place, at in enumerate(starts) if any(start <= at < end for start, end in spans)]


def _left_to_pytorch(w: Writer, found: Family, rows: dict[int, list[str]], inside: list[int]) -> dict[int, str]:
    """-1 for the one size of a dimension taken apart that differs and that nothing explains."""
    columns = {place: {member: row[place] for member, row in rows.items()} for place in inside}
    differing = {place: column for place, column in columns.items() if len(set(column.values())) > 1}
    unknown = [place for place, column in differing.items() if _explained(w, found, column) is None]
    open_once = any("-1" in column.values() for column in columns.values())
    return {unknown[0]: "-1"} if len(unknown) == 1 and not open_once else {}


def _text(w: Writer, found: Family, written: dict[int, str], label: str | None) -> str:
    """A number verbatim where all members agree, else the attribute that has it."""
    if len(set(written.values())) == 1:
        return first(written)
    leaf: Leaf = first(found)
    hint = f"{_word(label or leaf.op.name.lower())}_size"
    text = _explained(w, found, written) or w.parameters.text(_column(written), (), hint)
    return f"self.{_attribute(w, text, hint)}"


def _explained(w: Writer, found: Family, written: dict[int, str]) -> str | None:
    leaf: Leaf = first(found)
    channels = {member: each.inputs[0].channels for member, each in found.items() if each.inputs}
    expressions = tuple(part for value in leaf.written.values() for part in _parts(value))
    return w.parameters.explained(_column(written), expressions, channels)


def _column(written: dict[int, str]) -> Column:
    return {m: int(text) if re.fullmatch(r"-?\d+", text) else float(text) for m, text in written.items()}


def _parts(written: tree.Expr) -> Iterator[tree.Expr]:
    """An expression of the spec, and those within a list."""
    yield written
    for item in written.items if isinstance(written, tree.List) else ():
        yield from _parts(item)


def _attribute(w: Writer, text: str, hint: str) -> str:
    """The attribute that holds a value of the constructor; no submodule and nothing of PyTorch's is called so."""
    known = next((name for name, value in w.attributes.items() if value == text), None)
    if known is not None:
        return known
    steps = {placed.path.partition(".")[0] for placed in walk(first(w.members).body, blocks=False)}
    name = fresh(text if is_identifier(text) else hint, {*steps, *MODULE_NAMES, *w.attributes})
    w.attributes[name] = text
    return name


def _word(label: str) -> str:
    """A label as the beginning of a name."""
    word = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in label)
    return word if word[:1].isalpha() else f"part{word}"
