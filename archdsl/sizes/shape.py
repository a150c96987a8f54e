"""The shape of one value between layers: channels last, batch left out."""

from __future__ import annotations

from archdsl.sizes.size import Size
from archdsl.typed import NamedTuple

AXES = {
    1: ("channels",),
    2: ("steps", "channels"),
    3: ("height", "width", "channels"),
    4: ("frames", "height", "width", "channels"),
}


DTYPES = {"float": "float32", "int": "int64", "bool": "bool"}  # by the words of an input
DTYPE_WORDS = {"float32": "", "int64": "int", "bool": "bool"}  # as a shape has them


class Shape(NamedTuple):
    """Sizes as papers write them, channels last, and what one element is: `float32`, `int64` tokens or `bool`.

    Of tokens, all are less than `below` where that is known. Truth values lie as features do.
    """

    sizes: tuple[Size, ...]
    dtype: str = "float32"
    below: Size | None = None

    @property
    def rank(self) -> int:
        return len(self.sizes)

    @property
    def channels(self) -> Size:
        """The last axis."""
        return self.sizes[-1]

    @property
    def has_channels(self) -> bool:
        """Whether the last axis are channels; integers have none."""
        return self.dtype != "int64"

    @property
    def space(self) -> tuple[Size, ...]:
        """Every axis but the channels; of integers, every axis."""
        return self.sizes[:-1] if self.has_channels else self.sizes

    @property
    def elements(self) -> Size:
        return product(self.sizes)

    def __str__(self) -> str:
        text = shape_text(self.sizes)
        return f"{text} {word}" if (word := DTYPE_WORDS[self.dtype]) else text


def axes_of(shape: Shape) -> tuple[str, ...]:
    """The words of the axes of a value; integers have no channels."""
    if shape.has_channels:
        return AXES.get(shape.rank, ())
    return AXES.get(shape.rank + 1, ())[:-1]


def product(sizes: tuple[Size, ...]) -> Size:
    """The product of sizes; 1 of none."""
    total: Size = 1
    for size in sizes:
        total = total * size
    return total


def shape_text(sizes: tuple[Size, ...]) -> str:
    """`55x55x96`, `Tx300`, or `[T - 2, 100]` where a size is an expression."""
    words = [str(size) for size in sizes]
    if all(word.isalnum() and word == word.upper() for word in words):
        return "x".join(words)
    return f"[{', '.join(words)}]"


_MOST_CHANNELS = 16  # of an image whose first axis they may be
_PLAIN = (1, 3)  # channels that most images have


def is_channels_first(sizes: tuple[Size, ...]) -> bool:
    """Whether three sizes look as PyTorch writes images: `3x480x640`, `1x28x28`, `3xHxW`.

    The first axis is at most 16, and the two others are at least four times as large and within a factor of 2 of each
    other; where the first is 1 or 3 and the others are equal, it is enough that these are larger. Symbols may be of any
    size.
    """
    if len(sizes) != 3 or not isinstance(sizes[0], int) or sizes[0] > _MOST_CHANNELS:
        return False
    channels, height, width = sizes
    if not isinstance(height, int) or not isinstance(width, int):
        return not isinstance(height, int) and not isinstance(width, int)
    small, large = sorted((height, width))
    if channels in _PLAIN and small == large:
        return small > channels
    return small >= 4 * channels and large <= 2 * small
