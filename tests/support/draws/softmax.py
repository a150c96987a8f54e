"""Shares: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _softmax(self) -> dict[str, Any]:
        return self.some(70, axis=self.axis("all"))

    _logsoftmax = _softmin = _softmax
