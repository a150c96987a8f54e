"""Dropout: the values of drawn lines."""

from __future__ import annotations

from math import inf
from typing import Any

from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _dropout(self) -> dict[str, Any]:
        return self.some(75, p=self.probability())

    _channeldropout = _alphadropout = _featurealphadropout = _dropout

    def _stochasticdepth(self) -> dict[str, Any]:
        modes = ("row", "batch", *(("all",) if self.odd(6) else ()))
        return self.some(50, mode=self.draw.pick(modes)) | self.some(90 if self.odd(6) else 100, p=self.probability())

    def probability(self) -> Any:
        return (
            self.draw.pick((1.5, -0.1, -1, inf, -1e-300, [0.5]))
            if self.odd(8)
            else self.draw.pick((0.5, 0.1, 0, 1, 0.9, 1 / 225))
        )
