"""Normalisation: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _bn(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {}
        if draw.chance(15):
            values["eps"] = draw.pick((1e-3, 1e-5, 0.1, 1, 0 if draw.chance(10) else 1e-4))
        if draw.chance(15):
            values["momentum"] = draw.pick((0, 0.01, 1, 0.5, 2 if draw.chance(10) else 0.1))
        for name in ("affine", "stats"):
            if draw.chance(15):
                values[name] = draw.chance(30)
        return values

    def _lrn(self) -> dict[str, Any]:
        draw = self.draw
        choices = {"size": draw.integer(0 if draw.chance(3) else 1, 9), "alpha": draw.pick((1e-4, 2e-5, 0.5, 0)),
                   "beta": draw.pick((0.75, 0.5, 1, -1)), "k": draw.pick((2, 1, 0.5))}  # fmt: skip
        return {name: value for name, value in choices.items() if draw.chance(50)}
