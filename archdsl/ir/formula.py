"""A symbolic size as text: `12*L*d**2 + 13*L*d`, as Python and people read it."""

from __future__ import annotations

from itertools import groupby

from archdsl.ir.size import Atom, Expression, Floor, Monomial, Positive, Size, Symbol


def written(size: Expression) -> str:
    """The polynomial, its highest degree first."""
    parts = []
    for place, (monomial, factor) in enumerate(size.terms):
        alone = abs(factor) == len(monomial) == 1 and (factor > 0 or place > 0)  # a sign in front binds more than //
        parts.append(("- " if factor < 0 else "+ ") + _term(monomial, abs(factor), alone))
    text = " ".join(parts)
    return text[2:] if text.startswith("+ ") else "-" + text[2:]


def _term(monomial: Monomial, factor: int, alone: bool) -> str:
    if not monomial:
        return str(factor)
    powers = [_power(atom, len(list(same)), alone) for atom, same in groupby(monomial)]
    return "*".join(powers if factor == 1 else [str(factor), *powers])


def _power(atom: Atom, times: int, alone: bool) -> str:
    text = _atom(atom)
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
