"""Periodic sets of integers: which rests modulo a period belong to a set, read digit by digit from the lowest.

A set is all (True), nothing (False), or a node: with `n = base*k + digit`, the digit of n leads to the set in which k
must be. Digits that lead to the same set are kept by their ends, so that `H % 2**32 in [0, 2**32 - 1]` is one node of
three edges, and a set with a short period in one with a long period a node that leads to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from math import gcd, lcm

from archdsl.typed import TypeAlias

_MOST_DIGITS = 4_096  # of one base that are looked at one by one
_MOST_TRIED = 1_024  # digits that are tried for themselves, since the other set has other primes in its period
_MOST_SOLVED = 64  # digits for which is solved
_FEW_EDGES = 16  # of a node that stands for two
_KEPT = 16_384  # nodes and results that are remembered


class TooMuch(Exception):
    """A set that would take too long to work with."""


class DigitChoice:
    """A choice by the lowest digit: the digits below `edges[0][0]` lead to `edges[0][1]`, those from there on ..."""

    __slots__ = ("base", "edges", "period")

    def __init__(self, base: int, edges: tuple[Edge, ...]) -> None:
        self.base, self.edges = base, edges
        inner = [child for _, child in edges if isinstance(child, DigitChoice)]
        self.period: int = base * lcm(*(child.period for child in inner))

    def ranges(self) -> Iterator[tuple[int, int, Residues]]:
        """The first digit, the one after the last, and where they lead."""
        first = 0
        for stop, child in self.edges:
            yield first, stop, child
            first = stop

    def live(self) -> int:
        """How many digits lead to members."""
        return sum(stop - first for first, stop, child in self.ranges() if child is not False)

    def child(self, digit: int) -> Residues:
        """Where a digit leads."""
        return next(child for stop, child in self.edges if digit < stop)


Residues: TypeAlias = bool | DigitChoice
Edge: TypeAlias = tuple[int, Residues]


@lru_cache(_KEPT)
def _node(base: int, edges: tuple[Edge, ...]) -> DigitChoice:
    return DigitChoice(base, edges)


def choice(base: int, edges: Iterable[Edge]) -> Residues:
    """The set in which `base*k + digit` is where k is in the set to which the digit leads."""
    kept: list[Edge] = []
    for stop, child in edges:
        if kept and kept[-1][1] is child:
            kept.pop()
        if not kept or stop > kept[-1][0]:
            kept.append((stop, child))
    if len(kept) == 1 and isinstance(kept[0][1], bool):
        return kept[0][1]
    flat = _flat(base, kept)
    return _node(base, tuple(kept)) if flat is None else flat


def _flat(base: int, edges: list[Edge]) -> Residues | None:
    """A node of nodes as one, where that has few edges; None where it has not."""
    inner = {child.base for _, child in edges if isinstance(child, DigitChoice)}
    if len(inner) != 1:
        return None
    (over,) = inner
    found: list[Edge] = []
    if len(edges) == 1:
        found = [(stop * base, child) for stop, child in edges[0][1].edges]  # type: ignore[union-attr]
    elif over * len(edges) <= _FEW_EDGES:
        for turn in range(over):
            own = [(stop, child.child(turn) if isinstance(child, DigitChoice) else child) for stop, child in edges]
            found += [(turn * base + stop, child) for stop, child in own]
    return choice(base * over, found) if found else None


def _parted(node: DigitChoice, base: int) -> DigitChoice:
    """The same set by the digits of a base that divides that of the node."""
    if node.base == base:
        return node
    marks = sorted({stop % base for stop, _ in node.edges} - {0})
    over = node.base // base
    found: list[Edge] = []
    for first, stop in zip([0, *marks], [*marks, base], strict=True):
        inner = [(-((first - edge) // base), child) for edge, child in node.edges]
        found.append((stop, _unflat(over, inner)))
    return _node(base, tuple(found))


def _unflat(base: int, edges: list[Edge]) -> Residues:
    kept = [edge for at, edge in enumerate(edges) if edge[0] > (edges[at - 1][0] if at else 0)]
    return _node(base, tuple(kept)) if len(kept) > 1 or isinstance(kept[0][1], DigitChoice) else kept[0][1]


def primes(number: int) -> Iterator[int]:
    """The prime factors, from the smallest on, each as often as it divides. Raises TooMuch."""
    factor = 2
    while factor * factor <= number:
        if number % factor:
            factor += 1
            if factor > _MOST_DIGITS:
                raise TooMuch
        else:
            yield factor
            number //= factor
    if number > 1:
        yield number


def by_digit(base: int, of_digit: Callable[[int], Residues]) -> Residues:
    """The set in which `base*k + digit` is where k is in the set of the digit. Raises TooMuch of many digits."""
    if base > _MOST_DIGITS:
        raise TooMuch
    return choice(base, [(digit + 1, of_digit(digit)) for digit in range(base)])


def of_rests(period: int, chosen: set[int]) -> Residues:
    """All integers with these rests modulo a period."""
    for factor in set(primes(period)):
        shorter = period // factor
        while period % factor == 0 and chosen == {(rest + shorter) % period for rest in chosen}:
            period, chosen = shorter, {rest % shorter for rest in chosen}
            shorter = period // factor
    edges = [edge for rest in sorted(chosen) for edge in ((rest, False), (rest + 1, True))]
    return choice(period, [*((stop, child) for stop, child in edges if stop), (period, False)])


# ---- questions


@lru_cache(_KEPT)
def weight_of(residues: Residues) -> int:
    """How many edges there are to follow."""
    seen: dict[DigitChoice, None] = {}
    waiting = [residues]
    while waiting:
        one = waiting.pop()
        if isinstance(one, DigitChoice) and one not in seen:
            seen[one] = None
            waiting += [child for _, child in one.edges]
    return 1 + sum(len(one.edges) for one in seen)


def has(residues: Residues, number: int) -> bool:
    """Whether a number belongs to a set."""
    while isinstance(residues, DigitChoice):
        number, digit = divmod(number, residues.base)
        residues = residues.child(digit)
    return residues


@lru_cache(_KEPT)
def next_from(residues: Residues, start: int) -> int | None:
    """The smallest member from a number on."""
    if isinstance(residues, bool):
        return start if residues else None
    over, digit = divmod(start, residues.base)
    found: list[int] = []
    for first, stop, child in residues.ranges():
        for low, high, least in ((max(first, digit), stop, over), (first, min(stop, digit), over + 1)):
            inner = next_from(child, least) if low < high else None
            if inner is not None:
                found.append(inner * residues.base + low)
    return min(found, default=None)


def last_to(residues: Residues, end: int) -> int | None:
    """The largest member up to a number."""
    found = next_from(_mirrored(residues), -end)
    return None if found is None else -found


@lru_cache(_KEPT)
def _mirrored(residues: Residues) -> Residues:
    """The opposite numbers: `-(base*k + digit)` is `base*(-k - 1) + (base - digit)`, of digit 0 `base*(-k)`."""
    if isinstance(residues, bool):
        return residues
    edges: list[Edge] = [(1, _mirrored(residues.child(0)))]
    for first, stop, child in reversed(list(residues.ranges())):
        if stop > 1:  # the digits from max(first, 1) on; their opposite ends at base - that
            edges.append((residues.base - max(first, 1) + 1, shifted(_mirrored(child), 1)))
    return choice(residues.base, edges)


@lru_cache(_KEPT)
def common_step(residues: Residues) -> int:
    """What divides every difference of two members; 0 of none."""
    if isinstance(residues, bool):
        return int(residues)
    least = next_from(residues, 0)
    step = 0
    for first, stop, child in residues.ranges():
        inner = next_from(child, 0)
        if inner is not None and least is not None:
            step = gcd(step, residues.base * common_step(child), inner * residues.base + first - least)
            step = gcd(step, 1 if stop - first > 1 else 0)
    return step


@lru_cache(_KEPT)
def period_of(residues: Residues) -> int:
    """The smallest number that may be added to every member. Raises TooMuch."""
    period = residues.period if isinstance(residues, DigitChoice) else 1
    for factor in list(primes(period)):
        if equal(residues, shifted(residues, period // factor)):
            period //= factor
    return period


def equal(left: Residues, right: Residues) -> bool:
    """Whether two sets have the same members."""
    return left is right or not (both(left, inverted(right)) or both(right, inverted(left)))


# ---- sets from sets


@lru_cache(_KEPT)
def inverted(residues: Residues) -> Residues:
    """All integers that are no members."""
    if isinstance(residues, bool):
        return not residues
    return _node(residues.base, tuple((stop, inverted(child)) for stop, child in residues.edges))


@lru_cache(_KEPT)
def both(left: Residues, right: Residues) -> Residues:
    """The common members. Raises TooMuch where too many of each are tried with too many of the other."""
    if isinstance(left, bool):
        return right if left else False
    if isinstance(right, bool):
        return left if right else False
    common = gcd(left.base, right.base)
    if common > 1:
        left, right = _parted(left, common), _parted(right, common)
        stops = sorted({stop for stop, _ in (*left.edges, *right.edges)})
        found = [(at, both(left.child(at - 1), right.child(at - 1))) for at in stops]
        return choice(common, found)
    return _tried(*sorted((left, right), key=DigitChoice.live))


def _tried(left: DigitChoice, right: DigitChoice) -> Residues:
    """The common members of sets whose bases share nothing: each digit of the first one for itself."""
    if left.live() > _MOST_TRIED:
        raise TooMuch
    edges: list[Edge] = []
    for first, stop, child in left.ranges():
        if child is False:
            edges.append((stop, False))
        else:
            edges += [(at + 1, both(child, along(right, left.base, at))) for at in range(first, stop)]
    return choice(left.base, edges)


def either(left: Residues, right: Residues) -> Residues:
    """The members of one or the other."""
    return inverted(both(inverted(left), inverted(right)))


def shifted(residues: Residues, by: int) -> Residues:
    """Each k for which k + by is a member."""
    return along(residues, 1, by)


@lru_cache(_KEPT)
def along(residues: Residues, step: int, start: int) -> Residues:
    """Each k for which `step*k + start` is a member. Raises TooMuch."""
    if isinstance(residues, bool) or (step == 1 and start == 0):
        return residues
    base = residues.base
    if step % base == 0:
        return along(residues.child(start % base), step // base, start // base)
    if all(isinstance(child, bool) for _, child in residues.edges):
        step, start = step % base, start % base  # what is carried does not matter
        few = _solved(residues, step, start)
        if few is not None:
            return few
    return _by_turns(residues, step, start)


def _solved(node: DigitChoice, step: int, start: int) -> Residues | None:
    """The k of each digit that leads to members, or of each that does not; None where both are many."""
    opposite = node.live() > _MOST_SOLVED
    wanted = inverted(node) if opposite else node
    assert isinstance(wanted, DigitChoice)
    if wanted.live() > _MOST_SOLVED:
        return None
    common = gcd(step, node.base)
    base = node.base // common
    turn = pow(step // common, -1, base) if base > 1 else 0
    digits = [at for first, stop, child in wanted.ranges() if child for at in range(first, stop)]
    chosen = {(digit - start) // common * turn % base for digit in digits if (digit - start) % common == 0}
    edges = [edge for rest in sorted(chosen) for edge in ((rest, False), (rest + 1, True)) if edge[0]]
    found = choice(base, [*edges, (base, False)])
    return inverted(found) if opposite else found


def _by_turns(node: DigitChoice, step: int, start: int) -> Residues:
    """For k from 0 on, `step*k + start` goes through the digits, turn after turn, each of which carries one more."""
    common = gcd(step, node.base)
    base, turns = node.base // common, step // common
    if turns * len(node.edges) > _MOST_DIGITS:
        raise TooMuch
    edges: list[Edge] = []
    for turn in range(start // node.base, (step * (base - 1) + start) // node.base + 1):
        for stop, child in node.edges:
            behind = min(base, -((start - stop - turn * node.base) // step))
            if behind > (edges[-1][0] if edges else 0):
                edges.append((behind, along(child, turns, turn)))
    return choice(base, edges)
