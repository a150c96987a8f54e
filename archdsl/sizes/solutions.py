"""The numbers of one symbol for which a condition holds: exact sets where the condition is linear, floors included."""

from __future__ import annotations

from math import gcd

from archdsl.sizes.condition import Clause, Literal, literal, replaced
from archdsl.sizes.free import freed
from archdsl.sizes.numbers import ALL, Numbers, between, exactly, periodic
from archdsl.sizes.residues import Residues, TooMuch, along, by_digit, choice, of_rests, primes
from archdsl.sizes.size import (
    Expression,
    Floor,
    Positive,
    Size,
    Symbol,
    Undetermined,
    of,
    parts,
    symbols,
    valued,
)
from archdsl.typed import TypeAlias

_MOST_WORK = 50_000  # parts of a size that are worked out
_LISTED = 32  # a period of which the rests are tried one by one
Rests: TypeAlias = dict[Literal, Residues]  # those with which a comparison holds that is about rests alone


def solutions(clause: Clause, name: str, known: Rests | None = None) -> Numbers | None:
    """The numbers for which a condition on one symbol holds; None where it is not linear, or would take too long.

    `known` are the rests that were found for comparisons before, so that a chain of them shares its work.
    """
    known = {} if known is None else known
    try:
        found = ~ALL
        for each in clause:
            found = found | _where(freed(each.size, name), each.relation, name, known)
    except (TooMuch, Undetermined):
        return None
    return found


def _numbers(one: Literal, name: str, known: Rests) -> Numbers:
    size, relation = one
    switch = _positive(size)
    if switch is not None:
        return _either(one, switch, name, known)
    if relation == "!=":
        return ~_numbers(one.negated(), name, known)
    _, slope = _period(size)
    if slope == 0:
        return periodic(_rests(one, known))
    if slope < 0 and relation == ">=":
        return ~_numbers(one.negated(), name, known)
    return _crossing(one if slope > 0 else Literal(-size, relation), name)  # type: ignore[arg-type]


def _rests(one: Literal | bool, known: Rests) -> Residues:
    """The rests with which a comparison holds that is about rests alone: digit by digit of the symbol."""
    if isinstance(one, bool):
        return one
    if one not in known:
        if len(known) > _MOST_WORK:
            raise TooMuch
        known[one] = _found_rests(one, known)
    return known[one]


def _found_rests(one: Literal, known: Rests) -> Residues:
    period, _ = _period(one.size)
    divisors = _divisors(one.size)
    if period <= _LISTED or (len(divisors) > 1 and _is_prime(period)):
        return _listed(one, period)
    found = _of_one_rest(one) if len(divisors) == 1 else None
    if found is not None:
        return found
    common = gcd(*divisors)
    starts = _starts(one.size, common) if common > 1 else None
    if starts is not None:
        stops = [*starts[1:], common]
        return choice(common, zip(stops, [_behind(one, common, at, known) for at in starts], strict=True))
    base = next(primes(common if common > 1 else period))
    return by_digit(base, lambda digit: _behind(one, base, digit, known))


def _of_one_rest(one: Literal) -> Residues | None:
    """The rests of `n - D*((n + c)//D) + e`, which is the rest of n + c, and a number; None of any other size."""
    (bare, factor), (over, _), *rest = (*one.size.terms, ((), 0))
    if isinstance(bare[0], Floor):
        (over, _), (bare, factor), *rest = (*one.size.terms, ((), 0))
    floor = over[0] if over else None
    if not isinstance(floor, Floor) or not isinstance(bare[0], Symbol) or abs(factor) != 1:
        return None
    shift = floor.numerator - of({bare: 1})
    if not isinstance(shift, int) or not isinstance(floor.divisor, int):
        return None
    equal = shift - factor * rest[0][1]  # the rest with which the size is 0
    low, high = (equal, equal + 1) if one.relation == "==" else (equal, floor.divisor) if factor > 0 else (0, equal + 1)
    low, high = max(0, low), min(floor.divisor, high)
    if low >= high:
        return False
    edges = ((low, False), (high, True), (floor.divisor, False))
    return along(choice(floor.divisor, [edge for edge in edges if edge[0]]), 1, shift)


