"""The types of values that are sizes of the output."""

from __future__ import annotations

from archdsl.layers.values import PerAxis
from archdsl.typed import Any


class OutputSizes(PerAxis):
    """Sizes of the output; nothing of the input bounds them."""

    bounded = False

    def __init__(self, *, axes: int | None = None) -> None:
        super().__init__(symbolic=True, axes=axes)


class SameOrSizes(OutputSizes):
    """Sizes of the output, of which `same` keeps the input's: `7`, `7x7`, `[same, 1]`. The rules get None for it."""

    choices = ("same",)

    def __init__(self) -> None:
        super().__init__()
        self.words = "an integer, or one or same per axis"

    def one(self, value: Any, axes: int) -> Any:
        return None if value == "same" or value is None else super().one(value, axes)
