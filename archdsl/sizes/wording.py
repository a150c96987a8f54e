"""Conditions as a person writes them: `H >= 227`, `W % 32 == 0`, `H == W`, `T in [1, 2] or T >= 5`."""

from __future__ import annotations

from archdsl.sizes.condition import Clause, Literal, names_of
from archdsl.sizes.numbers import MOST_PERIOD, Numbers, TooMuch, between, rests
from archdsl.sizes.size import Expression, Floor, Size, of

_FEW = 6  # numbers that are listed


def worded(clause: Clause, found: Numbers | None = None, domain: Numbers | None = None) -> str:
    """A condition as text. `found` are its solutions where it is on one symbol, which may be any of `domain`."""
    if found is not None and domain is not None:
        try:
            text = _of_numbers(next(iter(names_of(clause))), found & domain, domain)
        except TooMuch:
            text = None
        if text is not None:
            return text
    return " or ".join(_of_literal(each) for each in clause)


# ---- one symbol


def _of_numbers(name: str, found: Numbers, domain: Numbers) -> str | None:
    """The shortest text whose numbers, within the domain, are these."""
    least, most = found.least(), found.most()
    if least is None:
        return None
    low = "" if least == domain.least() else f"{name} >= {least}"
    high = "" if most is None or most == domain.most() else f"{name} <= {most}"
    few = found.few(_FEW)
    if few is not None and len(few) == 1:
        return _among(name, few)
    inside = domain & between(least, most)
    if inside == found:
        return _joined(low, high)
    if few is not None:
        return _among(name, few)
    for around, bounds in ((domain, ()), (inside, (low, high))):
        periodic = _periodic(name, found, around)
        if periodic is not None:
            return _joined(*bounds, periodic)
    missing = (inside & ~found).few(_FEW)
    if missing is not None and len(missing) == 1:
        return _joined(low, high, f"{name} != {missing[0]}")
    return _with_single_ones(name, found, domain)


def _joined(*parts: str) -> str:
    return " and ".join(part for part in parts if part)


def _among(name: str, numbers: list[int]) -> str:
    return f"{name} == {numbers[0]}" if len(numbers) == 1 else f"{name} in {numbers}"


def _periodic(name: str, found: Numbers, inside: Numbers) -> str | None:
    """`W % 32 == 0`, where rests alone tell the numbers from the others."""
    periods = sorted({piece.period for piece in found.pieces} | {(found.rest() or (1, 0))[0]})
    for period in periods:
        if not 1 < period <= MOST_PERIOD:
            continue
        mask = 0
        for piece in found.pieces:
            stop = piece.start + max(period, piece.period)
            for number in range(piece.start, stop if piece.end is None else min(stop, piece.end)):
                mask |= piece.has(number) << number % period
        if inside & rests(period, mask) == found:
            return _rests(name, period, mask)
    return None


def _rests(name: str, period: int, mask: int) -> str | None:
    there = [rest for rest in range(period) if mask >> rest & 1]
    if len(there) == period - 1 > 1:
        return f"{name} % {period} != {next(rest for rest in range(period) if rest not in there)}"
    if len(there) > _FEW:
        return None
    return f"{name} % {period} {'==' if len(there) == 1 else 'in'} {there[0] if len(there) == 1 else there}"


def _with_single_ones(name: str, found: Numbers, domain: Numbers) -> str | None:
    """`T in [1, 2] or T >= 5`: a few numbers, and all from one on."""
    tail = found.pieces[-1]
    rest = domain & between(tail.start)
    below = (found & between(last=tail.start - 1)).few(_FEW)
    if below and (rest == found & between(tail.start)):
        return f"{_among(name, below)} or {name} >= {tail.start}"
    return None


# ---- any


def _of_literal(one: Literal) -> str:
    """A comparison with positive terms on each side; `X % N == r` where it is that."""
    size, relation = one
    divided = _remainder(size) if relation != ">=" else None
    if divided is not None:
        over, by, rest = divided
        return f"{_operand(over)} % {_operand(by)} {relation} {rest}"
    left = of({monomial: factor for monomial, factor in size.terms if factor > 0 and monomial})
    right = of({monomial: -factor for monomial, factor in size.terms if factor < 0 and monomial})
    constant = size.terms[-1][1] if not size.terms[-1][0] else 0
    if left == 0:
        return f"{right} {'<=' if relation == '>=' else relation} {constant}"
    if right != 0 and constant > 0:
        left, constant = left + constant, 0
    return f"{left} {relation} {right - constant}"


def _remainder(size: Expression) -> tuple[Size, Size, Size] | None:
    """X, N and r of `X - N*(X//N) - r`, or of its opposite."""
    for monomial, factor in size.terms:
        for atom in monomial:
            if not isinstance(atom, Floor):
                continue
            others = list(monomial)
            others.remove(atom)
            by = of({tuple(others): abs(factor)})
            rest = (size if factor < 0 else -size) + by * of({(atom,): 1}) - atom.numerator
            if by == atom.divisor and isinstance(rest, int):
                return atom.numerator, by, -rest
    return None


def _operand(size: Size) -> str:
    text = str(size)
    return text if text.isalnum() else f"({text})"
