"""Floor division of symbolic sizes, to one normal form."""

from __future__ import annotations

from math import gcd

from archdsl.sizes.size import Expression, Floor, Monomial, Size, of

_LARGEST = 2**128


def floor(numerator: Size, divisor: Size) -> Size:
    """`numerator // divisor`, rounded down. Raises ZeroDivisionError; asks for the sign of an open divisor."""
    if isinstance(divisor, Expression):
        return _by_size(numerator, divisor)
    assert isinstance(numerator, Expression)
    if divisor == 0:
        raise ZeroDivisionError
    return _by_number(-numerator, -divisor) if divisor < 0 else _by_number(numerator, divisor)


def _by_number(numerator: Size, divisor: int) -> Size:
    """What is whole comes out; what is left is divided by the common divisor of all its factors."""
    if isinstance(numerator, int):
        return numerator // divisor
    whole = of({monomial: factor // divisor for monomial, factor in numerator.terms})
    rest = of({monomial: factor % divisor for monomial, factor in numerator.terms})
    if isinstance(rest, int):
        return whole + rest // divisor
    common = gcd(divisor, *(factor for monomial, factor in rest.terms if monomial))
    if common > 1:
        rest = of({monomial: factor // common for monomial, factor in rest.terms})
        return whole + floor(rest, divisor // common)
    return whole + (_joined(rest, divisor) or Expression({(Floor(rest, divisor),): 1}))


def _joined(numerator: Size, divisor: int) -> Size | None:
    """`((T + 1)//2 + 3)//2` as `(T + 7)//4`: the floor of a floor is one floor; None of any other numerator."""
    if isinstance(numerator, int):
        return None
    rest = [(monomial, factor) for monomial, factor in numerator.terms if monomial]
    monomial, factor = rest[0]
    if len(rest) != 1 or factor != 1 or len(monomial) != 1 or not isinstance(monomial[0], Floor):
        return None
    inner, by = monomial[0]
    if not isinstance(by, int) or not isinstance(inner, Expression) or by * divisor >= _LARGEST:
        return None
    return floor(inner + _constant(numerator) * by, by * divisor)


def _constant(size: Expression) -> int:
    return next((factor for monomial, factor in size.terms if not monomial), 0)


# ---- by a size


def _by_size(numerator: Size, divisor: Expression) -> Size:
    """Terms that the divisor divides come out; the rest stays a floor."""
    if not divisor > 0:
        if not divisor < 0:
            raise ZeroDivisionError
        return floor(-numerator, -divisor)
    if isinstance(numerator, int):
        return _rest(numerator, divisor)
    times = _multiple(numerator, divisor)
    if times is not None:
        return times
    if len(divisor.terms) > 1:
        return _rest(numerator, divisor)
    (by, factor), whole, rest = divisor.terms[0], {}, {}
    for monomial, own in numerator.terms:
        left = _without(monomial, by)
        if left is not None and own % factor == 0:
            whole[left] = own // factor
        else:
            rest[monomial] = own
    return of(whole) + _rest(of(rest), divisor)


def _rest(numerator: Size, divisor: Expression) -> Size:
    if isinstance(numerator, int) and numerator >= 0:
        room = divisor - numerator - 1
        if numerator == 0 or (isinstance(room, Expression) and room.context.known(room, ">=")):
            return 0
    return Expression({(Floor(numerator, divisor),): 1})


def _multiple(numerator: Expression, divisor: Expression) -> int | None:
    """How many times the divisor the numerator is, where it is."""
    if len(numerator.terms) != len(divisor.terms):
        return None
    times = numerator.terms[0][1] // divisor.terms[0][1]
    return times if divisor * times == numerator else None


def _without(monomial: Monomial, by: Monomial) -> Monomial | None:
    """A product divided by another; None where that does not divide it."""
    left = list(monomial)
    for atom in by:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)
