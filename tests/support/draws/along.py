"""Layers along an axis: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers
from support.guess import AXES, Guess


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _flip(self) -> dict[str, Any]:
        if self.draw.chance(50):
            return {"axis": self.axis()}
        axes = [self.axis() for _ in range(self.draw.integer(1, 3))]
        return {"axis": "all" if self.draw.chance(20) else axes if self.odd(10) else list(dict.fromkeys(axes))}

    def _cumsum(self) -> dict[str, Any]:
        return {"axis": self.axis()}

    def _argmax(self) -> dict[str, Any]:
        return {"axis": self.axis(), **self.some(40, keep=self.draw.chance(80))}

    def _topk(self) -> dict[str, Any]:
        word = self.axis()
        axes = AXES[self.x.rank]
        size = self.x.sizes[axes.index(word)] if word in axes else 2
        values = {"k": self.draw.integer(0 if self.odd(5) else 1, size + (1 if self.odd(15) else 0))}
        values |= {} if word == "channels" and self.draw.chance(60) else {"axis": word}
        return values | self.some(30, largest=self.draw.chance(30))

    def _topk_results(self, values: dict[str, Any]) -> int:
        return self.draw.integer(1, 2)

    def _gather(self) -> dict[str, Any]:
        return {"axis": self.axis()}

    def _gather_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """Indices of one axis, or of all; at times of other sizes or another number of axes."""
        draw, x = self.draw, Guess(self.x.sizes)
        if len(inputs) != 2 or (self.x.rank == 4 and not self.odd(10)):
            return inputs
        count = draw.integer(1, 7)
        if draw.chance(50):
            return [x, Guess((count,) if not self.odd(4) else (count, 2), "int64")]
        axes = AXES[x.rank]
        at = axes.index(values["axis"]) if values["axis"] in axes else 0
        sizes = [*x.sizes[:at], count, *x.sizes[at + 1 :]]
        if self.odd(8):
            sizes[0] = max(1, sizes[0] - 1)
        return [x, Guess(tuple(sizes[:3]), "int64")]
