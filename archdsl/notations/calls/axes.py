"""The axes of a value by their words, from the numbers that other libraries give them."""

from __future__ import annotations

from archdsl.sizes.shape import Shape
from archdsl.typed import Any

_WORDS = ("frames", "height", "width")  # axes of a value beside its channels, counted from the last


def axis_word(number: Any, shape: Shape | None, *, last: bool = False) -> str | None:
    """The axis that a number means, the batch being 0; `last`: channels stand last, as in Keras."""
    if not isinstance(number, int) or shape is None:
        return None
    rank = shape.rank
    number = number + rank + 1 if number < 0 else number
    channels_last = last or rank < 3
    words = list(words_of(rank))
    ordered = words if channels_last else [words[-1], *words[:-1]]
    return ordered[number - 1] if 1 <= number <= rank else None


def words_of(rank: int) -> tuple[str, ...]:
    """The axes of a value by their words, channels last."""
    return {1: ("channels",), 2: ("steps", "channels")}.get(rank, (*_WORDS[4 - rank :], "channels"))
