"""A symbolic size as text: `12*L*d**2 + 13*L*d`, as Python and people read it."""

from __future__ import annotations

from itertools import combinations, groupby
from math import prod
from typing import TypeAlias

from archdsl.sizes.size import Atom, Expression, Floor, Monomial, Positive, Size, Symbol

_MOST_FACTORS = 4
Terms: TypeAlias = dict[Monomial, int]


def written(size: Expression) -> str:
    """The polynomial, its highest degree first; `3*(H - 2)*(W - 2)` for the four terms that it is."""
    terms = dict(size.terms)
    shifts = {monomial: _taken_out(monomial, terms) for monomial in dict(terms) if monomial}
    parts: list[str] = []
    for monomial, factor in terms.items():
        bare = factor > 0 or bool(parts)  # a sign in front of all binds more than //
        term = _term(monomial, abs(factor), abs(factor) == len(monomial) == 1 and bare, shifts.get(monomial, {}))
        parts.append(("- " if factor < 0 else "+ ") + term)
    text = " ".join(parts)
    return text[2:] if text.startswith("+ ") else "-" + text[2:]


def _taken_out(monomial: Monomial, terms: Terms) -> dict[Atom, int]:
    """`H: -2, W: -2` where a term is the first of `c*(H - 2)*(W - 2)`, whose further terms are taken out of all."""
    if monomial not in terms or len(set(monomial)) < len(monomial) or not 2 <= len(monomial) <= _MOST_FACTORS:
        return {}
    factor = terms[monomial]
    beside = {atom: terms.get(_without(monomial, (atom,)), 0) for atom in monomial}
    shifts = {atom: own // factor for atom, own in beside.items() if own}
    further = {
        _without(monomial, left_out): factor * prod(shifts[atom] for atom in left_out)
        for count in range(1, len(shifts) + 1)
        for left_out in combinations(shifts, count)
    }
    constant = further.pop((), 0)
    if len(shifts) < 2 or any(terms.get(other) != own for other, own in further.items()):
        return {}
    for other in further:
        del terms[other]
    rest = terms.pop((), 0) - constant
    terms.update({(): rest} if rest else {})
    return shifts


def _without(monomial: Monomial, atoms: tuple[Atom, ...]) -> Monomial:
    return tuple(atom for atom in monomial if atom not in atoms)


def _term(monomial: Monomial, factor: int, alone: bool, shifts: dict[Atom, int]) -> str:
    if not monomial:
        return str(factor)
    powers = [_power(atom, len(list(same)), alone, shifts.get(atom, 0)) for atom, same in groupby(monomial)]
    return "*".join(powers if factor == 1 else [str(factor), *powers])


def _power(atom: Atom, times: int, alone: bool, shift: int) -> str:
    text = _atom(atom)
    if shift:
        return f"({text} {'+' if shift > 0 else '-'} {abs(shift)})"
    bracketed = f"({text})" if isinstance(atom, Floor) and not alone else text
    return bracketed if times == 1 else f"{bracketed}**{times}"


def _atom(atom: Atom) -> str:
    match atom:
        case Symbol(name, _):
            return name
        case Positive(size):
            return f"max(0, {size})"
        case Floor(numerator, divisor):
            return f"{_operand(numerator)}//{_operand(divisor)}"


def _operand(size: Size) -> str:
    text = str(size)
    return text if text.isalnum() else f"({text})"
