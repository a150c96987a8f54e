"""Sizes of values in expressions: `skip.height`, `in.width` of what the line reads, `_.steps` of the line above.

Loaded only where a text has such words.
"""

from __future__ import annotations

from archdsl.elaborate.names import Names, Value
from archdsl.elaborate.state import Elaboration
from archdsl.expressions.labels import DISCARD, filled
from archdsl.expressions.scope import Scope, Sight
from archdsl.faults.problem import Problem, Silent
from archdsl.sizes.shape import axes_of
from archdsl.sizes.size import Size
from archdsl.syntax.tree import Token

_RANKS = {1: "a vector", 2: "a sequence", 3: "an image", 4: "a volume"}


class ValueSight(Sight):
    """The values that the expressions of one statement can name: `read` is what it reads, `above` the line above it."""

    __slots__ = ("_above", "_elaboration", "_names", "_read")

    def __init__(self, e: Elaboration, names: Names, read: Value | None = None, above: Value | None = None) -> None:
        self._elaboration, self._names, self._read, self._above = e, names, read, above

    def reading(self, value: Value | None) -> ValueSight:
        return ValueSight(self._elaboration, self._names, value, self._above)

    def below(self, value: Value | None) -> ValueSight:
        return ValueSight(self._elaboration, self._names, value, value)

    def opening(self, value: Value | None) -> ValueSight:
        return ValueSight(self._elaboration, self._names, value, None)

    def inside(self, names: Names) -> ValueSight:
        return ValueSight(self._elaboration, names, self._read, self._above)

    def size(self, token: Token, scope: Scope) -> Size:
        token = filled(token, scope)
        path, _, axis = token.text.rpartition(".")
        value = self._value(path, token)
        if value.shape is None or value.doubt:
            raise Silent
        axes = axes_of(value.shape)
        if axis not in axes:
            has = " and ".join(filter(None, [", ".join(axes[:-1]), *axes[-1:]]))
            what = _RANKS[value.shape.rank] if value.shape.has_channels else "integers"
            message = f"{path} is {value.shape}, {what}: it has {has}, no {axis}"
            raise Problem("rank-mismatch", message, token)
        self._elaboration.read(value)
        return value.shape.sizes[axes.index(axis)]

    def _value(self, path: str, token: Token) -> Value:
        """The value that a path stands for in front of the word of an axis."""
        value = self._read if path == "in" else self._above
        if path in ("in", DISCARD):
            if value is None:
                what = (
                    "`in` is what the line reads, and nothing is read"
                    if path == "in"
                    else "`_` is the result above, and there is none"
                )
                raise Problem("unknown-name", f"{what} here", token)
            return value
        *groups, entry = self._names.find(Token("WORD", path, token.start, token.start + len(path)))
        for around in groups:
            self._elaboration.read(*around.values)
        if not entry.values:
            raise entry.empty(token._replace(text=path))
        return entry.values[0]
