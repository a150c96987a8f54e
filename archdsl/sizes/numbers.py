"""Sets of whole numbers that an open size may be: stretches of them, each with its rest modulo a period.

Every condition on one symbol that is linear, floors by numbers included, has exactly such a set of solutions, so that
"implies", "contradicts" and "never" are questions about sets, with exact answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd, lcm
from typing import NamedTuple

FIRST = -(2**80)  # no size lies below
MOST_PERIOD = 1_024
MOST_PIECES = 1_024


class TooMuch(Exception):
    """A set that would take too long to work with."""


class Piece(NamedTuple):
    """The numbers from `start` to before `end` (None: without end) whose rest modulo `period` is a bit of `mask`."""

    start: int
    end: int | None
    period: int = 1
    mask: int = 1

    def has(self, number: int) -> bool:
        inside = self.start <= number and (self.end is None or number < self.end)
        return inside and bool(self.mask >> number % self.period & 1)

    def first(self) -> int | None:
        """The smallest number."""
        stop = self.start + self.period if self.end is None else min(self.end, self.start + self.period)
        return next((number for number in range(self.start, stop) if self.has(number)), None)

    def last(self) -> int | None:
        """The largest number; None where there is none, or no end."""
        if self.end is None:
            return None
        stop = max(self.start, self.end - self.period)
        return next((number for number in range(self.end - 1, stop - 1, -1) if self.has(number)), None)


class Numbers:
    """A set of whole numbers, immutable; `pieces` are sorted and do not overlap."""

    __slots__ = ("pieces",)

    def __init__(self, pieces: Iterable[Piece]) -> None:
        found: list[Piece] = []
        for piece in pieces:
            piece = _plain(piece)
            if piece.first() is None:
                continue
            if found and found[-1].end == piece.start and found[-1][2:] == piece[2:]:
                piece = Piece(found.pop().start, *piece[1:])
            found.append(piece)
        if len(found) > MOST_PIECES:
            raise TooMuch
        self.pieces = tuple(found)

    # ---- questions

    def __bool__(self) -> bool:
        return bool(self.pieces)

    def __contains__(self, number: int) -> bool:
        return any(piece.has(number) for piece in self.pieces)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Numbers) and self.within(other) and other.within(self)

    def __hash__(self) -> int:
        return hash(self.least())

    def within(self, other: Numbers) -> bool:
        """Whether every number of this set is one of the other."""
        return not self & ~other

    def least(self) -> int | None:
        """The smallest number; None where there is none."""
        return self.pieces[0].first() if self.pieces else None

    def most(self) -> int | None:
        """The largest number; None where there is none, or no end."""
        return self.pieces[-1].last() if self.pieces else None

    def few(self, most: int) -> list[int] | None:
        """All numbers, where there are no more than so many."""
        found: list[int] = []
        for piece in self.pieces:
            if piece.end is None or piece.end - piece.start > most * piece.period:
                return None
            found += [number for number in range(piece.start, piece.end) if piece.has(number)]
            if len(found) > most:
                return None
        return found

    def rest(self) -> tuple[int, int] | None:
        """`(period, rest)`, the largest period of which all numbers have one rest; None where there is none but 1."""
        least = self.least()
        if least is None:
            return None
        step = 0
        for piece in self.pieces:
            step = gcd(step, *(number - least for number in _sample(piece)))
        return (step, least % step) if step > 1 else None

    # ---- sets from sets

    def __and__(self, other: Numbers) -> Numbers:
        return Numbers(_common(self.pieces, other.pieces))

    def __or__(self, other: Numbers) -> Numbers:
        return ~(~self & ~other)

    def __invert__(self) -> Numbers:
        return Numbers(_others(self.pieces))


def between(first: int = FIRST, last: int | None = None) -> Numbers:
    """All numbers from the first to the last, both counted."""
    return Numbers([Piece(first, None if last is None else last + 1)])


def exactly(numbers: Iterable[int]) -> Numbers:
    """These numbers."""
    return Numbers([Piece(number, number + 1) for number in sorted(set(numbers))])


def rests(period: int, mask: int) -> Numbers:
    """All numbers with these rests."""
    if period > MOST_PERIOD:
        raise TooMuch
    return Numbers([Piece(FIRST, None, period, mask)])


def from_starts(starts: list[int]) -> Numbers:
    """For each rest modulo `len(starts)` all numbers from `starts[rest]` on, which has that rest."""
    period = len(starts)
    marks = sorted(set(starts))
    if marks == list(range(marks[0], marks[0] + period)):
        return between(marks[0])
    pieces, mask = [], 0
    for place, mark in enumerate(marks):
        mask |= 1 << mark % period
        pieces.append(Piece(mark, marks[place + 1] if place + 1 < len(marks) else None, period, mask))
    return Numbers(pieces)


# ---- pieces


def _plain(piece: Piece) -> Piece:
    """A piece of which every number is one has period 1; the period is the smallest that there is."""
    start, end, period, mask = piece
    if mask == 0:
        return Piece(start, start)
    while period > 1:
        for factor in _primes(period):
            smaller = period // factor
            low = mask & ((1 << smaller) - 1)
            if mask == _repeated(low, smaller, factor):
                period, mask = smaller, low
                break
        else:
            break
    return Piece(start, end, period, mask)


def _primes(number: int) -> Iterator[int]:
    factor = 2
    while factor * factor <= number:
        if number % factor == 0:
            yield factor
            while number % factor == 0:
                number //= factor
        factor += 1
    if number > 1:
        yield number


def _repeated(mask: int, period: int, times: int) -> int:
    """A mask written several times."""
    return mask * (((1 << period * times) - 1) // ((1 << period) - 1))


def _common(left: tuple[Piece, ...], right: tuple[Piece, ...]) -> Iterator[Piece]:
    at = 0
    for piece in left:
        while at < len(right) and _ends_before(right[at], piece.start):
            at += 1
        for other in right[at:]:
            if piece.end is not None and other.start >= piece.end:
                break
            yield _both(piece, other)


def _ends_before(piece: Piece, start: int) -> bool:
    return piece.end is not None and piece.end <= start


def _both(left: Piece, right: Piece) -> Piece:
    period = lcm(left.period, right.period)
    if period > MOST_PERIOD:
        raise TooMuch
    masks = [_repeated(one.mask, one.period, period // one.period) for one in (left, right)]
    ends = [one.end for one in (left, right) if one.end is not None]
    return Piece(max(left.start, right.start), min(ends, default=None), period, masks[0] & masks[1])


def _others(pieces: tuple[Piece, ...]) -> Iterator[Piece]:
    start: int | None = FIRST
    for piece in pieces:
        assert start is not None
        if start < piece.start:
            yield Piece(start, piece.start)
        yield piece._replace(mask=((1 << piece.period) - 1) & ~piece.mask)
        start = piece.end
    if start is not None:
        yield Piece(start, None)


def _sample(piece: Piece) -> list[int]:
    """Numbers of a piece whose differences have the divisor that all of them have."""
    stop = piece.start + 2 * piece.period if piece.end is None else min(piece.end, piece.start + 2 * piece.period)
    return [number for number in range(piece.start, stop) if piece.has(number)]


ALL = Numbers([Piece(FIRST, None)])
