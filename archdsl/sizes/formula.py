"""A symbolic size as text: `12*L*d**2 + 13*L*d`, as Python and people read it."""

from __future__ import annotations

from itertools import combinations, groupby
from math import prod

from archdsl.sizes.size import Atom, Expression, Floor, Monomial, Positive, Size, Symbol, of
from archdsl.typed import TypeAlias

_MOST_FACTORS = 4
Terms: TypeAlias = dict[Monomial, int]


def written(size: Expression) -> str:
    """The polynomial, its highest degree first; `3*(H - 2)*(W - 2)` for the four terms that it is."""
    terms = dict(size.terms)
    maxima = _maxima(terms)
    shifts = {monomial: _taken_out(monomial, terms) for monomial in dict(terms) if monomial}
    parts = [text for text in maxima if text.startswith("+")]
    for monomial, factor in terms.items():
        bare = factor > 0 or bool(parts)  # a sign in front of all binds more than //
        term = _term(monomial, abs(factor), abs(factor) == len(monomial) == 1 and bare, shifts.get(monomial, {}))
        parts.append(("- " if factor < 0 else "+ ") + term)
    text = " ".join([*parts, *(text for text in maxima if text.startswith("-"))])
    return text[2:] if text.startswith("+ ") else "-" + text[2:]


def _maxima(terms: Terms) -> list[str]:
    """`+ max(H, W)` for `W + max(0, H - W)`, which are taken out of the terms."""
    found: list[str] = []
    for monomial, factor in list(terms.items()):
        atom = monomial[0] if len(monomial) == 1 else None
        base = _base(atom) if isinstance(atom, Positive) else {}
        if isinstance(atom, Positive) and base and _hold(terms, base, factor):
            del terms[monomial]
            for other, own in base.items():
                terms[other] = terms.get(other, 0) - own * factor
                if not terms[other]:
                    del terms[other]
            sizes = ", ".join(str(of(base) + one) for one in (*atom.sizes, 0))
            found.append(f"{'- ' if factor < 0 else '+ '}{'' if abs(factor) == 1 else f'{abs(factor)}*'}max({sizes})")
    return found


def _hold(terms: Terms, base: Terms, factor: int) -> bool:
    """Whether so many times the base can be taken out; of several terms the constant need not be there."""
    wanted = {monomial: own * factor for monomial, own in base.items() if monomial or len(base) == 1}
    return all(abs(own) <= terms.get(monomial, 0) * (1 if own > 0 else -1) for monomial, own in wanted.items())


def _base(atom: Positive) -> Terms:
    """What must be added to the sizes of a maximum so that none has a negative term."""
    found: Terms = {}
    for size in atom.sizes:
        for monomial, factor in size.terms if isinstance(size, Expression) else ():
            if factor < 0:
                found[monomial] = max(found.get(monomial, 0), -factor)
    return found


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
        case Positive(sizes):
            return f"max(0, {', '.join(map(str, sizes))})"
        case Floor(numerator, divisor):
            return f"{_operand(numerator)}//{_operand(divisor)}"


def _operand(size: Size) -> str:
    text = str(size)
    return text if text.isalnum() else f"({text})"
