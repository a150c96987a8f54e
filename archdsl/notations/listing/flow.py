"""What is known of the value between two layers of a listing, and what a layer leaves unsaid but its shapes tell."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from archdsl.typed import NamedTuple


class ListedWindow(NamedTuple):
    """How a window moves: its sizes, stride and padding per axis, and whether the last one may reach beyond the end."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    pad: tuple[int, ...]
    ceil: bool = False

    def over(self, space: tuple[int, ...]) -> tuple[int, ...] | None:
        """The positions that the window takes; None where it does not fit."""
        found = []
        for size, kernel, stride, pad in zip(space, self.kernel, self.stride, self.pad, strict=False):
            free = size + 2 * pad - kernel
            if free < 0 or stride < 1:
                return None
            found.append((-(-free // stride) if self.ceil else free // stride) + 1)
        return tuple(found)


class KnownSizes(NamedTuple):
    """Sizes before the channels, and channels, as far as they are known; `flat` after a fully connected layer."""

    space: tuple[int, ...] | None = None
    channels: int | None = None
    flat: bool = False

    def is_shape(self, sizes: tuple[str, ...]) -> bool:
        """Whether sizes are those of the value, with or without its channels."""
        numbers = tuple(int(size) for size in sizes)
        whole = (*(self.space or ()), self.channels)
        return numbers == whole or (len(numbers) > 1 and numbers == self.space)

    @property
    def elements(self) -> int | None:
        """How many numbers the value has, where that is known."""
        if self.channels is None or (self.space is None and not self.flat):
            return None
        return prod(self.space or ()) * self.channels


def spread(sizes: tuple[str, ...], axes: int) -> tuple[int, ...]:
    """`3` or `3x3` for each axis."""
    numbers = tuple(int(size) for size in sizes)
    return numbers * axes if len(numbers) == 1 else numbers[:axes]


def fitting(
    space: tuple[int, ...],
    wanted: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...] | None,
    pad: tuple[int, ...] | None,
    pool: bool,
) -> ListedWindow | None:
    """The first usual stride and padding with which a window gives the wanted sizes; None where none does."""
    for window in _candidates(kernel, stride, pad, pool):
        if window.over(space) == wanted:
            return window
    return None


def _candidates(
    kernel: tuple[int, ...], stride: tuple[int, ...] | None, pad: tuple[int, ...] | None, pool: bool
) -> Iterator[ListedWindow]:
    axes = len(kernel)
    none, half = (0,) * axes, tuple(size // 2 for size in kernel)
    usual = kernel if pool else (1,) * axes
    strides = [stride] if stride else [usual, *((step,) * axes for step in (1, 2, 3, 4))]
    for step in strides:
        for edge in [pad] if pad else [none, half]:
            yield ListedWindow(kernel, step, edge)
        if pool:
            yield ListedWindow(kernel, step, pad or none, True)
