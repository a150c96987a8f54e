"""Dropout: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _dropout(self) -> dict[str, Any]:
        return (
            {"p": self.draw.pick((0.5, 0.1, 0, 1, 1.5 if self.draw.chance(3) else 0.9))} if self.draw.chance(70) else {}
        )
