"""Merges: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from guess import AXES

from draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _add(self) -> dict[str, Any]:
        return {"broadcast": self.draw.chance(80)} if self.draw.chance(30) else {}

    _mul = _add

    def _concat(self) -> dict[str, Any]:
        axes = (*AXES[self.x.rank], *(("frames",) if self.odd(5) else ()))
        return {"axis": self.draw.pick(axes)} if self.draw.chance(60) else {}
