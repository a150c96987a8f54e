"""Values from Python as the language has them; what it cannot have is a TypeError or a ValueError that says why.

Integers of other packages are taken where Python itself takes them as an index (`numpy.int64(4)`); nothing else is
converted, since a conversion might lose something.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping, Sequence
from math import isnan

from archdsl.layers.lists import Values
from archdsl.limits import LARGEST, MEANINGS, Limits
from archdsl.typed import Any, SupportsIndex, TypeAlias

Value: TypeAlias = "bool | SupportsIndex | float | str | Sequence[Value]"  # of a parameter; integers of any package
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
_SHOWN = 40  # characters of a text that a message shows


def converted(parameters: Mapping[str, object], limits: Limits) -> dict[str, Any]:
    """The values of parameters; lists become tuples. Raises TypeError, ValueError."""
    return {name: _Value(name, limits).of(value, 1) for name, value in parameters.items()}


class _Value:
    """The value of one parameter on its way into the language, within the bounds on values of a text."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name, self.limits = name, limits
        self.left = limits.list

    def of(self, value: Any, depth: int) -> Any:
        """A value, `depth` lists deep."""
        if isinstance(value, (list, tuple)):
            return self._list(value, depth)
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, float):
            return self._float(value)
        if hasattr(type(value), "__index__"):
            return integer(self.name, value)
        words = "an integer, a float, a string, True or False, or a list of these"
        near = "; convert it with int() or float()" if hasattr(type(value), "__float__") else ""
        raise TypeError(f"{self.name} must be {words}, not {type(value).__name__}{near}")

    def _list(self, values: list[Any] | tuple[Any, ...], depth: int) -> Values:
        if depth > self.limits.depth:
            raise ValueError(f"{self.name} has lists nested more than {self.limits.depth:,} deep")
        self.left -= len(values)
        if self.left < 0:
            raise ValueError(
                f"{self.name} has more than {self.limits.list:,} values; Limits(list=...) raises the limit"
            )
        return Values([self.of(value, depth + 1) for value in values])

    def _text(self, value: str) -> str:
        if len(value) > self.limits.line:
            raise ValueError(f"{self.name} is a string of {len(value):,} characters; the limit is {self.limits.line:,}")
        hidden = _HIDDEN.search(value)
        if hidden is not None:
            raise ValueError(f"{self.name} has the character U+{ord(hidden[0]):04X}, which is not allowed in a spec")
        return str.__str__(value)  # exactly a str, also of numpy.str_

    def _float(self, value: float) -> float:
        number = float.__float__(value)  # exactly a float, also of numpy.float64
        if isnan(number):
            raise ValueError(f"{self.name} must be a number, not {number}")
        return number


def integer(name: str, value: Any) -> int:
    """An integer, also one of another package. Raises TypeError, and ValueError for one that no size can be."""
    if isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, not a bool")
    try:
        number = operator.index(value)
    except Exception:  # whatever the type of the value does when it is asked
        raise TypeError(f"{name} must be an integer, not {type(value).__name__}") from None
    if abs(number) >= LARGEST:
        raise ValueError(f"{name} must be below 2**62, and this has {number.bit_length():,} bits")
    return number


def positive(name: str, value: Any) -> int:
    """An integer of 1 or more. Raises TypeError, ValueError."""
    number = integer(name, value)
    if number < 1:
        raise ValueError(f"{name} must be an integer of 1 or more, not {number}")
    return number


def choice(name: str, value: Any, choices: tuple[str, ...]) -> str:
    """One of a few words. Raises TypeError, ValueError."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {type(value).__name__}")
    if value not in choices:
        raise ValueError(f"{name} must be {' or '.join(f'{one!r}' for one in choices)}, not {value[:_SHOWN]!r}")
    return str.__str__(value)


def text(name: str, value: Any) -> str:
    """A text. Raises TypeError."""
    if not isinstance(value, str):
        hint = "; decode it" if isinstance(value, (bytes, bytearray)) else ""
        raise TypeError(f"{name} must be a str, not {type(value).__name__}{hint}")
    return value


def sizes(name: str, value: Any) -> tuple[int, ...]:
    """A shape as sizes, (227, 227, 3). Raises TypeError, ValueError."""
    if not isinstance(value, (list, tuple)):
        raise TypeError(f'{name} must be a shape such as "64x64x3" or (64, 64, 3), not {type(value).__name__}')
    if not value:
        raise ValueError(f"{name} must have at least one size, each from 1 to 2**62 - 1")
    return tuple(positive(f"each size of {name}", one) for one in value)


def bounds(limits: Any) -> Limits:
    """The limits that a caller gives, those of `Limits()` where none are. Raises TypeError, ValueError."""
    if limits is None:
        return Limits()
    if not isinstance(limits, Limits):
        raise TypeError(f"limits must be archdsl.Limits(...), not {type(limits).__name__}")
    return Limits(*(positive(f"the limit {name}", number) for name, number in zip(MEANINGS, limits, strict=True)))
