"""Activations that bend: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.drawn import Expr
from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _tanh(self) -> dict[str, Any]:
        draw = self.draw
        choices = {"amplitude": draw.pick((1.7159, 2, -1)), "slope": draw.pick((0.5, Expr("2/3"), 1))}
        if draw.chance(20):
            choices = {"amplitude": self.constant(2), "slope": self.constant(0.5)}
        return {name: value for name, value in choices.items() if draw.chance(25)}

    def _hardtanh(self) -> dict[str, Any]:
        if self.draw.chance(60):
            return self.some(80, low=self.draw.pick((-1, -2, 0, -0.5)), high=self.draw.pick((1, 6, 20, 0.5)))
        return self.some(70, low=self.constant(-1), high=self.constant(1))

    def _softplus(self) -> dict[str, Any]:
        return self.some(60, beta=self.constant(1, 2), threshold=self.constant(20, 10))

    def _gelu(self) -> dict[str, Any]:
        return self.some(60, approximate=self.draw.pick(("none", "tanh", *(("erf",) if self.odd(10) else ()))))
