"""Conditions as a person writes them: `H >= 227`, `W % 32 == 0`, `H == W`, `T in [1, 2] or T >= 5`."""

from __future__ import annotations

from archdsl.sizes.condition import Clause, Literal, names_of
from archdsl.sizes.joining import MOST_RESTS
from archdsl.sizes.numbers import NumberRange, Numbers, between, periodic
from archdsl.sizes.residues import Residues, TooMuch, either, inverted, of_rests, period_of
from archdsl.sizes.size import Expression, Floor, Size, of

_FEW = MOST_RESTS  # numbers that are listed


def worded(clause: Clause, found: Numbers | None = None, domain: Numbers | None = None) -> str:
    """A condition as text. `found` are its solutions where it is on one symbol, which may be any of `domain`."""
    if found is not None and domain is not None:
        try:
            text = _of_numbers(next(iter(names_of(clause))), found & domain, domain, found)
        except TooMuch:
            text = None
        if text is not None:
            return text
    return " or ".join(_of_literal(each) for each in clause)


# ---- one symbol


def _of_numbers(name: str, found: Numbers, domain: Numbers, wide: Numbers) -> str | None:
    """The shortest text whose numbers, within the domain, are these; `wide` has more outside of it."""
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
        rests = _periodic(name, found, around, wide)
        if rests is not None:
            return _joined(*bounds, rests)
    missing = (inside & ~found).few(_FEW)
    if missing is not None and len(missing) == 1:
        return _joined(low, high, f"{name} != {missing[0]}")
    return _with_single_ones(name, found, domain)


def _joined(*parts: str) -> str:
    return " and ".join(part for part in parts if part)


def _among(name: str, numbers: list[int]) -> str:
    return f"{name} == {numbers[0]}" if len(numbers) == 1 else f"{name} in {numbers}"


def _periodic(name: str, found: Numbers, inside: Numbers, wide: Numbers) -> str | None:
    """`W % 32 == 0`, where rests alone tell the numbers from the others."""
    rest = found.rest()
    several = [_rests_in(wide), _rests_in(found), *([of_rests(rest[0], {rest[1]})] if rest is not None else [])]
    right = [_rests(name, one) for one in several if one is not True and inside & periodic(one) == found]
    return min((each for each in right if each is not None), default=(0, 0, None))[2]


def _rests_in(numbers: Numbers) -> Residues:
    """The rests of some numbers, each stretch as if it had no ends."""
    residues: Residues = False
    for piece in numbers.pieces:
        residues = either(residues, piece.residues)
    return residues


def _rests(name: str, residues: Residues) -> tuple[int, int, str] | None:
    """How many rests are listed, of which period, and the text."""
    period = period_of(residues)
    there, missing = (_first_rests(one, period) for one in (residues, inverted(residues)))
    if len(missing) == 1 and period > 2:
        return 1, period, f"{name} % {period} != {missing[0]}"
    if len(there) == 1:
        return 1, period, f"{name} % {period} == {there[0]}"
    return (len(there), period, f"{name} % {period} in {there}") if len(there) <= _FEW else None


def _first_rests(residues: Residues, period: int) -> list[int]:
    """The smallest rests, one more than are listed."""
    return NumberRange(0, period, residues).few(_FEW + 1)


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
