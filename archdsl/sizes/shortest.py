"""Sums of floors in their shortest form: `(H + 1)//2` for `H - H//2`."""

from __future__ import annotations

from archdsl.sizes.size import Atom, Expression, Floor, Monomial, Size, Symbol, of, total

_MOST_TERMS = 16  # of a sum in which floors are exchanged


def shortest(size: Size) -> Size:
    """A sum with `n - 1 - (n*d - x - 1)//d` for some `x//d` where it is shorter then: `(H + 1)//2` for `H - H//2`."""
    if isinstance(size, int) or not 1 < len(size.terms) <= _MOST_TERMS:
        return size
    floors = {atom: None for monomial, _ in size.terms for atom in monomial if isinstance(atom, Floor)}
    if not floors:
        return size
    best: tuple[int, int, str, Size] = _length(size)
    for atom in floors:
        if isinstance(atom.divisor, int):
            other = -1 - (-atom.numerator - 1) // atom.divisor
            best = min(best, _length(total(_exchanged(term, atom, other) for term in size.terms)), key=_by_length)
    return size if best[3] == size else shortest(best[3])


def _length(size: Size) -> tuple[int, int, str, Size]:
    terms = size.terms if isinstance(size, Expression) else ()
    return len({atom for m, _ in terms for atom in m if not isinstance(atom, Symbol)}), len(terms), str(size), size


def _by_length(found: tuple[int, int, str, Size]) -> tuple[int, int, str]:
    return found[:3]


def _exchanged(term: tuple[Monomial, int], atom: Atom, by: Size) -> Size:
    """A term with a size for one of its atoms."""
    product: Size = term[1]
    for each in term[0]:
        product = product * (by if each == atom else of({(each,): 1}))
    return product
