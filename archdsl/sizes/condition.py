"""Conditions on symbolic sizes: comparisons with 0, joined by `or`."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd

from archdsl.sizes.size import Expression, Floor, Positive, Size, Symbol, maximum, of, symbols, valued
from archdsl.typed import NamedTuple, TypeAlias

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
        case Positive(sizes):
            largest: Size = 0
            for size in sizes:
                largest = maximum(largest, replaced(size, atom, by))
            return largest
    return of({(each,): 1})
