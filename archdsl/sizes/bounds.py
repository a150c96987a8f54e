"""Between which numbers a symbolic size lies: from the least and most values of its symbols, by interval arithmetic."""

from __future__ import annotations

from itertools import combinations
from math import prod
from typing import TypeAlias

from archdsl.sizes.size import Atom, Expression, Floor, Positive, Size, Symbol

Interval: TypeAlias = tuple[int | None, int | None]  # None: no bound is known
Known: TypeAlias = dict[Expression, Interval]
_MOST_DEGREE = 4
_MOST_TERMS = 32


def bounds(size: Size, known: Known | None = None) -> Interval:
    """The least and the most that a size can be; `known` are those of sizes inside, each worked out once."""
    if isinstance(size, int):
        return size, size
    known = {} if known is None else known
    if size not in known:
        known[size] = _bounds(size, known)
    return known[size]


def _bounds(size: Expression, known: Known) -> Interval:
    low, high = 0, 0
    whole: list[int | None] = [low, high]
    for monomial, factor in size.terms:
        each: Interval = (factor, factor)
        for atom in monomial:
            each = _product(each, _atom(atom, known))
        whole = [None if side is None or own is None else side + own for side, own in zip(whole, each, strict=True)]
    if whole[0] is None:
        whole[0] = _shifted(size, known)
    if whole[1] is None:
        below = _shifted(-size, known)
        whole[1] = None if below is None else -below
    return whole[0], whole[1]


def _product(left: Interval, right: Interval) -> Interval:
    if None not in left and None not in right:
        corners = [a * b for a in left for b in right]  # type: ignore[operator]
        return min(corners), max(corners)
    if left[1] is None and left[0] is not None and left[0] >= 0 and right[0] is not None and right[0] >= 0:
        return left[0] * right[0], None
    if right[1] is None and right[0] is not None and right[0] >= 0 and left[0] is not None:
        if left[0] >= 0:
            return left[0] * right[0], None
        if left[1] is not None and left[1] <= 0:
            return None, left[1] * right[0]
    return None, None


def _atom(atom: Atom, known: Known) -> Interval:
    match atom:
        case Symbol(name, context):
            return context.interval(name)
        case Positive(size):
            low, high = bounds(size, known)
            return max(0, low or 0), None if high is None else max(0, high)
        case Floor(numerator, divisor):
            return _quotient(bounds(numerator, known), bounds(divisor, known))


def _quotient(over: Interval, by: Interval) -> Interval:
    if by[0] is None or by[0] <= 0:
        return None, None
    if by[0] == by[1]:
        return None if over[0] is None else over[0] // by[0], None if over[1] is None else over[1] // by[0]
    low = None if over[0] is None else 0 if over[0] >= 0 else over[0] // by[0]
    high = None if over[1] is None else over[1] // by[0] if over[1] >= 0 else -1
    return low, high


def _shifted(size: Size, known: Known) -> int | None:
    """A lower bound: with each atom as its least value and something more, no product of the somethings is negative."""
    if isinstance(size, int):
        return size
    if len(size.terms) > _MOST_TERMS or any(len(monomial) > _MOST_DEGREE for monomial, _ in size.terms):
        return None
    found: dict[tuple[Atom, ...], int] = {}
    for monomial, factor in size.terms:
        least = [low for low in (_atom(atom, known)[0] for atom in monomial) if low is not None]
        if len(least) < len(monomial):
            return None
        for count in range(len(monomial) + 1):
            for chosen in combinations(range(len(monomial)), count):
                key = tuple(monomial[at] for at in chosen)
                rest = prod(low for at, low in enumerate(least) if at not in chosen)
                found[key] = found.get(key, 0) + factor * rest
    constant = found.pop((), 0)
    return constant if all(factor >= 0 for factor in found.values()) else None
