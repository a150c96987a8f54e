"""The largest or smallest value of one symbolic parameter at which counts of a network stay within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from archdsl.analysis.cost import TOTALS
from archdsl.checker.checked import Checked
from archdsl.claims.claims import quantity
from archdsl.diagnostics import nearest
from archdsl.limits import LARGEST, Limits, raising
from archdsl.sizes.condition import names_of
from archdsl.sizes.numbers import Numbers, between
from archdsl.sizes.size import Atom, Expression, Floor, Positive, Size, Symbol, ordered, symbols, valued
from archdsl.syntax.tree import Token
from archdsl.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from archdsl.sizes.facts import Facts

_BOUND = re.compile(r"\s*([a-z]+)\s*(<=|>=|<|>)\s*([0-9][0-9,]{0,99}(?:\.[0-9]{1,99})?)\s*([KMGT]?)\s*")


class Unaskable(Exception):
    """A question that means nothing here; the text says why."""


class Unsolvable(Exception):
    """A question without an answer; the text says why."""


class CountBound(NamedTuple):
    """`params <= 60M`."""

    unit: str
    sign: str
    number: Fraction

    def met(self, count: int) -> bool:
        """Whether a count is within it."""
        return ordered(self.sign, count, self.number)

    @property
    def upper(self) -> bool:
        """Whether it holds for small counts."""
        return self.sign in ("<=", "<")

    def __str__(self) -> str:
        return f"{self.unit} {self.sign} {float(self.number):,g}"


class BudgetSolution(NamedTuple):
    """A value, the counts of the bounds there, and those of the next value that is allowed, which breaks a bound."""

    name: str
    value: int
    counts: dict[str, int]
    beyond: int | None
    counts_beyond: dict[str, int]
    searched: int | None  # the last number tried, where only some could be


def bounds(text: str) -> tuple[CountBound, ...]:
    """The bounds of `params <= 60M, macs <= 1G`. Raises Unaskable."""
    found = tuple(_bound(part) for part in re.split(r",(?![0-9])", text))
    if len({bound.upper for bound in found}) > 1:
        raise Unaskable("bounds must be all upper (<=) or all lower (>=)")
    return found


def _bound(text: str) -> CountBound:
    match = _BOUND.fullmatch(text)
    if match is None:
        raise Unaskable(f"{text.strip()[:60] or 'nothing'!r} is not a bound; write one such as 'params <= 60M'")
    unit, sign, digits, letter = match.groups()
    if unit not in TOTALS:
        close = nearest(unit, TOTALS)
        words = f"did you mean {close}?" if close else f"the counts are {', '.join(TOTALS)}"
        raise Unaskable(f"unknown count {unit}; {words}")
    number = quantity(Token("SCALED", digits + letter, 0, len(digits) + len(letter)))
    return CountBound(unit, sign, Fraction(number.digits * number.scale, 10**number.decimals))


def solve(checked: Checked, wanted: tuple[CountBound, ...], name: str, limits: Limits) -> BudgetSolution:
    """The largest value of a symbolic parameter or size at which upper bounds are met, the smallest for lower ones.

    What the network needs of the value is kept. Raises Unaskable where the name is not open or others are, Unsolvable
    where no value meets the bounds, or every one does.
    """
    facts = checked.facts
    counts = {bound.unit: getattr(checked.totals, bound.unit) for bound in wanted}
    if facts is None or name not in facts.names:
        raise Unaskable(f"{checked.name} has no symbolic size or parameter {name}; {name}=? makes a parameter symbolic")
    if not any(name in symbols(count) for count in counts.values()):
        raise Unaskable(f"the {' and '.join(counts)} do not depend on {name}")
    conditions = [names_of(each.clause) for each in (*checked.where, *checked.conditions)]
    asked = set().union(*map(symbols, counts.values()), *(names for names in conditions if name in names))
    others = [each for each in facts.names if each in asked and each != name]
    if others:
        raise Unaskable(f"{', '.join(others)} {'are' if len(others) > 1 else 'is'} symbolic, too: give {others[0]}=...")
    return _BudgetSearch(checked, facts, wanted, name, counts, limits).run()


class _BudgetSearch:
    """Halves the numbers where the counts only rise, else goes through the first of them."""

    def __init__(
        self,
        checked: Checked,
        facts: Facts,
        wanted: tuple[CountBound, ...],
        name: str,
        counts: dict[str, Size],
        limits: Limits,
    ) -> None:
        self.wanted = wanted
        self.name = name
        self.counts = counts
        self.limits = limits
        self.upper = wanted[0].upper
        conditions = (*checked.where, *checked.conditions)
        self.conditions = [each for each in conditions if names_of(each.clause) == {name}]
        self.allowed: Numbers = facts.domain(name) & between(facts.least(name), LARGEST - 1)
        if not self.allowed:
            raise Unsolvable(f"no value of {name} is allowed")

    def run(self) -> BudgetSolution:
        if all(map(rising, self.counts.values())):
            value = self._below(self._edge()) if self.upper else self._above(self._edge())
            return self._solution(value, None)
        return self._scanned()

    # ---- questions

    def _counted(self, value: int) -> dict[str, int]:
        return {unit: valued(size, {self.name: value}) for unit, size in self.counts.items()}

    def _met(self, value: int) -> bool:
        counts = self._counted(value)
        return all(bound.met(counts[bound.unit]) for bound in self.wanted)

    def _holds(self, value: int) -> bool:
        return all(condition.holds({self.name: value}) for condition in self.conditions)

    # ---- counts that only rise

    def _edge(self) -> int:
        """Upper bounds: the last number, of all there are, at which they are met; lower ones: the first."""
        low, step = self.allowed.least() or 0, 1
        if self._met(low) != self.upper:
            if self.upper:
                raise Unsolvable(
                    f"{self.name} = {low:,} is the smallest value, and there are already {self._words(low)}"
                )
            return low
        while self._met(low + step) == self.upper:
            low, step = low + step, 2 * step
            if low >= LARGEST:
                raise Unsolvable(f"every value of {self.name} {'meets' if self.upper else 'misses'} the bounds")
        while step > 1:
            step //= 2
            if self._met(low + step) == self.upper:
                low += step
        return low if self.upper else low + 1

    def _below(self, edge: int) -> int:
        """The largest number up to an edge that is allowed."""
        value = self._step(between(last=edge), Numbers.most, lambda found: between(last=found - 1))
        if value is None:
            raise Unsolvable(f"no value of {self.name} of {edge:,} or less is allowed")
        return value

    def _above(self, edge: int) -> int:
        """The smallest number from an edge on that is allowed."""
        value = self._step(between(edge), Numbers.least, lambda found: between(found + 1))
        if value is None:
            raise Unsolvable(f"no value of {self.name} of {edge:,} or more is allowed")
        return value

    def _step(
        self, part: Numbers, nearest_of: Callable[[Numbers], int | None], rest: Callable[[int], Numbers]
    ) -> int | None:
        """The nearest allowed number of a part that meets the conditions that are no set of numbers, too."""
        for _ in range(self.limits.tries):
            value = nearest_of(self.allowed & part)
            if value is None or self._holds(value):
                return value
            part = rest(value)
        raise Unsolvable(f"{self.limits.tries:,} values of {self.name} were tried; {raising('tries')}")

    # ---- counts that may fall

    def _scanned(self) -> BudgetSolution:
        """The numbers one by one, up to the limit: the last, or the first, that meets the bounds."""
        found, value, tried = None, self.allowed.least(), 0
        while value is not None and tried < self.limits.tries:
            tried += 1
            if self._holds(value) and self._met(value):
                found = value
                if not self.upper:
                    break
            last, value = value, (self.allowed & between(value + 1)).least()
        if found is None:
            more = f"; {raising('tries')}" if value is not None else ""
            raise Unsolvable(f"no value of {self.name} up to {last:,} meets the bounds{more}")
        return self._solution(found, last if value is not None else None)

    # ---- the answer

    def _solution(self, value: int, searched: int | None) -> BudgetSolution:
        part = between(value + 1) if self.upper else between(last=value - 1)
        beyond = (self.allowed & part).least() if self.upper else (self.allowed & part).most()
        if beyond is not None and not self._holds(beyond):
            beyond = None
        further = self._counted(beyond) if beyond is not None else {}
        return BudgetSolution(self.name, value, self._counted(value), beyond, further, searched)

    def _words(self, value: int) -> str:
        """`62,378,344 params`, of the bounds that are not met."""
        counts = self._counted(value)
        wrong = [bound for bound in self.wanted if not bound.met(counts[bound.unit])]
        return " and ".join(f"{counts[bound.unit]:,} {bound.unit}" for bound in wrong)


def rising(size: Size) -> bool:
    """Whether a size surely never falls while its symbols rise from 1 on; False where that is not plain to see."""
    if isinstance(size, int):
        return True
    return all(not monomial or (factor > 0 and all(map(_rising_atom, monomial))) for monomial, factor in size.terms)


def _rising_atom(atom: Atom) -> bool:
    """Whether an atom never falls, and is never below 0."""
    match atom:
        case Symbol():
            return True
        case Floor(numerator, divisor):
            low = isinstance(numerator, Expression) and all(factor >= 0 for _, factor in numerator.terms)
            return isinstance(divisor, int) and divisor > 0 and rising(numerator) and low
        case Positive(sizes):
            return all(map(rising, sizes))
