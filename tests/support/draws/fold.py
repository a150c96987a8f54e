"""Windows as steps: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers
from support.guess import Guess


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _unfold(self) -> dict[str, Any]:
        values: dict[str, Any] = {"kernel": self.kernel()}
        if self.draw.chance(50):
            values["stride"] = self.along(0 if self.draw.chance(2) else 1, 4)
        if self.draw.chance(40):
            values["pad"] = self.along(0, 4 if self.odd(10) else 2)
        if self.draw.chance(30):
            values["dilation"] = self.along(0 if self.draw.chance(2) else 1, 3)
        return values

    def _fold(self) -> dict[str, Any]:
        image = Draws(self.draw, self.env, Guess((self.draw.integer(1, 9), self.draw.integer(1, 9), 1)), self.wild)
        return {"size": image.x.space, **image._unfold()}

    def _fold_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """As many steps as there are positions, and channels that are whole windows."""
        first = inputs[0]
        if len(first.sizes) != 2:
            return inputs
        each = [_pair(values.get(name, default)) for name, default in _WINDOW.items()]
        steps, window = 1, 1
        for size, kernel, stride, pad, dilation in zip(values["size"], *each, strict=True):
            steps *= max(1, (size + 2 * pad - dilation * (kernel - 1) - 1) // max(1, stride) + 1)
            window *= max(1, kernel)
        return [Guess((steps, window * self.draw.integer(1, 3)), first.dtype), *inputs[1:]]


_WINDOW = {"kernel": 1, "stride": 1, "pad": 0, "dilation": 1}


def _pair(value: Any) -> tuple[int, int]:
    """A value for height and width."""
    if isinstance(value, tuple):
        return (value * 2)[:2]
    return (value, value) if type(value) is int else (1, 1)
