"""What a statement whose kind is known was meant to be, by the code of its fault: other values, other lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from archdsl.checker.fixes import kinds
from archdsl.checker.fixes.proposal import Fault, Proposal, respelled
from archdsl.checker.fixes.single import SINGLE
from archdsl.checker.fixes.statement import SplitStatement
from archdsl.checker.fixes.typed import as_called
from archdsl.expressions.scope import RUNNERS
from archdsl.layers import Layer, lookup
from archdsl.notations.calls.draft import LineContext, Unwritable
from archdsl.vocabulary.arguments import UNITS

_VALUES = (
    "unknown-option",
    "unknown-name",
    "too-many-values",
    "wrong-type",
    "missing-value",
    "duplicate-name",
    "out-of-range",
    "rank-mismatch",
    "ambiguous-word",
    "shape-mismatch",
)


def aliases(fault: Fault, marked: str) -> tuple[str, ...]:
    """What other programs call what is marked."""
    if fault.code == "unknown-unit":
        return tuple(unit for unit, names in UNITS.items() if marked.lower() in names)
    sizes = marked.split("x")
    if fault.code == "claim-shape" and len(sizes) > 2:  # channels first
        return ("x".join([*sizes[1:], sizes[0]]),)
    return ()


def proposals(statement: SplitStatement, fault: Fault, around: Callable[[], LineContext]) -> Iterator[Proposal]:
    """Statements that may be meant, the likeliest first; raises Unwritable where a sentence says more."""
    if fault.code == "unknown-kind" and statement.kind.upper() not in RUNNERS:  # of those another word is unknown
        yield from as_called(statement, around)
        yield from kinds.proposals(statement, around)
    if fault.code == "missing-value" and statement.kind == "input" and not statement.label:
        yield " ".join(["input x:", *statement.values, statement.tail]).strip()
    kind = lookup(statement.kind)
    if kind is None:
        return
    if kind.merge and fault.code != "unknown-kind":
        yield from _reading(kind, statement, around())
    if fault.code in _VALUES:
        following = statement.values[0] if statement.values else ""
        if following.isalpha() and lookup(kind.name + following) is not None:
            yield statement._replace(kind=(kind.name + following).upper(), values=statement.values[1:])
        if kind.name in SINGLE:
            yield from SINGLE[kind.name](statement, around())
        yield from _in_either(kind, statement, fault, around)
    if fault.code == "missing-input" and not kind.merge:
        yield from _reading(kind, statement, around())


def _in_either(
    kind: type[Layer], statement: SplitStatement, fault: Fault, around: Callable[[], LineContext]
) -> Iterator[Proposal]:
    """The values in the words of the kind, or as those of a call: first of what the name is written like."""
    called = statement.kind if fault.code == "unknown-option" or not statement.kind.isupper() else ""
    if called and not called.isupper():
        yield from as_called(statement, around)  # what the call cannot be, the same words here would be otherwise
        called = ""
    try:
        yield from respelled(kind, statement, around())
    except Unwritable:
        yield from as_called(statement, around) if called else ()
        raise
    yield from as_called(statement, around) if called else ()


def _reading(kind: type[Layer], statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """`CONCAT a b`, `CONCAT [a, b] axis=-1`: names among values are what it reads; the last axis has the channels.

    One name of a merge stands beside the result above: `MUL s` is `MUL <- _, s`.
    """
    each = {value: re.findall(r"[A-Za-z_]\w*", value) if value[:1] in "[(" else [value] for value in statement.values}
    read = [value for value, found in each.items() if found and all(name in around.names for name in found)]
    names = [name for value in read for name in each[value]]
    if names and not statement.tail.startswith("<-"):
        rest = tuple(value for value in statement.values if value not in read and value != "axis=-1")
        if kind.merge and len(names) == 1:
            names = ["_", *names]
        yield statement._replace(values=rest, tail=f"<- {', '.join(names)} {statement.tail}".strip())
