"""Fully connected layers: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _fc(self) -> dict[str, Any]:
        values: dict[str, Any] = {"out": 0 if self.draw.chance(1) else self.size(12)}
        return values | ({"bias": self.draw.chance(40)} if self.draw.chance(40) else {})

    _linear = _bilinear = _fc

    def _rbf(self) -> dict[str, Any]:
        return {"out": self.size()}
