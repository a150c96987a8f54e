"""Normalisation: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _bn(self) -> dict[str, Any]:
        momentum = self.draw.pick((0, 0.01, 1, 0.5, "cumulative", 2 if self.odd(10) else 0.1))
        return self.some(15, eps=self.eps(0 if self.odd(5) else 1e-3), momentum=momentum) | self.switches()

    def _instancenorm(self) -> dict[str, Any]:
        momentum = self.draw.pick((0, 0.01, 1, 0.5, -1 if self.odd(10) else 0.1))
        return self.some(30, eps=self.eps(0), momentum=momentum) | self.switches()

    def _gn(self) -> dict[str, Any]:
        channels = self.x.channels
        fits = [number for number in range(1, channels + 1) if channels % number == 0]
        groups = self.draw.integer(0, channels + 1) if self.odd(12) else self.draw.pick(fits)
        switches = self.switches()
        switches.pop("stats", None)
        return {"groups": groups} | self.some(30, eps=self.eps(0)) | switches

    def _l2norm(self) -> dict[str, Any]:
        return self.some(40, p=self.constant(2, 1), axis=self.axis("all"), eps=self.constant(1e-12))

    def eps(self, *more: float) -> Any:
        if self.draw.chance(5):
            return self.number()
        return self.constant() if self.odd(6) else self.draw.pick((1e-3, 1e-5, 0.1, 1, 1e-6, *more))

    def switches(self) -> dict[str, Any]:
        return {name: self.draw.chance(50) for name in ("affine", "stats", "bias") if self.draw.chance(25)}

    def _lrn(self) -> dict[str, Any]:
        draw = self.draw
        choices = {"size": draw.integer(0 if draw.chance(3) else 1, 9)}
        choices["alpha"] = self.constant() if self.odd(8) else draw.pick((1e-4, 2e-5, 0.5, 0, self.number()))
        choices["beta"] = draw.pick((0.75, 0.5, 1, -1)) if draw.chance(80) else self.constant(0.75)
        choices["k"] = self.constant() if self.odd(8) else draw.pick((2, 1, 0.5, self.number()))
        return {name: value for name, value in choices.items() if draw.chance(50)}
