"""Symbolic sizes in a simpler form, from what is known: equal sizes put in, and floors that divide without a rest."""

from __future__ import annotations

from collections.abc import Callable
from math import lcm

from archdsl.sizes.condition import replaced
from archdsl.sizes.maxima import largest
from archdsl.sizes.shortest import shortest
from archdsl.sizes.size import (
    Atom,
    Expression,
    Floor,
    Monomial,
    Positive,
    Size,
    Symbol,
    of,
    parts,
    symbols,
    total,
)
from archdsl.typed import TypeAlias

_MOST = 16  # times that the rules are used on one size
Rule: TypeAlias = tuple[Monomial, Size]  # a term, and what it is equal to
Rests: TypeAlias = Callable[
    [str], tuple[int, int] | None
]  # period and rest of a symbol, where all its numbers have one


class Rewritings:
    """Equal sizes to put in, each for a term: `2*h` for H, `H//2` for `(H + 1)//2`, `56*W` for `H*W`."""

    def __init__(self) -> None:
        self._symbols: dict[str, Size] = {}
        self._atoms: dict[Atom, Size] = {}
        self._products: list[Rule] = []

    def __len__(self) -> int:
        return len(self._symbols) + len(self._atoms) + len(self._products)

    def __copy__(self) -> Rewritings:
        """The same rules, to which others can be added."""
        found = Rewritings()
        found._symbols, found._atoms = dict(self._symbols), dict(self._atoms)
        found._products = list(self._products)
        return found

    def has(self, name: str) -> bool:
        """Whether a size is put in for a symbol."""
        return name in self._symbols

    def add(self, monomial: Monomial, by: Size) -> None:
        """From now on, put a size for a term; the first size for it stays."""
        if len(monomial) > 1:
            self._products.append((monomial, by))
        elif isinstance(monomial[0], Symbol):
            self._symbols.setdefault(monomial[0].name, by)
        else:
            self._atoms.setdefault(monomial[0], by)

    def applied(self, size: Size) -> Size:
        """A size with the equal ones put in."""
        for _ in range(_MOST if len(self) else 0):
            before = size
            size = self._once(size)
            if size == before or isinstance(size, int):
                break
        return size

    def _once(self, size: Size) -> Size:
        if isinstance(size, int):
            return size
        inside = symbols(size) if self._symbols else set()
        for name in [name for name in self._symbols if name in inside]:
            size = replaced(size, Symbol(name, size.context), self._symbols[name])
            if isinstance(size, int):
                return size
        if any(atom in self._atoms for monomial, _ in size.terms for atom in monomial):
            size = total(self._product(monomial, factor) for monomial, factor in size.terms)
        for monomial, by in self._products:
            size = _put(size, monomial, by)
        return size

    def _product(self, monomial: Monomial, factor: int) -> Size:
        found: Size = factor
        for atom in monomial:
            found = found * self._atoms.get(atom, of({(atom,): 1}))
        return found


def solved(size: Expression) -> Rule | None:
    """An equality solved for one of its terms, one of the highest degree with a factor of 1 or -1, a symbol first."""
    terms = sorted(size.terms, key=lambda term: (-len(term[0]), [not isinstance(atom, Symbol) for atom in term[0]]))
    for monomial, factor in terms:
        if monomial and abs(factor) == 1 and not _contains(size, monomial):
            return monomial, of({other: -factor * own for other, own in size.terms if other != monomial})
    return None


def _contains(size: Expression, monomial: Monomial) -> bool:
    """Whether what is left of an equality has the term inside, so that putting it in would not end."""
    rest = of({other: 1 for other, _ in size.terms if other != monomial})
    return isinstance(monomial[0], Symbol) and len(monomial) == 1 and monomial[0].name in symbols(rest)


def _put(size: Size, monomial: Monomial, by: Size) -> Size:
    """A size with another one for a product of several."""
    if isinstance(size, int):
        return size
    found: list[Size] = []
    for other, factor in size.terms:
        left = list(other)
        for atom in monomial:
            if atom not in left:
                found.append(of({other: factor}))
                break
            left.remove(atom)
        else:
            found.append(factor * of({tuple(left): 1}) * by)
    return total(found)


def tidied(size: Size, rests: Rests) -> Size:
    """`H//2` for `(H + 1)//2`, and H for `2*(H//2)`, where H is even; `(H + 1)//2` for `H - H//2` of every H."""
    if isinstance(size, int) or all(isinstance(atom, Symbol) for monomial, _ in size.terms for atom in monomial):
        return size
    found: list[Size] = []
    for monomial, factor in size.terms:
        product: Size = factor
        for atom in monomial:
            product = product * _tidied_atom(atom, rests)
        found.append(_cancelled(product, rests))
    return shortest(total(found))


def _tidied_atom(atom: Atom, rests: Rests) -> Size:
    if isinstance(atom, Symbol):
        return of({(atom,): 1})
    inner = [tidied(part, rests) for part in parts(atom)]
    if isinstance(atom, Positive):
        return largest([0, *inner])
    over, by = inner
    rest = _rest_of(over, by, rests) if isinstance(by, int) and isinstance(over, Expression) else None
    if rest is None or isinstance(over, int):
        return over // by
    constant = over.terms[-1][1] if not over.terms[-1][0] else 0
    return (over - constant) // by + (rest + constant) // by


def _rest_of(size: Expression, divisor: int, rests: Rests) -> int | None:
    """The rest of a size without its constant, where it is the same for every number of its symbols."""
    found = 0
    for monomial, factor in size.terms:
        if not monomial:
            continue
        head = monomial[0]
        rest = rests(head.name) if isinstance(head, Symbol) and len(monomial) == 1 else None
        if rest is None or rest[0] * factor % divisor:
            return None
        found += factor * rest[1]
    return found % divisor


def _cancelled(size: Size, rests: Rests) -> Size:
    """A product of a number and floors, without the floors whose divisor divides the number and leaves a known rest."""
    if isinstance(size, int) or len(size.terms) != 1:
        return size
    monomial, factor = size.terms[0]
    for atom in monomial:
        if isinstance(atom, Floor) and isinstance(atom.divisor, int) and factor % atom.divisor == 0:
            over = atom.numerator
            rest = _rest_of(over, atom.divisor, rests) if isinstance(over, Expression) else None
            if rest is not None and isinstance(over, Expression) and over.terms[-1][0]:
                others = list(monomial)
                others.remove(atom)
                return _cancelled((over - rest) * of({tuple(others): factor // atom.divisor}), rests)
    return size


def moduli(size: Size) -> dict[str, int]:
    """For each symbol in a floor by a number the number modulo which its rest decides what the floor comes to."""
    found: dict[str, int] = {}
    for monomial, _ in size.terms if isinstance(size, Expression) else ():
        for atom in monomial:
            times = atom.divisor if isinstance(atom, Floor) and isinstance(atom.divisor, int) else 1
            for part in parts(atom):
                inner = dict.fromkeys(symbols(part), 1) | moduli(part)
                found |= {name: lcm(found.get(name, 1), times * own) for name, own in inner.items()}
    return {name: period for name, period in sorted(found.items()) if period > 1}
