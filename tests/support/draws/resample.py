"""Resampling: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.drawn import Expr
from support.draws.numbers import Numbers
from support.guess import Guess

FACTORS = (2, 2, 3, 1, 0.5, 1.5, 0.7, 0.29, 2.3, 0.1, 1.1, Expr("1/3"), Expr("7/3"))


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _upsample(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {"scale": self._factor()} if draw.chance(60) else {"size": self.along(1, 9)}
        if self.odd(5):
            values = draw.pick(({}, {"scale": self._factor(), "size": self.along(1, 9)}))
        linear = {2: "linear", 3: "bilinear", 4: "trilinear"}.get(self.x.rank, "linear")
        modes = ("nearest", "nearest_exact", "area", "linear", linear, "bicubic" if self.x.rank == 3 else "linear")
        if draw.chance(75):
            values["mode"] = draw.pick(("linear", "bilinear", "trilinear", "bicubic") if self.odd(8) else modes)
        if draw.chance(30 if values.get("mode") in ("linear", linear, "bicubic") else 4):
            values["align"] = draw.chance(85)
        if draw.chance(25 if "scale" in values else 3):
            values["recompute"] = draw.chance(85)
        return values

    def _factor(self) -> Any:
        draw, axes = self.draw, len(self.x.space)
        if self.odd(6):
            return draw.pick((0, -1, -0.5, 0.01))
        if axes > 0 and draw.chance(35):
            return tuple(draw.pick(FACTORS) for _ in range(axes + (1 if self.odd(3) else 0)))
        return draw.pick(FACTORS)

    def _pixelshuffle(self) -> dict[str, Any]:
        return {"factor": self.draw.integer(0 if self.draw.chance(4) else 1, 4)}

    _pixelunshuffle = _pixelshuffle

    def _pixelshuffle_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """Channels that are whole squares."""
        channels = max(1, values["factor"]) ** 2 * self.draw.integer(1, 3)
        return [Guess((*one.space, channels), one.dtype) for one in inputs]

    def _pixelunshuffle_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """Rows and columns that are whole squares."""
        factor = max(1, values["factor"])
        return [Guess((*(-(-n // factor) * factor for n in one.space), one.channels), one.dtype) for one in inputs]

    def _channelshuffle(self) -> dict[str, Any]:
        if self.odd(15):
            return {"groups": self.draw.integer(0, 5)}
        return {"groups": self.draw.pick([n for n in range(1, 9) if self.x.channels % n == 0])}
