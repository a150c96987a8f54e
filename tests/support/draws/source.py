"""Sources: the values of drawn lines."""

from __future__ import annotations

from math import inf
from typing import Any

from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _param(self) -> dict[str, Any]:
        draw, values = self.draw, self._stored()
        if draw.chance(30):
            values["value"] = draw.pick((inf, -inf)) if draw.chance(10) else self.constant(0)
        if draw.chance(10 if "value" in values else 30):
            values["std"] = self.constant(1) if self.odd(15) else draw.pick((0, 0.02, 1, 0.5, self.number()))
        return values

    def _const(self) -> dict[str, Any]:
        values = self._stored()
        if self.draw.chance(40):
            values["value"] = self.draw.pick((inf, -inf)) if self.draw.chance(10) else self.constant(0.25)
        if self.draw.chance(30):
            values["saved"] = self.draw.chance(70)
        return values

    def _stored(self) -> dict[str, Any]:
        draw = self.draw
        rank = draw.pick((1, 2, 3, 4, 5 if self.odd(15) else 3))
        sizes = tuple(draw.integer(0 if self.odd(8) else 1, 5) for _ in range(rank))
        values: dict[str, Any] = {"sizes": sizes[0] if rank == 1 else sizes}
        return values | ({"batch": draw.chance(80)} if draw.chance(40) else {})
