"""Comparisons, truth values and noise: the values of drawn lines."""

from __future__ import annotations

from math import inf
from typing import Any

from support.draws.numbers import Numbers
from support.guess import Guess


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _greater(self) -> dict[str, Any]:
        if self.draw.chance(50):
            return {"number": self.constant(0, 1, -0.5)}
        return {"broadcast": self.draw.chance(80)} if self.draw.chance(40) else {}

    _greaterequal = _less = _lessequal = _equal = _notequal = _greater

    def _greater_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """One input beside a number, else two of one dtype."""
        return inputs[:1] if "number" in values else [inputs[0], inputs[-1]._replace(dtype=inputs[0].dtype)]

    _greaterequal_inputs = _less_inputs = _lessequal_inputs = _equal_inputs = _notequal_inputs = _greater_inputs

    def _logicaland(self) -> dict[str, Any]:
        return {"broadcast": self.draw.chance(80)} if self.draw.chance(40) else {}

    _logicalor = _logicaland

    def _logicaland_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        found = [x._replace(dtype="bool") for x in inputs]
        return found if len(found) > 1 else found * 2

    _logicalor_inputs = _logicaland_inputs

    def _logicalnot_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        return [x._replace(dtype="bool") for x in inputs]

    def _where(self) -> dict[str, Any]:
        usual = (0, 1, -1e30, -inf)
        values = self.some(35, then=self.draw.pick(usual) if self.draw.chance(80) else self.constant(0))
        values |= self.some(45, otherwise=self.draw.pick(usual) if self.draw.chance(80) else self.constant(1))
        return values | ({"broadcast": self.draw.chance(80)} if self.draw.chance(30) else {})

    def _where_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """Truth values, and as many values as there are no numbers; at times another number of them."""
        first, last = inputs[0], inputs[-1]
        dtype = "float32" if len({"then", "otherwise"} & set(values)) or self.draw.chance(60) else "int64"
        count = 2 - len({"then", "otherwise"} & set(values)) + (1 if self.odd(3) else 0)
        found = [one._replace(dtype=dtype) for one in (first, last)][: min(count, 2)]
        found = [one if one.rank < 4 or dtype == "float32" else Guess(one.sizes[:3], dtype) for one in found]
        return [(found or [first])[0]._replace(dtype="bool"), *found]

    def _noise(self) -> dict[str, Any]:
        return {"training": self.draw.chance(70)} if self.draw.chance(50) else {}
