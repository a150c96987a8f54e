"""Conditions that a network needs, as few as say the same: those on the rests of one symbol are one condition."""

from __future__ import annotations

from archdsl.sizes.condition import Clause, Literal, literal, names_of
from archdsl.sizes.numbers import NumberRange, Numbers, periodic
from archdsl.sizes.residues import Residues, TooMuch, both, period_of
from archdsl.sizes.size import Symbol, of
from archdsl.typed import Any, NamedTuple

MOST_RESTS = 6  # that are listed
_MOST_BESIDE = 8  # conditions from which another is concluded


class Required(NamedTuple):
    """A condition that the network needs: what needs it and, on one symbol, its solutions among what `where` allows."""

    clause: Clause
    note: Any
    solutions: Numbers | None
    domain: Numbers | None


def joined(found: list[Required]) -> list[Required]:
    """The conditions with those on the rests of a symbol as one, and without those that all others imply together."""
    groups: dict[str, list[Required]] = {}
    for one in found:
        if _rests_of(one) is not None:
            groups.setdefault(next(iter(names_of(one.clause))), []).append(one)
    for group in groups.values():
        whole = _one_of(group) if len(group) > 1 else None
        if whole is not None:
            last = found.index(group[-1])
            found = [whole if at == last else one for at, one in enumerate(found) if at == last or one not in group]
    return _without_implied(found)


def _rests_of(one: Required) -> Residues | None:
    """The rests that a condition allows, where it is about nothing else."""
    pieces = one.solutions.pieces if one.solutions is not None else ()
    return pieces[0].residues if len(pieces) == 1 and periodic(pieces[0].residues) == one.solutions else None


def _one_of(group: list[Required]) -> Required | None:
    """One condition for several on the rests of a symbol, with what needs the longest period; None of many rests."""
    residues: Residues = True
    try:
        for one in group:
            residues = both(residues, _rests_of(one) or False)
        longest = max(group, key=lambda one: period_of(_rests_of(one) or False))
        clause = _listed(residues, group[0]) or _listed(both(residues, _domain_of(group[0])), group[0])
    except TooMuch:
        return None
    return Required(clause, longest.note, periodic(residues), longest.domain) if clause else None


def _domain_of(one: Required) -> Residues:
    """The rests that a symbol may have at all."""
    pieces = one.domain.pieces if one.domain is not None else ()
    return pieces[0].residues if len(pieces) == 1 else True


def _listed(residues: Residues, one: Required) -> Clause | None:
    """That the symbol of a condition has one of some rests; None where they are many."""
    period = period_of(residues)
    there = NumberRange(0, period, residues).few(MOST_RESTS + 1)
    if not 0 < len(there) <= MOST_RESTS:
        return None
    (name,) = names_of(one.clause)
    symbol = of({(Symbol(name, one.clause[0].size.context),): 1})
    clause = [literal(symbol % period - rest, "==") for rest in there]
    return tuple(each for each in clause if isinstance(each, Literal))


def _without_implied(found: list[Required]) -> list[Required]:
    """The conditions without those that the others on the same symbol imply."""
    for one in list(found):
        beside = [other for other in found if other is not one and other.domain is one.domain and other.solutions]
        if one.solutions is None or one.domain is None or not 0 < len(beside) <= _MOST_BESIDE:
            continue
        allowed = one.domain
        try:
            for other in beside:
                allowed = allowed & other.solutions  # type: ignore[operator]
            found = [other for other in found if other is not one or not allowed.within(one.solutions)]
        except TooMuch:
            continue
    return found
