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
        return self.some(40, transpose=self.draw.chance(80), broadcast=self.draw.chance(80))

    def _matmul_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """The second input fitted to the first; at times one that differs."""
        left = inputs[0]
        if len(inputs) != 2 or left.rank < 2:
            return inputs
        pair = (left.channels, self.draw.integer(1, 9))
        stretched = 40 if values.get("broadcast") else 3
        before, ours = (tuple(1 if self.draw.chance(stretched) else size for size in left.sizes[:-2]) for _ in range(2))
        right = Guess((*before, *(pair[::-1] if values.get("transpose") else pair)), left.dtype)
        return [Guess((*ours, *left.sizes[-2:]), left.dtype), right]

    def _einsum(self) -> dict[str, Any]:
        """Names for the axes of the first input, some of them again in a second, and some of all in the output."""
        draw = self.draw
        names = draw.shuffled(["a", "b", "c", "h", "key", "n", "T", "width"])
        first = names[: self.x.rank]
        second = [draw.pick(first) if draw.chance(60) else draw.pick(names) for _ in range(draw.integer(1, 4))]
        if draw.chance(20):
            first = [draw.pick(first) for _ in first]
        terms = [first, *([second] if draw.chance(75) else [])]
        every = list(dict.fromkeys(name for term in terms for name in term))
        output = draw.shuffled(every)[: draw.integer(0 if self.odd(3) else 1, 4)]
        if self.odd(6):
            output = [*output, draw.pick(names)]
        return {"equation": f'"{", ".join(" ".join(term) for term in terms)} -> {" ".join(output)}"'}

    def _einsum_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """A size for each name; at times one that another input has otherwise, or another number of inputs.

        What is summed over has two elements or more: FlopCounterMode counts nothing along an axis of one.
        """
        terms = values["equation"].strip('"').partition("->")[0].split(",")
        names = {name for term in terms for name in term.split()}
        sizes = {name: self.draw.integer(2, 6) for name in sorted(names)}
        found = [Guess(tuple(sizes[name] for name in term.split()), self.x.dtype) for term in terms]
        if self.odd(8):
            last = found[-1]
            found[-1] = Guess((*last.sizes[:-1], last.sizes[-1] + 1), last.dtype)
        return found if not self.odd(4) else found * 2

    def _concat(self) -> dict[str, Any]:
        axes = (*AXES[self.x.rank], *(("frames",) if self.odd(5) else ()))
        return {"axis": self.draw.pick(axes)} if self.draw.chance(60) else {}
