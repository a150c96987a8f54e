"""Merges: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers
from support.guess import AXES, Guess


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _add(self) -> dict[str, Any]:
        if self.draw.chance(40):
            return {"number": self.constant(2, -1, 0.5)}
        return {"broadcast": self.draw.chance(80)} if self.draw.chance(30) else {}

    _mul = _sub = _div = _pow = _add

    def _add_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """One input beside a number; at times as many as were drawn."""
        return inputs[:1] if "number" in values else inputs if len(inputs) > 1 else [*inputs, *inputs]

    _mul_inputs = _sub_inputs = _div_inputs = _pow_inputs = _add_inputs

    def _matmul(self) -> dict[str, Any]:
        return {"transpose": self.draw.chance(80)} if self.draw.chance(50) else {}

    def _matmul_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """The second input fitted to the first; at times one that differs."""
        left = inputs[0]
        if len(inputs) != 2 or left.rank < 2:
            return inputs
        pair = (left.channels, self.draw.integer(1, 9))
        return [left, Guess((*left.sizes[:-2], *(pair[::-1] if values.get("transpose") else pair)), left.dtype)]

    def _concat(self) -> dict[str, Any]:
        axes = (*AXES[self.x.rank], *(("frames",) if self.odd(5) else ()))
        return {"axis": self.draw.pick(axes)} if self.draw.chance(60) else {}
