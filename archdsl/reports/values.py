"""How values of parameters are shown: in JSON and in a line of text."""

from __future__ import annotations

from math import isfinite

from archdsl.expressions.scope import KindReference
from archdsl.layers.values import Sizes, spell
from archdsl.sizes.size import Expression
from archdsl.typed import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdsl.reports.records import Json


def recorded(value: Any) -> Json:
    """The value of a parameter as JSON has it; None where its definition is wrong."""
    match value:
        case KindReference():
            return value.name
        case Sizes():
            return [recorded(size) for size in value.sizes]
        case tuple():
            return [recorded(item) for item in value]
        case bool() | int() | str():
            return value
        case Expression():
            return str(value)
    number = float(value) if hasattr(value, "__float__") else None
    return number if number is None or isfinite(number) else str(number)  # JSON has no word for it


def shown(value: Any) -> str:
    """The value of a parameter in a line of text."""
    if isinstance(value, KindReference):
        return value.name
    return spell(value) if recorded(value) is not None else "?"
