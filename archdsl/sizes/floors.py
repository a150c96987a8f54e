"""Floor division of symbolic sizes, to one normal form."""

from __future__ import annotations

from math import gcd

from archdsl.sizes.bounds import bounds
from archdsl.sizes.maxima import alternatives, largest
from archdsl.sizes.shortest import shortest
from archdsl.sizes.size import Expression, Floor, Monomial, Size, Symbol, of

_LARGEST = 2**128
_MOST_TURNS = 16  # of a division by a sum


def floor(numerator: Size, divisor: Size) -> Size:
    """`numerator // divisor`, rounded down. Raises ZeroDivisionError; asks for the sign of an open divisor."""
    if isinstance(divisor, Expression):
        return _by_size(numerator, divisor)
    if divisor == 0:
        raise ZeroDivisionError
    return _by_number(-numerator, -divisor) if divisor < 0 else _by_number(numerator, divisor)


# ---- by a number


def _by_number(numerator: Size, divisor: int) -> Size:
    """What is whole comes out; what is left is divided by the common divisor of all its factors."""
    if isinstance(numerator, int):
        return numerator // divisor
    short = shortest(numerator)
    if short != numerator:
        return floor(short, divisor)
    several = alternatives(numerator)
    if len(several) > 1:
        return largest([_by_number(one, divisor) for one in several])
    known = _settled(numerator, divisor)
    if known is not None:
        return known
    whole = of({monomial: factor // divisor for monomial, factor in numerator.terms})
    rest = of({monomial: factor % divisor for monomial, factor in numerator.terms})
    if isinstance(rest, int):
        return whole + rest // divisor
    common = gcd(divisor, *(factor for monomial, factor in rest.terms if monomial))
    if common > 1:
        rest = of({monomial: factor // common for monomial, factor in rest.terms})
        return whole + floor(rest, divisor // common)
    joined = _joined(rest, divisor)
    return whole + (Expression({(Floor(rest, divisor),): 1}) if joined is None else joined)


def _settled(numerator: Expression, divisor: int) -> Size | None:
    """The quotient where what is left of it lies between two multiples of the divisor; None where it may not.

    Factors are divided towards 0, so that `H - 2*(H//2)` stays what it is, 0 or 1.
    """
    inside = [atom for monomial, _ in numerator.terms for atom in monomial]
    if all(isinstance(atom, Symbol) and atom.context.interval(atom.name)[1] is None for atom in inside):
        return None
    whole = {monomial: _towards_zero(factor, divisor) for monomial, factor in numerator.terms}
    rest = numerator - divisor * of(whole)
    low, high = bounds(rest)
    if low is None or high is None or low // divisor != high // divisor:
        return None
    return of(whole) + low // divisor


def _towards_zero(factor: int, divisor: int) -> int:
    return factor // divisor if factor >= 0 else -(-factor // divisor)


def _joined(numerator: Size, divisor: Size) -> Size | None:
    """`((T + 1)//2 + 3)//2` as `(T + 7)//4`: a floor in a floor is one floor; None of none or several in it."""
    terms = numerator.terms if isinstance(numerator, Expression) else ()
    inner = [(monomial, factor) for monomial, factor in terms if monomial and isinstance(monomial[0], Floor)]
    if len(inner) != 1 or len(inner[0][0]) > 1 or inner[0][1] != 1:
        return None
    atom = inner[0][0][0]
    assert isinstance(atom, Floor)
    if isinstance(atom.divisor, int) and isinstance(divisor, int) and atom.divisor * divisor >= _LARGEST:
        return None
    beside = numerator - of({(atom,): 1})
    return floor(atom.numerator + beside * atom.divisor, atom.divisor * divisor)


# ---- by a size


def _by_size(numerator: Size, divisor: Expression) -> Size:
    """Terms that the divisor divides come out; the rest, without what both have in common, stays a floor."""
    if not divisor > 0:
        if not divisor < 0:
            raise ZeroDivisionError
        return floor(-numerator, -divisor)
    whole, rest = _divided(numerator, divisor)
    rest, divided = _reduced(rest, divisor)
    if isinstance(divided, int):
        return whole + floor(rest, divided)
    for least, quotient in ((rest, 0), (rest + divided, -1)):
        if _is_known(least) and _is_known(divided - 1 - least):
            return whole + quotient
    joined = _joined(rest, divided)
    return whole + (Expression({(Floor(rest, divided),): 1}) if joined is None else joined)


def _divided(numerator: Size, divisor: Expression) -> tuple[Size, Size]:
    """How many times the first term of the divisor comes out of the numerator, and what is left."""
    whole: Size = 0
    rest = numerator
    for _ in range(_MOST_TURNS):
        times = _times(rest, *divisor.terms[0])
        if times == 0:
            break
        whole, rest = whole + times, rest - times * divisor
    if len(divisor.terms) > 1 and isinstance(rest, Expression) and len(rest.terms) >= _length(numerator):
        return 0, numerator
    return whole, rest


def _times(size: Size, by: Monomial, factor: int) -> Size:
    """What of a size a term divides, divided by it."""
    terms = size.terms if isinstance(size, Expression) else ()
    found = {_without(monomial, by): own // factor for monomial, own in terms if own % factor == 0}
    return of({monomial: own for monomial, own in found.items() if monomial is not None})


def _length(size: Size) -> int:
    return len(size.terms) if isinstance(size, Expression) else 1


def _reduced(numerator: Size, divisor: Expression) -> tuple[Size, Size]:
    """Numerator and divisor without a number, and without sizes, by which every term of both is divided."""
    terms = numerator.terms if isinstance(numerator, Expression) else (((), numerator),)
    common = gcd(*(factor for _, factor in divisor.terms), *(factor for monomial, factor in terms if monomial))
    over = of({monomial: factor // common for monomial, factor in terms})
    by = of({monomial: factor // common for monomial, factor in divisor.terms})
    for atom in divisor.terms[0][0]:
        left = _all_without(over, atom), _all_without(by, atom)
        if left[0] is not None and left[1] is not None and _is_known(of({(atom,): 1}) - 1):
            over, by = left  # type: ignore[assignment]
    return over, by


def _all_without(size: Size, atom: object) -> Size | None:
    """A size divided by an atom; None where that does not divide every term."""
    if isinstance(size, int):
        return 0 if size == 0 else None
    found = {_without(monomial, (atom,)): factor for monomial, factor in size.terms}  # type: ignore[arg-type]
    return None if None in found else of(found)  # type: ignore[arg-type]


def _is_known(size: Size) -> bool:
    """Whether a size is surely 0 or more."""
    return size >= 0 if isinstance(size, int) else size.context.known(size, ">=") is True


def _without(monomial: Monomial, by: Monomial) -> Monomial | None:
    """A product divided by another; None where that does not divide it."""
    left = list(monomial)
    for atom in by:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)
