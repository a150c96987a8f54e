"""Padding and cropping: the values of drawn lines."""

from __future__ import annotations

from math import inf
from typing import Any

from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _pad(self) -> dict[str, Any]:
        draw = self.draw
        choices: dict[str, Any] = {"space": self.sides(self.room() if self.odd(20) else 2)}
        choices["channels"] = draw.pick((draw.integer(0, 4), [draw.integer(0, 2), draw.integer(0, 2)]))
        if self.x.rank == 1 and not self.odd(5):
            del choices["space"]
        if draw.chance(35):
            choices["mode"] = draw.pick(("zeros", "reflect", "replicate", "circular"))
            if not self.odd(8):
                del choices["channels"]
        elif draw.chance(25) or self.odd(3):
            choices["value"] = draw.pick((inf, -inf)) if draw.chance(15) else self.constant(2.25)
        found = {name: value for name, value in choices.items() if name not in ("space", "channels") or draw.chance(60)}
        return found if "space" in found or "channels" in found or draw.chance(5) else choices

    def _crop(self) -> dict[str, Any]:
        draw, space = self.draw, self.x.space
        if self.odd(4):
            return draw.pick(({}, {"space": 1, "size": 1}))
        if draw.chance(50):
            return {"space": self.sides(max(0, (self.room() - 1) // 2) + (2 if self.odd(15) else 0))}
        sizes = [draw.integer(0 if draw.chance(3) else 1, size + (2 if self.odd(8) else 0)) for size in space]
        return {
            "size": [one if draw.chance(80) else "same" for one in sizes] if draw.chance(70) else min(sizes, default=1)
        }
