"""What is known of open sizes: what `where` says, what the network needs, and what is assumed for a moment.

A comparison of symbolic sizes comes here. What is known may decide it; else, while the ways through a rule are explored
(`ways`), it is answered one way and then the other; else it raises Undetermined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, NamedTuple

from archdsl.ir.bounds import bounds
from archdsl.ir.condition import Clause, Literal, literal, names_of, replaced, solutions
from archdsl.ir.numbers import Numbers, TooMuch, between
from archdsl.ir.rewriting import rewritten, solved, tidied
from archdsl.ir.size import Expression, Monomial, Size, Symbol, Undetermined, symbol, symbols
from archdsl.limits import Limits

_PER_VISIT = 10  # steps for each visit that is allowed
_QUESTION = 30  # steps of any question, whatever it asks
_MOST_RULES = 64  # equalities that are used for rewriting


class Way(NamedTuple):
    """One way through a rule: how each question was answered, and what came out or was raised."""

    answers: Clause  # all of them hold
    result: Any
    fault: Exception | None


class Required(NamedTuple):
    """A condition that the network needs: what needs it and, on one symbol, its solutions among what `where` allows."""

    clause: Clause
    note: Any
    solutions: Numbers | None
    domain: Numbers | None


class Facts:
    """The facts about the symbols of one check. `steps` counts the work done with them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.most_steps = _PER_VISIT * limits.visits
        self.steps = 0
        self.told: set[str] = set()  # open parameters of which was told that they need a value
        self._domains: dict[str, Numbers] = {}
        self._first: dict[str, int] = {}
        self._known: dict[Literal, None] = {}  # in the order in which they came
        self._least: dict[Expression, int] = {}  # a size without its constant -> the least that it can be
        self._rules: list[tuple[Monomial, Size]] = []
        self._trail: list[Literal] | None = None  # the answers on the way that is explored
        self._answers: Clause = ()  # those that are given
        self._before: tuple[Any, ...] | None = None  # what was known before them
        self.given: list[Clause] = []  # what `where` says
        self.needs: list[tuple[Clause, Any]] = []  # what the network needs beside, and what needs it
        self._start: dict[str, Numbers] = {}  # the numbers of each symbol that `where` allows
        self._solutions: dict[Clause, Numbers | None] = {}

    # ---- symbols

    def symbol(self, name: str, least: int) -> Expression:
        """A new symbol, a whole number of at least so much."""
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
        return self._trail is not None

    def asked(self, size: Expression, relation: str, question: str) -> bool:
        """Whether a size is 0 or more (`>=`), or 0 (`==`); raises Undetermined where that is open and not explored."""
        found = literal(size, relation)
        if isinstance(found, bool):
            return found
        answer = self.decided(found)
        if answer is not None:
            return answer
        if self._trail is None:
            raise Undetermined(question)
        at = len(self._trail)
        taken = self._answers[at] if at < len(self._answers) else found
        self._before = self._before or self._state()
        self._trail.append(taken)
        self._learn(taken)
        return taken == found

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
        return self._by_rests(other) if answer is None else answer

    def _directly(self, one: Literal) -> bool | None:
        self.steps += _QUESTION + one.size.weight
        answer = self._looked_up(one)
        if answer is None and len(names := symbols(one.size)) == 1:
            answer = self._by_numbers((one,), names.pop())
        return _by_bounds(one) if answer is None else answer

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
        self.steps += _period_of(domain) + _period_of(found)
        try:
            if domain.within(found):
                return True
            return None if domain & found else False
        except TooMuch:
            return None

    def solutions(self, clause: Clause, name: str) -> Numbers | None:
        """The numbers for which a condition on one symbol holds; None where they are not known."""
        if clause not in self._solutions:
            self._solutions[clause] = found = solutions(clause, name)
            self.steps += _QUESTION + sum(each.size.weight for each in clause) * _period_of(found)
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
        if not isinstance(found, Literal):
            return found
        self.steps += found.size.weight
        return _by_bounds(found)

    def _multiple(self, name: str, period: int, rest: int) -> Size:
        """`32*h + 5` for a symbol of which every number has this rest."""
        other = f"{name}:{period}"
        low, high = self.interval(name)
        assert low is not None
        self._domains[other] = between((low - rest) // period, None if high is None else (high - rest) // period)
        return period * symbol(other, self) + rest

    def rewritten(self, size: Size) -> Size:
        """A size with what is known to be equal put in."""
        self.steps += 3 * len(self._rules)
        return rewritten(size, self._rules) if self._rules else size

    def tidied(self, size: Size) -> Size:
        """A size in the simplest form that what is known allows: `H//2` for `(H + 1)//2` where H is even."""
        size = self.rewritten(size)
        if all(piece.period == 1 for domain in self._domains.values() for piece in domain.pieces):
            return size
        return tidied(size, lambda name: self._domains[name].rest())

    # ---- learning

    def require(self, clause: Clause, note: Any) -> bool:
        """From now on one of these holds; `note` says what needs it, None that `where` says so. False: it cannot be."""
        found = [literal(self.rewritten(one.size), one.relation) for one in clause]
        answers = [(one, one if isinstance(one, bool) else self.decided(one)) for one in found]
        if any(answer for _, answer in answers):
            return True
        clause = tuple(one for one, answer in answers if answer is None and isinstance(one, Literal))
        names = names_of(clause)
        together = self._by_numbers(clause, *names) if len(names) == 1 else None
        if together is not None or not clause:
            return bool(together)
        if note is None:
            self.given.append(clause)
        else:
            self._start = self._start or dict(self._domains)
            self.needs.append((clause, note))
        if len(clause) == 1:
            self._learn(clause[0])
        elif len(names) == 1:
            self._narrow(clause, *names)
        return True

    def needed(self, more: list[Clause] | None = None) -> list[Required]:
        """The conditions without those that others imply; of several that do, the last stays.

        With `more`, those that these and `where` and the network make together.
        """
        domains = dict(self._start or self._domains)
        needs = self.needs
        if more is not None:
            domains |= {name: between(least) for name, least in self._first.items()}
            needs = [*((clause, None) for clause in self.given), *needs, *((clause, None) for clause in more)]
        start, before = dict(domains), dict(domains)
        if more is not None:  # none that an earlier one implies, as those that were required
            needs = [(clause, note) for clause, note in needs if self._required(clause, note, before, start)]
        found = [self._required(clause, note, domains, start) for clause, note in reversed(needs)]
        before, self._domains = self._domains, self._domains | domains
        kept = [one for one in found if one is not None and (one.solutions or not self._implied(one.clause))]
        self._domains = before
        return [self._within_where(one, kept) for one in kept[::-1]]

    def _within_where(self, one: Required, kept: list[Required]) -> Required:
        """A condition beside all that `where` says of its symbol, which then need not be said again."""
        names = names_of(one.clause)
        beside = [clause for clause in self.given if names_of(clause) == names]
        stated = {each.clause for each in kept}
        if one.clause in beside or not beside or not stated.issuperset(beside):
            return one
        return one._replace(domain=(self._start or self._domains)[next(iter(names))])

    def _required(
        self, clause: Clause, note: Any, domains: dict[str, Numbers], start: dict[str, Numbers]
    ) -> Required | None:
        """A condition with its solutions, which narrow the domains; None where these imply it."""
        names = names_of(clause)
        name = next(iter(names))
        solutions = self.solutions(clause, name) if len(names) == 1 else None
        if solutions is None:
            return Required(clause, note, None, None)
        try:
            if domains[name].within(solutions):
                return None
            domains[name] = domains[name] & solutions
        except TooMuch:
            pass
        return Required(clause, note, solutions, start[name])

    def _implied(self, clause: Clause) -> bool:
        others = [literal(self.rewritten(one.size), one.relation) for one in clause if one.relation == ">="]
        known = [*clause, *(one for one in others if isinstance(one, Literal))]
        return True in others or any(_by_bounds(one) for one in known) or self._weaker(clause)

    def _weaker(self, clause: Clause) -> bool:
        """Whether another condition of the same terms says more."""
        if len(clause) > 1 or clause[0].relation != ">=":
            return False
        size = clause[0].size
        constant = 0 if size.terms[-1][0] else size.terms[-1][1]
        rest = size - constant
        return isinstance(rest, Expression) and self._least.get(rest, -constant) > -constant

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
        self._rules.append((monomial, by))
        other = by.terms[0][0] if isinstance(by, Expression) and len(by.terms) == 1 and by.terms[0][1] == 1 else ()
        head = monomial[0]
        if not isinstance(head, Symbol):
            return
        if len(monomial) == len(other) == 1 and isinstance(other[0], Symbol):
            self._limit(other[0].name, self._domains[head.name])
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
        if alone and not any(monomial == (Symbol(name, self),) for monomial, _ in self._rules):
            self._rules.append(((Symbol(name, self),), alone[0]))

    # ---- exploring

    def ways(self, rule: Callable[[], Any], faults: tuple[type[Exception], ...]) -> Iterator[Way]:
        """Every way through a rule: its open questions answered yes and no. What it raises of `faults` is a result."""
        assert self._trail is None, "ways within ways"
        waiting: list[Clause] = [()]
        while waiting:
            self._answers, self._trail = waiting.pop(), []
            given = len(self._answers)
            result, fault = None, None
            try:
                result = rule()
            except faults as raised:
                fault = raised
            finally:
                trail, self._trail = tuple(self._trail), None
                self._restore()
            waiting += [(*trail[:at], trail[at].negated()) for at in range(given, len(trail))]
            yield Way(trail, result, fault)

    def saved(self) -> dict[str, Any]:
        """Everything that is known, to come back to after a trial; the work that was done stays done."""
        return {name: copy(value) for name, value in vars(self).items() if name != "steps"}

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
        return dict(self._domains), dict(self._known), dict(self._least), list(self._rules)

    def _restore(self) -> None:
        if self._before is not None:
            self._domains, self._known, self._least, self._rules = self._before
            self._before = None


def _by_bounds(one: Literal) -> bool | None:
    low, high = bounds(one.size)
    if one.relation == ">=":
        return True if low is not None and low >= 0 else False if high is not None and high < 0 else None
    if (low is not None and low > 0) or (high is not None and high < 0):
        return one.relation == "!="
    return one.relation == "==" if low == high == 0 else None


def _period_of(found: Numbers | None) -> int:
    return 1 if found is None else sum(piece.period for piece in found.pieces) + len(found.pieces)
