"""The largest of symbolic sizes, to one normal form: `W + max(0, H - W)`, whatever the order in which they came."""

from __future__ import annotations

from functools import cmp_to_key
from math import gcd

from archdsl.sizes.size import Expression, Positive, Size, Undetermined, of

_MOST = 8  # sizes of which the largest is asked at once


def maximum(left: Size, right: Size) -> Size:
    """The larger of two sizes."""
    found = [*alternatives(left), *alternatives(right)]
    return largest(found if len(found) <= _MOST else [left, right])


def alternatives(size: Size) -> list[Size]:
    """The sizes of which one is the largest, where a size is just that: W and H of `W + max(0, H - W)`."""
    terms = size.terms if isinstance(size, Expression) else ()
    maxima = [(m[0], factor) for m, factor in terms if len(m) == 1 and isinstance(m[0], Positive)]
    if len(maxima) != 1 or maxima[0][1] < 0:
        return [size]
    ((atom, factor),) = maxima
    base = size - of({(atom,): factor})
    return [base, *(base + factor * other for other in atom.sizes)]


def largest(sizes: list[Size]) -> Size:
    """The largest of several sizes; those that never are it are left out."""
    kept: list[Size] = []
    for one in dict.fromkeys(sizes):
        if not any(_reaches(other, one) for other in kept):
            kept = [other for other in kept if not _reaches(one, other)] + [one]
    if len(kept) == 1:
        return kept[0]
    base, *others = sorted(kept, key=cmp_to_key(_compared))
    above = [other - base for other in others]
    common = gcd(*(factor for size in above if isinstance(size, Expression) for _, factor in size.terms))
    inner = tuple(size // common for size in above)
    found = Expression({(Positive(inner),): common})
    if found.weight > found.context.limits.terms:
        raise Undetermined(f"the largest is {found.weight:,} terms long, and so whether another is larger")
    return base + found


def _reaches(left: Size, right: Size) -> bool:
    """Whether one size is never less than another."""
    difference = left - right
    if isinstance(difference, int):
        return difference >= 0
    return difference.context.known(difference, ">=") is True


def _compared(left: Size, right: Size) -> int:
    """The order in which sizes are listed: by their first terms."""
    difference = left - right
    first = difference if isinstance(difference, int) else difference.terms[0][1]
    return 1 if first > 0 else -1 if first < 0 else 0
