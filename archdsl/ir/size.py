"""Sizes: whole numbers, and exact expressions over symbols such as `T` and `H`.

A symbolic size is a polynomial with whole coefficients over atoms; an atom is a symbol or the floor of a division. The
polynomial is its normal form: equal sizes are equal objects, `(H + 2 - 3)//2 + 1` twice and `2*H//2` against `H` alike.
Rules use + - * // % on `Size` and never ask which kind it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

MOST_TERMS = 64  # of a symbolic size, those inside its floors counted
_MOST_FACTORS = 16
_LARGEST_FACTOR = 2**62


class Undetermined(Exception):
    """A comparison whose answer depends on what a symbol stands for; `.size` is the difference that was asked about."""

    def __init__(self, size: Expression, question: str) -> None:
        self.size = size
        self.question = question
        super().__init__(question)


class Symbol(NamedTuple):
    """A size that the input brings; `least` is what `where` says of it, 1 without."""

    name: str
    least: int = 1


class Floor(NamedTuple):
    """`numerator // divisor`, not further reducible."""

    numerator: Expression
    divisor: int


Atom: TypeAlias = Symbol | Floor
Monomial: TypeAlias = tuple[Atom, ...]  # a product of atoms, sorted; () is 1


def _order(atom: Atom) -> tuple[str, str]:
    return (type(atom).__name__, str(atom))


class Expression:
    """A polynomial over symbols and floors, immutable and hashable."""

    __slots__ = ("_hash", "_text", "terms", "weight")

    def __init__(self, terms: dict[Monomial, int]) -> None:
        self.terms = tuple(sorted(terms.items(), key=_term_order)) if len(terms) > 1 else tuple(terms.items())
        self.weight = sum([1 + sum([_weight(atom) for atom in monomial]) for monomial in terms])  # all inside counted
        self._hash = hash(self.terms)
        self._text: str | None = None

    @property
    def unwieldy(self) -> bool:
        """Whether it is larger than any network needs, so that working with it would take long."""
        if self.weight > MOST_TERMS:
            return True
        return any(abs(factor) >= _LARGEST_FACTOR or len(monomial) > _MOST_FACTORS for monomial, factor in self.terms)

    # ---- identity

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.terms == other.terms

    def __hash__(self) -> int:
        return self._hash

    # ---- arithmetic

    def __add__(self, other: Size) -> Size:
        terms = dict(self.terms)
        for monomial, factor in _terms(other):
            terms[monomial] = terms.get(monomial, 0) + factor
        return _size(terms)

    __radd__ = __add__

    def __neg__(self) -> Size:
        return _size({monomial: -factor for monomial, factor in self.terms})

    def __sub__(self, other: Size) -> Size:
        return self + -other

    def __rsub__(self, other: Size) -> Size:
        return -self + other

    def __mul__(self, other: Size) -> Size:
        terms: dict[Monomial, int] = {}
        for left, a in self.terms:
            for right, b in _terms(other):
                monomial = tuple(sorted(left + right, key=_order))
                terms[monomial] = terms.get(monomial, 0) + a * b
        return _size(terms)

    __rmul__ = __mul__

    def __floordiv__(self, other: Size) -> Size:
        if not isinstance(other, int):
            raise Undetermined(other, f"{self} // {other}")
        if other == 0:
            raise ZeroDivisionError
        if other < 0:
            return -self // -other
        whole = {monomial: factor // other for monomial, factor in self.terms}
        rest = {monomial: factor % other for monomial, factor in self.terms}
        remainder = _size(rest)
        if isinstance(remainder, int):
            return _size(whole) + remainder // other
        joined = _joined(remainder, other)
        if joined is not None:
            return _size(whole) + joined
        return _size(whole) + Expression({(Floor(remainder, other),): 1})

    def __mod__(self, other: Size) -> Size:
        return self - (self // other) * other

    def __rfloordiv__(self, other: Size) -> Size:
        raise Undetermined(self, f"{other} // {self}")

    __rmod__ = __rfloordiv__

    # ---- comparisons: an answer for every value of the symbols, or Undetermined

    def __lt__(self, other: Size) -> bool:
        return _decide(other - self - 1, f"{self} < {other}")

    def __le__(self, other: Size) -> bool:
        return _decide(other - self, f"{self} <= {other}")

    def __gt__(self, other: Size) -> bool:
        return _decide(self - other - 1, f"{self} > {other}")

    def __ge__(self, other: Size) -> bool:
        return _decide(self - other, f"{self} >= {other}")

    def least(self) -> int | None:
        """The smallest value, or None where none is known."""
        total = 0
        for monomial, factor in self.terms:
            product = factor
            for atom in monomial:
                bound = _least(atom)
                if bound is None or bound < 0 or factor < 0:
                    return None
                product *= bound
            total += product
        return total

    # ---- text

    def __str__(self) -> str:
        if self._text is None:
            self._text = self._written()
        return self._text

    def _written(self) -> str:
        parts = []
        for monomial, factor in self.terms:
            size = abs(factor)
            alone = size == 1 and len(monomial) == 1
            text = "*".join(_atom_text(atom) if alone else _factor_text(atom) for atom in monomial)
            text = str(size) if not text else text if size == 1 else f"{size}*{text}"
            parts.append(("- " if factor < 0 else "+ ") + text)
        text = " ".join(parts)
        return text[2:] if text.startswith("+ ") else "-" + text[2:]

    def __repr__(self) -> str:
        return str(self)


Size: TypeAlias = int | Expression


def symbol(name: str, least: int = 1) -> Expression:
    """The size that a capital name of `input` stands for."""
    return Expression({(Symbol(name, least),): 1})


def symbols(size: Size) -> set[str]:
    """The names on which a size depends."""
    if isinstance(size, int):
        return set()
    names: set[str] = set()
    for monomial, _ in size.terms:
        for atom in monomial:
            names |= {atom.name} if isinstance(atom, Symbol) else symbols(atom.numerator)
    return names


def total(sizes: Iterable[Size]) -> Size:
    """The sum, in one go."""
    terms: dict[Monomial, int] = {}
    for size in sizes:
        for monomial, factor in _terms(size):
            terms[monomial] = terms.get(monomial, 0) + factor
    return _size(terms)


def same(left: Size, right: Size) -> bool:
    """Whether two sizes are equal for every value of the symbols; raises Undetermined where only for some."""
    if left == right:
        return True
    difference = left - right
    if isinstance(difference, int):
        return False
    for side in (difference, -difference):
        least = side.least() if isinstance(side, Expression) else side
        if least is not None and least > 0:
            return False
    raise Undetermined(difference, f"{left} == {right}")


def _joined(numerator: Expression, divisor: int) -> Size | None:
    """`((T + 1)//2 + 3)//2` as `(T + 7)//4`: the floor of a floor is one floor; None of any other numerator."""
    floors = [monomial for monomial, factor in numerator.terms if factor == 1 and len(monomial) == 1]
    rest = [term for term in numerator.terms if term[0] != ()]
    if len(rest) != 1 or len(floors) != 1 or not isinstance(floors[0][0], Floor):
        return None
    floor = floors[0][0]
    if floor.divisor * divisor >= _LARGEST_FACTOR:
        return None
    return (floor.numerator + dict(numerator.terms).get((), 0) * floor.divisor) // (floor.divisor * divisor)


def _weight(atom: Atom) -> int:
    return 1 if isinstance(atom, Symbol) else 1 + atom.numerator.weight


def _decide(difference: Size, question: str) -> bool:
    """Whether a difference is 0 or more."""
    if isinstance(difference, int):
        return difference >= 0
    least = difference.least()
    if least is not None and least >= 0:
        return True
    opposite = -difference
    most = opposite.least() if isinstance(opposite, Expression) else opposite
    if most is not None and most > 0:
        return False
    raise Undetermined(difference, question)


def _least(atom: Atom) -> int | None:
    if isinstance(atom, Symbol):
        return atom.least
    least = atom.numerator.least()
    return None if least is None else least // atom.divisor


def _terms(size: Size) -> tuple[tuple[Monomial, int], ...]:
    return (((), size),) if isinstance(size, int) else size.terms


def _size(terms: dict[Monomial, int]) -> Size:
    kept = {monomial: factor for monomial, factor in terms.items() if factor}
    if not kept:
        return 0
    if len(kept) == 1 and () in kept:
        return kept[()]
    return Expression(kept)


def _term_order(term: tuple[Monomial, int]) -> tuple[int, str]:
    monomial, _ = term
    return (-len(monomial), "*".join(map(_atom_text, monomial)))


def _factor_text(atom: Atom) -> str:
    return atom.name if isinstance(atom, Symbol) else f"({_atom_text(atom)})"


def _atom_text(atom: Atom) -> str:
    if isinstance(atom, Symbol):
        return atom.name
    numerator = str(atom.numerator)
    return f"({numerator})//{atom.divisor}" if " " in numerator or "*" in numerator else f"{numerator}//{atom.divisor}"
