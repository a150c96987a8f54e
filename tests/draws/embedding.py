"""Embeddings: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from draws.numbers import Numbers

TOKENS = ("EMBED",)  # kinds that read whole numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _embed(self) -> dict[str, Any]:
        return {"vocab": self.draw.integer(0 if self.draw.chance(1) else 1, 20), "dim": self.size()}
