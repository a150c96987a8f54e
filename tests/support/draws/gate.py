"""Gates: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _glu(self) -> dict[str, Any]:
        return self.some(60, axis=self.axis())

    _swiglu = _glu
