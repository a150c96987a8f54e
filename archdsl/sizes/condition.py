"""Conditions on open sizes: comparisons with 0, joined by `or`, and the numbers for which they hold."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd
from typing import NamedTuple, TypeAlias

from archdsl.sizes.numbers import ALL, MOST_PERIOD, Numbers, TooMuch, exactly, from_starts, rests
from archdsl.sizes.size import Expression, Floor, Positive, Size, Symbol, of, symbols, valued

_MOST_WORK = 50_000  # parts of a size that are worked out to find its solutions
_OPPOSITE = {"==": "!=", "!=": "=="}


class Literal(NamedTuple):
    """`size >= 0`, `size == 0` or `size != 0`."""

    size: Expression
    relation: str

    def holds(self, numbers: Mapping[str, int]) -> bool:
        """Whether it is so where the symbols have these values."""
        return compared(valued(self.size, numbers), self.relation)

    def negated(self) -> Literal:
        """The opposite."""
        if self.relation == ">=":
            return Literal(-self.size - 1, ">=")  # type: ignore[arg-type]
        return Literal(self.size, _OPPOSITE[self.relation])


Clause: TypeAlias = tuple[Literal, ...]  # one of them holds


def compared(number: int, relation: str) -> bool:
    """A number compared with 0."""
    return number >= 0 if relation == ">=" else (number == 0) == (relation == "==")


def literal(size: Size, relation: str) -> Literal | bool:
    """A comparison with 0 in its normal form: divided by what divides it, with the first term positive if it may be."""
    if isinstance(size, int):
        return compared(size, relation)
    common = gcd(*(factor for monomial, factor in size.terms if monomial))
    constant = size.terms[-1][1] if not size.terms[-1][0] else 0
    if relation != ">=" and constant % common:
        return relation == "!="
    if common > 1:
        size = of({monomial: factor // common for monomial, factor in size.terms})
    if relation != ">=" and isinstance(size, Expression) and size.terms[0][1] < 0:
        size = -size
    assert isinstance(size, Expression)
    return Literal(size, relation)


def names_of(clause: Clause) -> set[str]:
    """The symbols of which a condition speaks."""
    return set().union(*(symbols(each.size) for each in clause))


# ---- the numbers of one symbol for which a condition holds


def solutions(clause: Clause, name: str) -> Numbers | None:
    """The numbers for which a condition on one symbol holds; None where it is not linear, or would take too long."""
    try:
        found = ~ALL
        for each in clause:
            found = found | _numbers(each, name)
    except TooMuch:
        return None
    return found


def _numbers(one: Literal, name: str) -> Numbers:
    size, relation = one
    switch = _positive(size)
    if switch is not None:
        return _either(one, switch, name)
    if relation == "!=":
        return ~_numbers(one.negated(), name)
    period, slope = _period(size)
    values = [valued(size, {name: number}) for number in range(period)]
    if relation == "==":
        return _zeros(values, period, slope)
    if slope < 0:
        return ~_numbers(one.negated(), name)
    if slope == 0:
        return rests(period, sum(1 << number for number, value in enumerate(values) if value >= 0))
    return from_starts([number + period * -(value // slope) for number, value in enumerate(values)])


def _zeros(values: list[int], period: int, slope: int) -> Numbers:
    if slope == 0:
        return rests(period, sum(1 << number for number, value in enumerate(values) if value == 0))
    return exactly(number - value // slope * period for number, value in enumerate(values) if value % slope == 0)


def _either(one: Literal, switch: Positive, name: str) -> Numbers:
    """With a `max` inside: the numbers where its size counts, and those where 0 does."""
    above = _numbers(Literal(switch.size, ">="), name)
    found = ~ALL
    for region, size in ((above, switch.size), (~above, 0)):
        chosen = literal(replaced(one.size, switch, size), one.relation)
        inside = (ALL if chosen else ~ALL) if isinstance(chosen, bool) else _numbers(chosen, name)
        found = found | (region & inside)
    return found


def _positive(size: Size) -> Positive | None:
    """A `max` inside a size, an innermost one."""
    for monomial, _ in size.terms if isinstance(size, Expression) else ():
        for atom in monomial:
            inner = [_positive(part) for part in atom if isinstance(part, Expression)]
            found = next((one for one in inner if one is not None), None)
            if found is not None or isinstance(atom, Positive):
                return found or atom  # type: ignore[return-value]
    return None


def replaced(size: Size, atom: Symbol | Positive, by: Size) -> Size:
    """A size with another one in the place of an atom."""
    if isinstance(size, int):
        return size
    found: Size = 0
    for monomial, factor in size.terms:
        product: Size = factor
        for each in monomial:
            product = product * (by if each == atom else _inside(each, atom, by))
        found = found + product
    return found


def _inside(each: Symbol | Floor | Positive, atom: Symbol | Positive, by: Size) -> Size:
    match each:
        case Floor(numerator, divisor):
            return replaced(numerator, atom, by) // replaced(divisor, atom, by)
        case Positive(size):
            inner = replaced(size, atom, by)
            return max(0, inner) if isinstance(inner, int) else of({(Positive(inner),): 1})
    return of({(each,): 1})


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
            if period > MOST_PERIOD or period * size.weight > _MOST_WORK:
                raise TooMuch
    return period, sum(factor * slope * (period // own) for own, slope, factor in found)


def _atom_period(atom: Symbol | Floor | Positive) -> tuple[int, int]:
    if isinstance(atom, Symbol):
        return 1, 1
    if isinstance(atom, Positive) or not isinstance(atom.divisor, int) or not isinstance(atom.numerator, Expression):
        raise TooMuch
    period, slope = _period(atom.numerator)
    times = atom.divisor // gcd(slope, atom.divisor)
    return period * times, slope * times // atom.divisor
