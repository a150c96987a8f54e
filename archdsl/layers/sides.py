"""The types of values with two ends: what lies before an axis and after it."""

from __future__ import annotations

from archdsl.layers.values import PerAxis, Type, Whole
from archdsl.typed import Any


class Ends(Type):
    """An integer for both ends, or a list of two: `[1, 2]` is 1 before and 2 after. The rules get a pair.

    With `behind`, a number alone is for the end.
    """

    def __init__(self, *, symbolic: bool = False, behind: bool = False) -> None:
        self.each = Whole(0, symbolic=symbolic)
        self.behind = behind
        self.words = "an integer, or [before, after]"

    def convert(self, value: Any, axes: int) -> Any:
        if not isinstance(value, tuple):
            number = self.each.convert(value, axes)
            return (0 if self.behind else number, number)
        if len(value) != 2:
            raise self.refuse(value)
        return tuple(self.each.convert(end, axes) for end in value)


class Sides(PerAxis):
    """A number for both ends of every axis, or for each axis a number or a pair: `2`, `2x1`, `[[1, 2], 0]`.

    The rules get a pair for each axis.
    """

    def __init__(self) -> None:
        super().__init__(0)
        self.ends = Ends()
        self.words = "an integer, or one or [before, after] per axis"

    def one(self, value: Any, axes: int) -> Any:
        return self.ends.convert(value, axes)


class Padding(Sides):
    """Sides, or `same` (the size stays, divided by the stride) or `valid` (none)."""

    choices = ("same", "valid")

    def __init__(self) -> None:
        super().__init__()
        self.words = "an integer, one or [before, after] per axis, same or valid"

    def convert(self, value: Any, axes: int) -> Any:
        if value == "valid":
            return ((0, 0),) * axes
        return value if value == "same" else super().convert(value, axes)
