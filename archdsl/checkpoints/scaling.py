"""The numbers worth a try for a value, so that a size which follows from it becomes another: positions, tables.

A size is the value itself or grows with it; or with its square, as the patches of an image, or the rows of a table of
relative positions, (2n - 1)**2; or with its fourth power, as the pairs of these. Tokens may stand beside the positions.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

_TOKENS = range(5)  # beside the positions: of the class, of a teacher, registers


def values_for(size: int, value: int | None, now: int | None) -> list[int]:
    """Values with which a size may be as wanted, where it is `now` with one of them; the likeliest first."""
    found = _from_nothing(size) if value is None or now is None else _from(size, value, now)
    return [number for number in dict.fromkeys(found) if number > 0 and number != value]


def _from_nothing(size: int) -> Iterator[int]:
    yield from (size - tokens for tokens in _TOKENS)
    yield from (isqrt(size - tokens) for tokens in _TOKENS if size > tokens)


def _from(size: int, value: int, now: int) -> Iterator[int]:
    if value == now:
        yield size
    yield from _whole(value * size, now)
    for tokens in _TOKENS:
        yield from _scaled(value, size - tokens, now - tokens)
    yield from _whole(value * (isqrt(size) + 1), isqrt(now) + 1)
    yield from _whole(value * (size + 1), now + 1)
    yield from _whole(value * isqrt(isqrt(size)), isqrt(isqrt(now)))
    yield value + size - now


def _scaled(value: int, size: int, now: int) -> Iterator[int]:
    """The value by the root of what the size grows by."""
    if min(size, now) > 0:
        yield from _whole(value * isqrt(size), isqrt(now))
        yield from _whole(value * isqrt(size * now), now)


def _whole(dividend: int, divisor: int) -> Iterator[int]:
    if divisor > 0:
        yield dividend // divisor
