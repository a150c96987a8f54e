"""What a position of an output reads along one axis of an input: every so many elements, from one to another."""

from __future__ import annotations

from math import ceil, floor

from archdsl.typed import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from fractions import Fraction


class Field(NamedTuple):
    """Position i reads elements from `stride*i + first` to `stride*i + last`, both included.

    What is true of positions in the middle: at the border, some of these elements are padding.
    """

    stride: int | Fraction
    first: int | Fraction
    last: int | Fraction

    @property
    def size(self) -> int:
        """How many elements a position reads, at most."""
        shifts = [self.stride * position for position in range(self.stride.denominator)]  # it begins differently
        return max(floor(self.last + shift) - ceil(self.first + shift) + 1 for shift in shifts)


AxisField: TypeAlias = Field | None  # None: all of the axis
SAME = Field(1, 0, 0)
WHOLE: AxisField = None


def behind(first: AxisField, second: AxisField) -> AxisField:
    """What is read of the first input by a position after both."""
    if first is None or second is None:
        return WHOLE
    ends = first.stride * second.first + first.first, first.stride * second.last + first.last
    return Field(first.stride * second.stride, *ends)


def beside(left: AxisField, right: AxisField) -> AxisField:
    """What is read along two ways; where their strides differ, all."""
    if left is None or right is None or left.stride != right.stride:
        return WHOLE
    return Field(left.stride, min(left.first, right.first), max(left.last, right.last))
