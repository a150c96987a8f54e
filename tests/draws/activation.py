"""Activations: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from drawn import Expr
from guess import AXES

from draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _tanh(self) -> dict[str, Any]:
        draw = self.draw
        choices = {"amplitude": draw.pick((1.7159, 2, -1)), "slope": draw.pick((0.5, Expr("2/3"), 1))}
        return {name: value for name, value in choices.items() if draw.chance(25)}

    def _softmax(self) -> dict[str, Any]:
        axes = (*AXES[self.x.rank], "all", *(("frames",) if self.odd(5) else ()))
        return {"axis": self.draw.pick(axes)} if self.draw.chance(60) else {}
