"""Functions of each element: the values of drawn lines."""

from __future__ import annotations

from math import inf
from typing import Any

from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _clamp(self) -> dict[str, Any]:
        if self.draw.chance(60):
            return self.some(80, min=self.draw.pick((-1, -2, 0, -0.5, -inf)), max=self.draw.pick((1, 6, 0, 0.5, inf)))
        return self.some(70, min=self.constant(-1), max=self.constant(1))
