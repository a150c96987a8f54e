"""Norms over the last axes: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers
from support.guess import AXES


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _ln(self) -> dict[str, Any]:
        values = self.some(50, axes=self._axes(), affine=self.draw.chance(40), bias=self.draw.chance(40))
        return values | self.some(40, eps=self.draw.pick((1e-6, 0, 0.1, -1 if self.odd(8) else 1)))

    def _rmsnorm(self) -> dict[str, Any]:
        values = self._ln()
        values.pop("bias", None)
        return values

    def _axes(self) -> Any:
        """An axis, all of them, or the last ones of a tensor; at times any."""
        draw, last = self.draw, AXES[self.x.rank]
        if draw.chance(25):
            return self.axis("all")
        if self.odd(12):
            return [draw.pick((*last, "frames")) for _ in range(draw.integer(1, 3))]
        order = draw.pick((last, ("channels", *last[:-1])))
        return list(order[draw.integer(0, len(order) - 1) :])
