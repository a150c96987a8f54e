"""Layers that only turn, cut or pad: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _flatten(self) -> dict[str, Any]:
        return {"last": self.draw.chance(80)} if self.draw.chance(40) else {}
