"""Embeddings: the values of drawn lines."""

from __future__ import annotations

from math import inf
from typing import Any

from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _embed(self) -> dict[str, Any]:
        draw = self.draw
        vocab = draw.integer(0 if self.odd(1) else 1, 20)
        values: dict[str, Any] = {"vocab": vocab, "dim": self.size()}
        if draw.chance(25):
            values["padding"] = draw.integer(-vocab - self.odd(20), vocab - 1 + self.odd(20))
        if draw.chance(20):
            values["maxnorm"] = draw.pick((1, 0.1, 3, inf, self.number(), *((0, -1, -inf) if self.odd(20) else ())))
        if draw.chance(15):
            values["normtype"] = draw.pick((1, 2, 0.5, 3, inf, *((0, -1, -inf) if self.odd(20) else ())))
        for name in ("sparse", "scalegrad"):
            if draw.chance(15):
                values[name] = draw.chance(80)
        return values

    def _embedbag(self) -> dict[str, Any]:
        values = self._embed()
        modes = ("mean", "sum", "max", *(("min",) if self.odd(8) else ()))
        return values | ({"mode": self.draw.pick(modes)} if self.draw.chance(70) else {})

    def _onehot(self) -> dict[str, Any]:
        return {"classes": self.draw.integer(0 if self.odd(5) else 1, 12)}

    def _positions(self) -> dict[str, Any]:
        return {"start": self.draw.integer(-1 if self.odd(15) else 0, 5)} if self.draw.chance(50) else {}
