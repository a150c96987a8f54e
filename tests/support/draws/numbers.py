"""Numbers for the values of a line, fitted to what it reads, and at times just beyond."""

from __future__ import annotations

from math import inf
from typing import Any

from support.drawn import Expr
from support.guess import AXES, Guess


class Numbers:
    """`draw` gives random numbers, `env` the names in sight; `wild` draws more that does not fit."""

    def __init__(self, draw: Any, env: dict[str, Any], x: Guess, wild: bool = False) -> None:
        self.draw, self.env, self.x, self.wild = draw, env, x, wild

    def odd(self, percent: int) -> bool:
        """Whether to take what may not fit."""
        return self.draw.chance(3 * percent if self.wild else percent)

    def size(self, most: int = 8) -> Any:
        """A number of channels: a literal, or an expression of what is in sight."""
        draw = self.draw
        if self.env and draw.chance(60):
            found = [expr for expr in self.expressions() if self._value(expr) in range(1, 17)]
            if found:
                return draw.pick(found)
        return draw.integer(1, most)

    def expressions(self) -> list[Expr]:
        """Expressions of what is in sight."""
        names = [name for name, value in self.env.items() if type(value) is int]
        switches = [name for name, value in self.env.items() if value is True or value is False]
        found = [Expr(name) for name in names] + [Expr(f"2 * {name}") for name in names]
        found += [Expr(f"{name} + 1") for name in names] + [Expr(f"IN + {name}") for name in names]
        found += [Expr("IN"), Expr("2*IN"), Expr("IN // 2"), Expr("IN - 1"), Expr("IN / 2"), Expr("IN % 3 + 1")]
        return found + [Expr(f"{2 * number} if {name} else {number}") for number, name in enumerate(switches, 2)]

    def _value(self, expr: Expr) -> Any:
        try:
            found = eval(expr.python, {"__builtins__": {}}, {**self.env, "IN": self.x.channels})
        except (NameError, TypeError, ZeroDivisionError):
            return None
        return int(found) if isinstance(found, float) and found.is_integer() else found

    def constant(self, *usual: float) -> Any:
        """A number that is no size: a usual one, 0, a negative one, any; at times one that float32 does not hold."""
        if self.odd(7):
            return self.draw.pick((1e39, -1e300, inf, -inf, [1]))
        if self.draw.chance(12):
            return self.number() * self.draw.pick((1, -1))
        return self.draw.pick((*usual, *usual, 1, 0.5, 2, 3, 0, -1, -0.25, 1e-3, 20))

    def number(self) -> float:
        """A number above 0 of any size, in the digits that Python prints of it."""
        draw = self.draw
        if draw.chance(25):
            return draw.pick((5e-324, 3.4028234663852886e38, 0.0044444444444444444, 123456789.12345678, 1e22))
        return float(f"{draw.integer(1, 9)}.{draw.integer(0, 10**15)}e{draw.integer(-40, 37)}")

    def some(self, percent: int, **values: Any) -> dict[str, Any]:
        """Each of these values or not."""
        return {name: value for name, value in values.items() if self.draw.chance(percent)}

    def axis(self, *more: str) -> str:
        """An axis of the input, at times one that it does not have."""
        words = (*AXES[self.x.rank], *more)
        return self.draw.pick((*words, "frames", "steps")) if self.odd(6) else self.draw.pick(words)

    def along(self, least: int, most: int) -> Any:
        """A number for all axes, or one for each, sometimes one too many; sometimes just beyond what fits."""
        draw, axes = self.draw, len(self.x.space)
        names = [Expr(name) for name, value in self.env.items() if type(value) is int and least <= value <= most]
        if names and draw.chance(25):
            return draw.pick(names)
        if axes > 0 and draw.chance(35):
            count = axes + (1 if self.odd(3) else 0)
            return tuple(draw.integer(least, most) for _ in range(max(count, 2))) if axes > 1 or count > 1 else most
        return draw.integer(least, most)

    def sides(self, most: int) -> Any:
        """A number for both ends of an axis, or for each axis one or a list of two, sometimes of three."""
        draw, axes = self.draw, len(self.x.space)
        if axes == 0 or draw.chance(65):
            return self.along(0, most)
        counts = [1 if draw.chance(30) else 3 if self.odd(3) else 2 for _ in range(axes + (1 if self.odd(3) else 0))]
        ends = [[draw.integer(0, most) for _ in range(count)] for count in counts]
        return tuple(each[0] if len(each) == 1 else each for each in ends)

    def room(self) -> int:
        return max(1, min(self.x.space, default=1))

    def kernel(self) -> Any:
        most = self.room() + (2 if self.odd(12) else 0)
        return self.along(0 if self.draw.chance(1) else 1, min(5, most) if self.draw.chance(70) else min(8, most))

    def fitted(self, kind: str, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """The inputs of a line, fitted to its values: as `_kind_inputs(values, inputs)` says, if there is one."""
        rule = getattr(self, f"_{kind.lower()}_inputs", None)
        return rule(values, inputs) if rule and not self.odd(8) else inputs

    def results(self, kind: str, values: dict[str, Any]) -> tuple[str, ...]:
        """Names for the results of a line: as many as `_kind_results(values)` says, if there is one."""
        rule = getattr(self, f"_{kind.lower()}_results", None)
        return ("layer", *(f"more{number}" for number in range(1, rule(values) if rule else 1)))
