"""Sets of integers that a symbolic size may be: stretches of them, in each of which the rest modulo a period decides.

Every condition on one symbol that is linear, floors by numbers included, has exactly such a set of solutions, so that
"implies", "contradicts" and "never" are questions about sets, with exact answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd

from archdsl.sizes.residues import (
    Residues,
    TooMuch,
    both,
    common_step,
    equal,
    has,
    inverted,
    last_to,
    next_from,
    weight_of,
)
from archdsl.typed import NamedTuple

FIRST = -(2**80)  # no size lies below
MOST_PIECES = 1_024
_MOST_WEIGHT = 2_048  # of the rests in one stretch
_SAMPLE = 8  # members of a stretch without a period that are looked at


class NumberRange(NamedTuple):
    """The numbers from `start` to before `end` (None: without end) that are members of `residues`."""

    start: int
    end: int | None
    residues: Residues = True

    def has(self, number: int) -> bool:
        inside = self.start <= number and (self.end is None or number < self.end)
        return inside and has(self.residues, number)

    def first(self, start: int | None = None) -> int | None:
        """The smallest number, or the smallest from another one on."""
        found = next_from(self.residues, self.start if start is None else max(start, self.start))
        return None if found is None or (self.end is not None and found >= self.end) else found

    def last(self) -> int | None:
        """The largest number; None where there is none, or no end."""
        if self.end is None:
            return None
        found = last_to(self.residues, self.end - 1)
        return None if found is None or found < self.start else found

    def few(self, most: int) -> list[int]:
        """The smallest numbers, so many at most."""
        found: list[int] = []
        number = self.first()
        while number is not None and len(found) < most:
            found.append(number)
            number = self.first(number + 1)
        return found


class Numbers:
    """A set of integers, immutable; `pieces` are sorted and do not overlap."""

    __slots__ = ("pieces",)

    def __init__(self, pieces: Iterable[NumberRange]) -> None:
        found: list[NumberRange] = []
        for piece in pieces:
            if piece.first() is None:
                continue
            if weight_of(piece.residues) > _MOST_WEIGHT:
                raise TooMuch
            if found and found[-1].end == piece.start and equal(found[-1].residues, piece.residues):
                piece = piece._replace(start=found.pop().start)
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

    @property
    def weight(self) -> int:
        """How much there is to look at."""
        return sum(weight_of(piece.residues) for piece in self.pieces)

    @property
    def whole(self) -> bool:
        """Whether every number of each stretch is a member."""
        return all(piece.residues is True for piece in self.pieces)

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
            if piece.end is None:
                return None
            found += piece.few(most + 1)
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
            sample = piece.few(_SAMPLE)
            step = gcd(step, *(number - least for number in sample))
            step = gcd(step, common_step(piece.residues)) if len(sample) == _SAMPLE else step
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
    return Numbers([NumberRange(first, None if last is None else last + 1)])


def exactly(numbers: Iterable[int]) -> Numbers:
    """These numbers."""
    return Numbers([NumberRange(number, number + 1) for number in sorted(set(numbers))])


def periodic(residues: Residues) -> Numbers:
    """All members of a periodic set."""
    return Numbers([NumberRange(FIRST, None, residues)])


# ---- pieces


def _common(left: tuple[NumberRange, ...], right: tuple[NumberRange, ...]) -> Iterator[NumberRange]:
    at = 0
    for piece in left:
        while at < len(right) and _ends_before(right[at], piece.start):
            at += 1
        for other in right[at:]:
            if piece.end is not None and other.start >= piece.end:
                break
            yield _both(piece, other)


def _ends_before(piece: NumberRange, start: int) -> bool:
    return piece.end is not None and piece.end <= start


def _both(left: NumberRange, right: NumberRange) -> NumberRange:
    ends = [one.end for one in (left, right) if one.end is not None]
    return NumberRange(max(left.start, right.start), min(ends, default=None), both(left.residues, right.residues))


def _others(pieces: tuple[NumberRange, ...]) -> Iterator[NumberRange]:
    start: int | None = FIRST
    for piece in pieces:
        assert start is not None
        if start < piece.start:
            yield NumberRange(start, piece.start)
        yield piece._replace(residues=inverted(piece.residues))
        start = piece.end
    if start is not None:
        yield NumberRange(start, None)


ALL = Numbers([NumberRange(FIRST, None)])