def _starts(size: Expression, common: int) -> list[int] | None:
    """The rests modulo a common divisor of all floors from which on they move up by one; None of nested ones."""
    found = {0}
    for monomial, _ in size.terms:
        for atom in monomial:
            numerator = atom.numerator if isinstance(atom, Floor) else None
            if not isinstance(numerator, Expression) or not isinstance(numerator.terms[0][0][0], Symbol):
                return None
            (_, slope), *others = numerator.terms
            shift = others[0][1] if others else 0
            if len(others) > 1 or (others and others[0][0]) or not 0 < slope <= _LISTED:
                return None
            found |= {-((shift % common - common * turn) // slope) for turn in range(1, slope + 1)}
    return sorted(rest for rest in found if rest < common)


def _is_prime(period: int) -> bool:
    return next(primes(period)) == period


def _listed(one: Literal, period: int) -> Residues:
    if period * one.size.weight > _MOST_WORK:
        raise TooMuch
    (name,) = symbols(one.size)
    return of_rests(period, {number for number in range(period) if one.holds({name: number})})


def _behind(one: Literal, base: int, digit: int, known: Rests) -> Residues:
    """The rests of what stands before the last digit, where that is given."""
    (name,) = symbols(one.size)
    itself = Symbol(name, one.size.context)
    return _rests(literal(replaced(one.size, itself, of({(itself,): base, (): digit})), one.relation), known)


def _divisors(size: Size) -> list[int]:
    """The numbers by which is divided, floors within floors left out."""
    terms = size.terms if isinstance(size, Expression) else ()
    return [atom.divisor for monomial, _ in terms for atom in monomial if isinstance(atom, Floor)]  # type: ignore[misc]


def _crossing(one: Literal, name: str) -> Numbers:
    """The numbers for which a size that grows with its symbol is 0 or more, or 0."""
    size, relation = one
    if _steady(size):
        first = _first(size, name)
        return between(first) if relation == ">=" else between(first, _first(size - 1, name) - 1)  # type: ignore[arg-type]
    slope, low, high, _ = _line(size)
    first, behind = -(high // slope), -(low // slope)  # below the first it is less than 0, and beyond it more
    if (behind - first) * size.weight > _MOST_WORK:
        raise TooMuch
    inside = [number for number in range(first, behind + 1) if one.holds({name: number})]
    return exactly(inside) if relation == "==" else exactly(inside) | between(behind)


def _first(size: Expression, name: str) -> int:
    """The smallest number with which a size that never falls is 0 or more."""
    slope, low, high, _ = _line(size)
    first, behind = -(high // slope), -(low // slope)
    while first < behind:
        middle = (first + behind) // 2
        first, behind = (first, middle) if valued(size, {name: middle}) >= 0 else (middle + 1, behind)
    return first


def _steady(size: Size) -> bool:
    """Whether a size never falls where its symbol grows."""
    terms = size.terms if isinstance(size, Expression) else ()
    inner = [atom.numerator for monomial, _ in terms for atom in monomial if isinstance(atom, Floor)]
    return all(factor > 0 for monomial, factor in terms if monomial) and all(map(_steady, inner))


def _line(size: Size) -> tuple[int, int, int, int]:
    """a, low, high and d of a size that lies between (a*n + low)/d and (a*n + high)/d."""
    slope, low, high, over = 0, 0, 0, 1
    for monomial, factor in size.terms if isinstance(size, Expression) else (((), size),):
        own = _line_of(monomial[0]) if monomial else (0, 1, 1, 1)
        common = over * own[3] // gcd(over, own[3])
        ends = [factor * end * (common // own[3]) for end in own[1:3]]
        slope = slope * (common // over) + factor * own[0] * (common // own[3])
        low, high, over = low * (common // over) + min(ends), high * (common // over) + max(ends), common
    return slope, low, high, over


def _line_of(atom: Symbol | Floor | Positive) -> tuple[int, int, int, int]:
    if isinstance(atom, Symbol):
        return 1, 0, 0, 1
    assert isinstance(atom, Floor)
    assert isinstance(atom.divisor, int)
    slope, low, high, over = _line(atom.numerator)
    return slope, low - (atom.divisor - 1) * over, high, over * atom.divisor


def _either(one: Literal, switch: Positive, name: str, known: Rests) -> Numbers:
    """With a `max` inside: for each of its sizes the numbers with which it is the largest."""
    found, sizes = ~ALL, (0, *switch.sizes)
    for size in sizes:
        inside = _where(replaced(one.size, switch, size), one.relation, name, known)
        for other in sizes:
            inside = inside & _where(size - other, ">=", name, known)
        found = found | inside
    return found


def _where(size: Size, relation: str, name: str, known: Rests) -> Numbers:
    one = literal(size, relation)
    return (ALL if one else ~ALL) if isinstance(one, bool) else _numbers(one, name, known)


def _positive(size: Size) -> Positive | None:
    """A `max` inside a size, an innermost one."""
    for monomial, _ in size.terms if isinstance(size, Expression) else ():
        for atom in monomial:
            inner = [_positive(part) for part in parts(atom)]
            found = next((one for one in inner if one is not None), None)
            if found is not None or isinstance(atom, Positive):
                return found or atom  # type: ignore[return-value]
    return None


def _period(size: Expression) -> tuple[int, int]:
    """Period p and slope s: the size at n + p is that at n, and s. Raises TooMuch where it is not linear."""
    period = 1
    found: list[tuple[int, int, int]] = []
    for monomial, factor in size.terms:
        if len(monomial) > 1:
            raise TooMuch
        for atom in monomial:
            own, slope = _atom_period(atom)
            found.append((own, slope, factor))
            period = period * own // gcd(period, own)
    return period, sum(factor * slope * (period // own) for own, slope, factor in found)


def _atom_period(atom: Symbol | Floor | Positive) -> tuple[int, int]:
    if isinstance(atom, Symbol):
        return 1, 1
    if isinstance(atom, Positive) or not isinstance(atom.divisor, int) or not isinstance(atom.numerator, Expression):
        raise TooMuch
    period, slope = _period(atom.numerator)
    times = atom.divisor // gcd(slope, atom.divisor)
    return period * times, slope * times // atom.divisor
