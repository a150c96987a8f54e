"""Embeddings: the values of drawn lines."""

from __future__ import annotations

from math import inf
from typing import Any

from support.draws.numbers import Numbers
from support.guess import Guess


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

    def _positions_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """A sequence, or where distances are wanted an image, or queries and keys."""
        x, relative = inputs[0], values.get("relative") is True
        if x.dtype == "int64":
            x = Guess(x.sizes[:1], "int64")
        elif x.rank == 1 or (x.rank == 3 and not relative):
            x = Guess((*x.sizes[:1], 4))
        keys = [x._replace(sizes=(self.draw.integer(1, 9), *x.sizes[1:]))] if relative and x.rank < 3 else []
        return [x, *keys][: max(1, len(inputs))]

    def _positions(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {}
        if draw.chance(50 if self.x.rank < 3 else 90):
            values["relative"] = draw.chance(90)
        if draw.chance(5 if values.get("relative") else 50):
            values["start"] = draw.integer(-1 if self.odd(15) else 0, 5)
        if draw.chance(60 if values.get("relative") and self.x.rank < 3 else 4):
            values["buckets"] = draw.integer(1, 9) if self.odd(8) else 2 * draw.integer(2, 8)
        if draw.chance(40 if values.get("relative") and self.x.rank < 3 else 4):
            values["longest"] = draw.integer(1, 30) if self.odd(8) else draw.integer(9, 40)
        if draw.chance(40 if values.get("relative") and self.x.rank < 3 else 4):
            values["onesided"] = draw.chance(80)
        return values
