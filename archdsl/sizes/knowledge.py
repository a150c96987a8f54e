"""Knowledge about symbolic sizes, and its consequences: whether a comparison holds for all, for none, or for some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from itertools import product
from math import prod

from archdsl.limits import Limits
from archdsl.sizes.bounds import bounds
from archdsl.sizes.condition import Clause, Literal, literal, replaced
from archdsl.sizes.floors import floor
from archdsl.sizes.formula import written
from archdsl.sizes.maxima import maximum
from archdsl.sizes.numbers import Numbers, between
from archdsl.sizes.residues import TooMuch
from archdsl.sizes.rewriting import Rewritings, moduli, solved, tidied
from archdsl.sizes.size import Expression, Monomial, Size, Symbol, Undetermined, symbol, symbols
from archdsl.sizes.solutions import Rests, solutions
from archdsl.typed import Any

_QUESTION = 30  # steps of any question, whatever it asks
_COPIED = 10  # entries that are copied in the time of a step
_MOST_JOINT = 32  # comparisons of several symbols from which others are concluded
_MOST_RESTS = 64  # rests of the symbols in a question that are tried
_MOST_RULES = 256  # equalities that are used for rewriting


class Knowledge:
    """Comparisons of symbols that hold, and what they say together.

    The work done with them, and with sizes that depend on the symbols, is counted: `counted` takes its steps.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.counted: Callable[[int], object] | None = None
        self._domains: dict[str, Numbers] = {}
        self._first: dict[str, int] = {}
        self._known: dict[Literal, None] = {}  # in the order in which they came
        self._least: dict[Expression, int] = {}  # a size without its constant -> the least that it can be
        self._rules = Rewritings()
        self._joint: list[Expression] = []  # sizes of several symbols that are 0 or more, the first of them
        self._solutions: dict[Clause, Numbers | None] = {}
        self._rests: Rests = {}

    def spend(self, steps: int) -> None:
        """Count steps of work."""
        if self.counted is not None:
            self.counted(steps)

    # ---- symbols

    def symbol(self, name: str, least: int) -> Expression:
        """A new symbol, an integer of at least so much."""
        self._domains[name], self._first[name] = between(least), least
        return symbol(name, self)

    @property
    def names(self) -> list[str]:
        """The symbols in the order in which they came."""
        return list(self._first)

    def least(self, name: str) -> int:
        """Where a symbol begins, before anything else is known of it."""
        return self._first[name]

    def domain(self, name: str) -> Numbers:
        """The numbers that a symbol may be, as far as that is known."""
        return self._domains[name]

    def interval(self, name: str) -> tuple[int | None, int | None]:
        """The least and the most that a symbol can be."""
        domain = self._domains[name]
        return domain.least(), domain.most()

    # ---- questions

    @property
    def exploring(self) -> bool:
        """Whether questions are answered one way and then the other."""
        return False

    def asked(self, size: Expression, relation: str, question: Callable[[], str]) -> bool:
        """Whether a size is 0 or more (`>=`), or 0 (`==`); raises Undetermined where that is open."""
        answer = self.known(size, relation)
        if answer is None:
            raise Undetermined(question())
        return answer

    def known(self, size: Expression, relation: str) -> bool | None:
        """The same, None where it is open."""
        found = literal(size, relation)
        return found if isinstance(found, bool) else self.decided(found)

    def decided(self, one: Literal) -> bool | None:
        """Whether a comparison holds for every size that is allowed (True), for none (False), or for some (None)."""
        answer = self._directly(one)
        if answer is not None:
            return answer
        other = literal(self.rewritten(one.size), one.relation) if self._rules else one
        if isinstance(other, bool):
            return other
        answer = self._directly(other) if other != one else None
        return self._by_rests(other) if answer is None and not self._solved(other) else answer

    def _directly(self, one: Literal) -> bool | None:
        self.spend(_QUESTION + one.size.weight)
        answer = self._looked_up(one)
        if answer is None:
            answer = self._by_numbers((one,), *symbols(one.size)) if self._solved(one) else by_bounds(one)
        return self._by_sums(one) if answer is None and self._joint and one.relation == ">=" else answer

    def _solved(self, one: Literal) -> bool:
        """Whether a comparison is of one symbol of which the solutions are known, and with them all that follows."""
        names = symbols(one.size)
        return len(names) == 1 and self.solutions((one,), *names) is not None

    def _by_sums(self, one: Literal) -> bool | None:
        """The answer where what is asked, or its opposite, is a comparison of several symbols that holds, and more."""
        for other in self._joint:
            self.spend(other.weight)
            for asked, answer in ((one, True), (one.negated(), False)):
                rest = asked.size - other
                low = rest if isinstance(rest, int) else bounds(rest)[0]
                if low is not None and low >= 0:
                    return answer
        return None

    def _looked_up(self, one: Literal) -> bool | None:
        if one in self._known:
            return True
        if one.negated() in self._known:
            return False
        return True if one.relation == ">=" and self._reaches(one.size) else None

    def _reaches(self, size: Expression) -> bool:
        """Whether another comparison of the same terms says that a size is 0 or more."""
        if size.terms[-1][0]:
            return self._least.get(size, -1) >= 0
        constant = size.terms[-1][1]
        rest = size - constant
        return isinstance(rest, Expression) and rest in self._least and self._least[rest] + constant >= 0

    def _by_numbers(self, clause: Clause, name: str) -> bool | None:
        found = self.solutions(clause, name)
        if found is None:
            return None
        domain = self._domains[name]
        self.spend(domain.weight + found.weight)
        try:
            if domain.within(found):
                return True
            return None if domain & found else False
        except TooMuch:
            return None

    def solutions(self, clause: Clause, name: str) -> Numbers | None:
        """The numbers for which a condition on one symbol holds; None where they are not known."""
        if clause not in self._solutions:
            self._solutions[clause] = found = solutions(clause, name, self._rests)
            self.spend(_QUESTION + sum(each.size.weight for each in clause) * _weight_of(found))
        return self._solutions[clause]

    def _by_rests(self, one: Literal) -> bool | None:
        """The answer with each symbol as a multiple and its rest, where that is the same for all its numbers."""
        size: Size = one.size
        names = symbols(size)
        for name in sorted(names) if len(names) > 1 else ():
            rest = self._domains[name].rest()
            if rest is not None:
                size = replaced(size, Symbol(name, self), self._multiple(name, *rest))
        found = literal(size, one.relation) if size is not one.size else None
        if isinstance(found, Literal):
            self.spend(found.size.weight)
            found = by_bounds(found)
        return self._by_every_rest(one) if found is None else found

    def _by_every_rest(self, one: Literal) -> bool | None:
        """The answer with each symbol in a floor as a multiple and a rest, where that is the same for all rests."""
        periods = moduli(one.size)
        if not 1 < prod(periods.values()) <= _MOST_RESTS:
            return None
        answers: set[bool | None] = set()
        for rests in product(*map(range, periods.values())):
            size: Size = one.size
            for (name, period), rest in zip(periods.items(), rests, strict=True):
                size = replaced(size, Symbol(name, self), self._multiple(name, period, rest))
            found = literal(size, one.relation)
            self.spend(_QUESTION)
            answers.add(by_bounds(found) if isinstance(found, Literal) else found)
            if len(answers) > 1 or None in answers:
                return None
        return answers.pop()

    def _multiple(self, name: str, period: int, rest: int) -> Size:
        """`32*h + 5` for a symbol, of those of its numbers that have this rest."""
        other = f"{name}:{period}:{rest}"
        low, high = self.interval(name)
        assert low is not None
        self._domains[other] = between(-((rest - low) // period), None if high is None else (high - rest) // period)
        return period * symbol(other, self) + rest

    def floor(self, numerator: Size, divisor: Size) -> Size:
        """`numerator // divisor`, rounded down. Raises ZeroDivisionError; asks for the sign of an open divisor."""
        return floor(numerator, divisor)

    def maximum(self, left: Size, right: Size) -> Size:
        """The larger of two sizes. Raises Undetermined where they are too long."""
        return maximum(left, right)

    def written(self, size: Expression) -> str:
        """A size as text."""
        return written(size)

    def rewritten(self, size: Size) -> Size:
        """A size with what is known to be equal put in."""
        self.spend(3 if self._rules else 0)
        return self._rules.applied(size)

    def tidied(self, size: Size) -> Size:
        """A size in the simplest form that what is known allows: `H//2` for `(H + 1)//2` where H is even."""
        return tidied(self.rewritten(size), lambda name: self._domains[name].rest())

    # ---- learning

    def _learn(self, one: Literal) -> None:
        self._note(one)
        other = literal(self.rewritten(one.size), one.relation) if self._rules else one
        if isinstance(other, Literal) and other != one:
            self._note(other)

    def _note(self, one: Literal) -> None:
        self._known[one] = None
        names = symbols(one.size)
        if len(names) == 1:
            self._narrow((one,), names.pop())
        if one.relation == ">=":
            self._joint += [one.size] if len(names) > 1 and len(self._joint) < _MOST_JOINT else []
            constant = 0 if one.size.terms[-1][0] else one.size.terms[-1][1]
            rest = one.size - constant
            assert isinstance(rest, Expression)
            self._least[rest] = max(self._least.get(rest, -constant), -constant)
        elif one.relation == "==" and len(self._rules) < _MOST_RULES:
            rule = solved(one.size)
            if rule is not None:
                self._rewrite(*rule)

    def _rewrite(self, monomial: Monomial, by: Size) -> None:
        """From now on, put a size for a term; what is known of a symbol goes over to the one that is equal."""
        self._rules.add(monomial, by)
        other = by.terms[0][0] if isinstance(by, Expression) and len(by.terms) == 1 and by.terms[0][1] == 1 else ()
        head = monomial[0]
        if not isinstance(head, Symbol):
            return
        if len(monomial) == len(other) == 1 and isinstance(other[0], Symbol):
            self._limit(other[0].name, self._domains[head.name])
        elif len(monomial) == 1:
            low, high = self.interval(head.name)
            ends = ([] if low is None else [by - low]) + ([] if high is None else [high - by])
            for one in [literal(end, ">=") for end in ends]:
                if isinstance(one, Literal):
                    self._note(one)
        for one in [one for one in self._known if head.name in symbols(one.size)]:
            again = literal(self.rewritten(one.size), one.relation)
            if isinstance(again, Literal) and again not in self._known:
                self._note(again)

    def _narrow(self, clause: Clause, name: str) -> None:
        found = self.solutions(clause, name)
        if found is not None:
            self._limit(name, found)

    def _limit(self, name: str, found: Numbers) -> None:
        """A symbol is one of these numbers; where only one is left, this is put for it."""
        try:
            self._domains[name] = domain = self._domains[name] & found
        except TooMuch:
            return
        alone = domain.few(1)
        if alone and not self._rules.has(name):
            self._rules.add((Symbol(name, self),), alone[0])

    # ---- forgetting

    def saved(self) -> dict[str, Any]:
        """Everything that is known, to come back to after a trial; the work that was done stays done."""
        self.spend((len(self._solutions) + len(self._known) + len(self._least)) // _COPIED)
        return {name: copy(value) for name, value in vars(self).items() if name != "counted"}

    def bring_back(self, saved: dict[str, Any]) -> None:
        """Forget what was found since."""
        vars(self).update(saved)

    @contextmanager
    def supposing(self, *known: Literal) -> Iterator[None]:
        """For a while these comparisons hold; what is found meanwhile is forgotten then."""
        before = self.saved()
        for one in known:
            self._learn(one)
        try:
            yield
        finally:
            self.bring_back(before)

    def _state(self) -> tuple[Any, ...]:
        self.spend((len(self._known) + len(self._least)) // _COPIED)
        return dict(self._domains), dict(self._known), dict(self._least), copy(self._rules), list(self._joint)


def by_bounds(one: Literal) -> bool | None:
    low, high = bounds(one.size)
    if one.relation == ">=":
        return True if low is not None and low >= 0 else False if high is not None and high < 0 else None
    if (low is not None and low > 0) or (high is not None and high < 0):
        return one.relation == "!="
    return one.relation == "==" if low == high == 0 else None


def _weight_of(found: Numbers | None) -> int:
    return 1 if found is None else 1 + found.weight
