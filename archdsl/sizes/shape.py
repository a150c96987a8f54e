"""The shape of one value between layers: channels last, batch left out."""

from __future__ import annotations

from typing import NamedTuple

from archdsl.sizes.size import Size

AXES = {
    1: ("channels",),
    2: ("steps", "channels"),
    3: ("height", "width", "channels"),
    4: ("frames", "height", "width", "channels"),
}


class Shape(NamedTuple):
    """Sizes as papers write them, channels last, and what one element is: `float32` features or `int64` tokens.

    Of tokens, all are less than `below` where that is known.
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
    def space(self) -> tuple[Size, ...]:
        """Every axis but the channels; of whole numbers, every axis."""
        return self.sizes[:-1] if self.dtype == "float32" else self.sizes

    @property
    def elements(self) -> Size:
        return product(self.sizes)

    def __str__(self) -> str:
        text = shape_text(self.sizes)
        return f"{text} int" if self.dtype == "int64" else text


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
