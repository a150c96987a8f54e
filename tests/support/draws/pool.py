"""Pools and subsampling: the values of drawn lines."""

from __future__ import annotations

from math import inf
from typing import Any

from support.drawn import Expr, Refused
from support.draws.numbers import Numbers
from support.guess import Guess, pool


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _maxpool(self) -> dict[str, Any]:
        values = self._pool()
        if self.draw.chance(20):
            values["dilation"] = self.along(1, 3)
        return values

    def _avgpool(self) -> dict[str, Any]:
        values = self._pool()
        if self.draw.chance(25):
            values["countpad"] = self.draw.chance(50)
        if self.draw.chance(20 if len(self.x.space) > 1 else 5):
            values["divisor"] = self.draw.integer(-1 if self.odd(5) else 1, 9)
        return values

    def _pool(self) -> dict[str, Any]:
        draw, values = self.draw, self._slid()
        if draw.chance(30):
            values["pad"] = self.along(0, 3 if self.odd(15) else 1)
        elif draw.chance(30):
            values["pad"] = draw.pick(("same", "same", "same", "valid", self.sides(4 if self.odd(15) else 2)))
        return values

    def _slid(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {"kernel": self.kernel()}
        if draw.chance(50):
            values["stride"] = self.along(0 if draw.chance(1) else 1, 4)
        if draw.chance(40):
            values["ceil"] = draw.chance(80)
        return values

    def _subsample(self) -> dict[str, Any]:
        values: dict[str, Any] = {"kernel": self.kernel()}
        values |= {"pad": self._pool().get("pad", 0)} if self.draw.chance(30) else {}
        return values | ({"stride": self.along(1, 4)} if self.draw.chance(40) else {})

    def _lppool(self) -> dict[str, Any]:
        draw = self.draw
        values = self._pool()
        if values.get("ceil") and not self.odd(10):
            values.pop("pad", None)
        if draw.chance(60):
            values["norm"] = draw.pick(
                (1, 2, 3, 0.5, Expr("5/2"), -1, -2.5, 40, 1e-4, inf, -inf, 0 if self.odd(10) else 4)
            )
        return values

    def _adaptiveavgpool(self) -> dict[str, Any]:
        size = self.along(0 if self.draw.chance(3) else 1, 5)
        if self.x.space and self.draw.chance(35):
            each = size if isinstance(size, tuple) else (size,) * len(self.x.space)
            size = tuple(one if self.draw.chance(50) else "same" for one in each)
        return {"size": "same" if self.odd(3) else size}

    _adaptivemaxpool = _adaptiveavgpool

    def _unpool(self) -> dict[str, Any]:
        values = self._slid()
        return values | ({"pad": self.along(0, 3 if self.odd(15) else 1)} if self.draw.chance(30) else {})

    def _unpool_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """What the pool of what comes second would give, and that."""
        before = inputs[-1]
        try:
            x = Guess(pool(before, {**values, "ceil": False}).sizes, before.dtype)
        except Refused:
            return inputs
        if values.get("ceil") and self.draw.chance(60):
            x = x._replace(sizes=(*(size + self.draw.chance(50) for size in x.space), x.channels))
        return [x, before, *inputs[2:]]
