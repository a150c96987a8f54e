"""Rectifiers: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _leakyrelu(self) -> dict[str, Any]:
        return self.some(75, slope=self.constant(0.01, 0.2))

    def _prelu(self) -> dict[str, Any]:
        per = self.draw.pick(("layer", "channel", "channel", *(("head",) if self.odd(8) else ())))
        return self.some(60, per=per, init=self.constant(0.25))

    def _rrelu(self) -> dict[str, Any]:
        if self.odd(15):
            return self.some(70, low=self.constant(0.1, 0.125), high=self.constant(0.3, 0.5))
        low, high = self.draw.pick(
            ((0.1, 0.3), (0, 0), (-1, 0.5), (0.25, 2), (-2, -0.25), (0.1, 3e38), (-self.number(), self.number()))
        )
        return self.some(85, low=low, high=high)

    def _elu(self) -> dict[str, Any]:
        return self.some(75, alpha=self.constant(1, 0.5))

    def _celu(self) -> dict[str, Any]:
        return self.some(75, alpha=self.draw.pick((0, 1e-39, -1e-40)) if self.odd(10) else self.constant(1, 0.5))

    def _threshold(self) -> dict[str, Any]:
        return self.some(90 if self.odd(10) else 100, threshold=self.constant(0.1), value=self.constant(20))

    def _hardshrink(self) -> dict[str, Any]:
        return self.some(75, bound=self.constant(0.5))

    _softshrink = _hardshrink
