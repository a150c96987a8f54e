"""The attributes of a layer, and the parameters of a block, as values: for JSON, and for the line of the table."""

from __future__ import annotations

from archdsl.layers.base import Attribute, Layer
from archdsl.layers.pattern import Pattern
from archdsl.layers.values import Table
from archdsl.reports.records import Json
from archdsl.reports.values import recorded
from archdsl.syntax.tree import Token
from archdsl.typed import Any


def attributes(op: Layer) -> dict[str, Json]:
    """Every attribute of a layer by its name, those that its line leaves out included."""
    return {name: _attribute(declared, op.__dict__[name]) for name, declared in op.attributes.items()}


def arguments(values: tuple[tuple[str, Any], ...]) -> dict[str, Json]:
    """The parameters of a block in use."""
    return {name: _plain(value) for name, value in values}


def _attribute(declared: Attribute, value: Any) -> Json:
    """The value of an attribute; a padding that is equal at both ends of every axis as one number for each axis."""
    if isinstance(value, tuple) and not isinstance(declared.type, Table) and all(map(_is_even, value)):
        return [_plain(ends[0]) for ends in value]
    return _plain(value)


def _is_even(ends: Any) -> bool:
    return isinstance(ends, tuple) and len(ends) == 2 and ends[0] == ends[1]


def _plain(value: Any) -> Json:
    """A value as JSON has it: an infinite number, a name and whatever depends on a symbol as text."""
    match value:
        case None:
            return None
        case Token():
            return value.text.strip('"')
        case Pattern():
            return f"{_side(value.before)} -> {_side(value.after)}"
        case dict():
            return {name: _plain(one) for name, one in value.items()}
        case tuple():
            return [_plain(one) for one in value]
    return recorded(value)


def _side(axes: tuple[tuple[str, ...], ...]) -> str:
    return " ".join("1" if not axis else axis[0] if len(axis) == 1 else f"({' '.join(axis)})" for axis in axes)
