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
        if self.draw.chance(25) and ("value" not in values or self.odd(8)):
            values["form"] = self.draw.pick(("sinusoid", "identity", "arange"))
            sizes = tuple(self.draw.integer(1, 6) for _ in range(1 if values["form"] == "arange" else 2))
            values["sizes"] = (sizes[0] if len(sizes) == 1 else sizes) if not self.odd(6) else values["sizes"]
        elif self.draw.chance(20) and ("value" not in values or self.odd(8)):
            sizes = tuple(self.draw.integer(1, 3) for _ in range(self.draw.integer(1, 5 if self.odd(8) else 4)))
            values["values"] = self._nested(sizes)
            values["sizes"] = sizes[0] if len(sizes) == 1 else sizes
            if self.draw.chance(50) or self.odd(8):
                del values["sizes"]
        return values

    def _nested(self, sizes: tuple[int, ...]) -> Any:
        """Numbers nested as a shape is; at times one list is shorter."""
        if not sizes:
            return self.constant(1)
        return [self._nested(sizes[1:]) for _ in range(max(1, sizes[0] - self.odd(4)))]

    def _stored(self) -> dict[str, Any]:
        draw = self.draw
        rank = draw.pick((1, 2, 3, 4, 5 if self.odd(15) else 3))
        sizes = tuple(draw.integer(0 if self.odd(8) else 1, 5) for _ in range(rank))
        values: dict[str, Any] = {"sizes": sizes[0] if rank == 1 else sizes}
        return values | ({"batch": draw.chance(80)} if draw.chance(40) else {})
