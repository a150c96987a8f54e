"""Between which numbers a symbolic size lies: from the least and most values of its symbols, by interval arithmetic."""

from __future__ import annotations

from functools import reduce
from itertools import combinations
from math import inf, lcm, prod

from archdsl.sizes.size import Atom, Expression, Floor, Positive, Size, Symbol, of
from archdsl.typed import TypeAlias

Interval: TypeAlias = tuple[int | None, int | None]  # None: no bound is known
Known: TypeAlias = dict[Expression, Interval]
_MOST_DEGREE = 4
_MOST_TERMS = 32
_MOST_MAXIMA = 3


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
    ends: Interval = (whole[0], whole[1])
    if None in ends:
        ends = _narrower(ends, (_shifted(size, known), _opposite(_shifted(-size, known))))
    return _narrower(ends, _by_cases(size, known) or _relaxed(size, known)) if _is_made(size) else ends


def _narrower(left: Interval, right: Interval) -> Interval:
    """What lies in both intervals."""
    lows = [low for low in (left[0], right[0]) if low is not None]
    highs = [high for high in (left[1], right[1]) if high is not None]
    return max(lows, default=None), min(highs, default=None)


def _wider(left: Interval, right: Interval) -> Interval:
    """From the least to the most of both."""
    low = None if left[0] is None or right[0] is None else min(left[0], right[0])
    return low, None if left[1] is None or right[1] is None else max(left[1], right[1])


def _opposite(number: int | None) -> int | None:
    return None if number is None else -number


def _is_made(size: Expression) -> bool:
    """Whether a size is a sum with floors or maxima, of which parts may cancel."""
    return len(size.terms) > 1 and any(len(m) == 1 and not isinstance(m[0], Symbol) for m, _ in size.terms)


def _by_cases(size: Expression, known: Known) -> Interval | None:
    """The bounds with each size of a maximum in its place; None of a size without one, or with many."""
    many = sum(isinstance(monomial[0], Positive) for monomial, _ in size.terms if monomial) > _MOST_MAXIMA
    for monomial, factor in () if many else size.terms:
        if len(monomial) == 1 and isinstance(monomial[0], Positive):
            rest = size - of({monomial: factor})
            several = [bounds(rest + factor * one, known) for one in (0, *monomial[0].sizes)]
            if factor > 0:  # it is at least each of them, and at most the largest
                low = max([low for low, _ in several if low is not None], default=None)
                return low, reduce(_wider, several)[1]
            high = min([high for _, high in several if high is not None], default=None)
            return reduce(_wider, several)[0], high
    return None


def _relaxed(size: Expression, known: Known) -> Interval:
    """The bounds of `d*size` with each `d*(x//d)` as x and less than d taken off, so that what cancels is gone."""
    floors = [(m[0], factor) for m, factor in size.terms if len(m) == 1 and isinstance(m[0], Floor)]
    by = {atom: atom.divisor for atom, _ in floors if isinstance(atom.divisor, int)}
    common = lcm(*by.values())
    whole: Size = size * common
    low, high = 0, 0
    for atom, factor in floors:
        times = factor * common // by[atom] if atom in by else 0
        whole = whole + (atom.numerator * times - of({(atom,): times * by.get(atom, 0)}))
        low, high = (end - edge(0, times) * (by.get(atom, 1) - 1) for end, edge in ((low, max), (high, min)))
    least, most = bounds(whole, known) if by else (None, None)
    return (
        None if least is None else -(-(least + low) // common),
        None if most is None else (most + high) // common,
    )


def _product(left: Interval, right: Interval) -> Interval:
    ends = [_times(a, b) for a in _ends(left) for b in _ends(right)]
    low, high = min(ends), max(ends)
    return None if low == -inf else int(low), None if high == inf else int(high)


def _ends(interval: Interval) -> tuple[float, float]:
    return -inf if interval[0] is None else interval[0], inf if interval[1] is None else interval[1]


def _times(left: float, right: float) -> float:
    """A product in which nothing times any number is nothing; integers stay integers."""
    if not left or not right:
        return 0
    return left * right if abs(left) != inf != abs(right) else inf if (left > 0) == (right > 0) else -inf


def _atom(atom: Atom, known: Known) -> Interval:
    match atom:
        case Symbol(name, context):
            return context.interval(name)
        case Positive(sizes):
            ends = [bounds(size, known) for size in sizes]
            highs = [high for _, high in ends if high is not None]
            return max(0, *(low or 0 for low, _ in ends)), max(0, *highs) if len(highs) == len(ends) else None
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
