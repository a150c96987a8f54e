"""Layers that only turn, cut or pad: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _flatten(self) -> dict[str, Any]:
        return {"last": self.draw.chance(80)} if self.draw.chance(40) else {}

    def _pad(self) -> dict[str, Any]:
        draw = self.draw
        choices = {"space": self.along(0, 2), "channels": draw.integer(0, 4)}
        if self.x.rank == 1 and not self.odd(5):
            del choices["space"]
        found = {name: value for name, value in choices.items() if draw.chance(60)}
        return found if found or draw.chance(5) else choices
