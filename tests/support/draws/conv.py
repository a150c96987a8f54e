"""Convolutions: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.drawn import Expr
from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _conv(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {"out": 0 if draw.chance(1) else self.size(), "kernel": self.kernel()}
        if draw.chance(30):
            values["stride"] = self.along(0 if draw.chance(2) else 1, 4)
        if draw.chance(50):
            values["pad"] = draw.pick(("same", "same", "valid", 1, 1, self.sides(4)))
        if draw.chance(20):
            values["dilation"] = self.along(0 if draw.chance(2) else 1, 3)
        if draw.chance(25):
            values |= self._groups(values["out"])
        elif draw.chance(12):
            values |= self._table()
        if draw.chance(30):
            values["bias"] = draw.pick((False, False, True, "position")) if "table" not in values else draw.chance(50)
        if draw.chance(20) and "table" not in values:
            values["mode"] = draw.pick(("zeros", "reflect", "replicate", "circular"))
        return values

    def _dwconv(self) -> dict[str, Any]:
        found = self._conv()
        values = {name: found[name] for name in ("kernel", "stride", "pad", "dilation", "mode") if name in found}
        if self.draw.chance(50):
            values["multiplier"] = self.draw.integer(0 if self.odd(5) else 1, 3)
        return values | ({"bias": self.draw.chance(30)} if self.draw.chance(40) else {})

    def _upconv(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {"out": 0 if draw.chance(1) else self.size(), "kernel": self.along(1, 4)}
        if draw.chance(60):
            values["stride"] = self.along(0 if draw.chance(2) else 1, 3)
        if draw.chance(40):
            values["pad"] = self.along(0, 4 if self.odd(15) else 2)
        if draw.chance(35):
            values["outpad"] = self.along(0, 3 if self.odd(15) else 1)
        if draw.chance(25):
            values["dilation"] = self.along(1, 3)
        if draw.chance(25):
            values |= self._groups(values["out"])
        return values | ({"bias": draw.chance(30)} if draw.chance(30) else {})

    def _groups(self, out: Any) -> dict[str, Any]:
        """Groups that divide both, and sometimes any; the outputs follow where they can."""
        draw, channels = self.draw, self.x.channels
        if self.odd(12):
            return {"groups": draw.integer(0, 4)}
        if draw.chance(30):
            return {"groups": Expr("IN"), "out": draw.pick((channels, 2 * channels, Expr("IN"), Expr("2*IN")))}
        groups = draw.pick([n for n in range(1, channels + 1) if channels % n == 0])
        return {"groups": groups, "out": groups * draw.integer(1, 3)}

    def _table(self) -> dict[str, Any]:
        draw, channels = self.draw, self.x.channels
        rows = []
        for _ in range(draw.integer(1, 4)):
            maps = [n for n in range(channels) if draw.chance(50)] or [draw.integer(0, channels - 1)]
            rows.append(maps)
        if self.odd(5):
            rows[0].append(channels)
        return {"table": rows, "out": len(rows) + self.odd(3)}
