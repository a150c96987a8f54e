"""What is known of symbolic sizes: what `where` says, what the network needs, and what is assumed for a moment.

A comparison of symbolic sizes comes here. What is known may decide it; else, while the ways through a rule are explored
(`ways`), it is answered one way and then the other; else it raises Undetermined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archdsl.limits import Limits
from archdsl.sizes.condition import Clause, Literal, literal, names_of
from archdsl.sizes.joining import Required, joined
from archdsl.sizes.knowledge import Knowledge, by_bounds
from archdsl.sizes.numbers import Numbers, between
from archdsl.sizes.residues import TooMuch
from archdsl.sizes.size import Expression, Ratio, Size, Undetermined
from archdsl.typed import Any, NamedTuple


class Way(NamedTuple):
    """One way through a rule: how each question was answered, and what came out or was raised."""

    answers: Clause  # all of them hold
    result: Any
    fault: Exception | None


class Facts(Knowledge):
    """The facts about the symbols of one check, and what its network needs of them."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.told: set[str] = set()  # symbolic parameters that were reported to need a value
        self._trail: list[Literal] | None = None  # the answers on the way that is explored
        self._answers: Clause = ()  # those that are given
        self._before: tuple[Any, ...] | None = None  # what was known before them
        self.given: list[Clause] = []  # what `where` says
        self.needs: list[tuple[Clause, Any]] = []  # what the network needs beside, and what needs it
        self._start: dict[str, Numbers] = {}  # the numbers of each symbol that `where` allows

    # ---- questions

    @property
    def exploring(self) -> bool:
        """Whether questions are answered one way and then the other."""
        return self._trail is not None

    def asked(self, size: Expression, relation: str, question: Callable[[], str]) -> bool:
        """Whether a size is 0 or more (`>=`), or 0 (`==`); raises Undetermined where that is open and not explored."""
        found = literal(size, relation)
        if isinstance(found, bool):
            return found
        answer = self.decided(found)
        if answer is not None:
            return answer
        if self._trail is None:
            raise Undetermined(question())
        at = len(self._trail)
        taken = self._answers[at] if at < len(self._answers) else found
        self._before = self._before or self._state()
        self._trail.append(taken)
        self._learn(taken)
        return taken == found

    # ---- what the network needs

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
        kept = joined(kept[::-1])
        return [self._within_where(one, kept) for one in kept]

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
        return True in others or any(by_bounds(one) for one in known) or self._weaker(clause)

    def _weaker(self, clause: Clause) -> bool:
        """Whether another condition of the same terms says more."""
        if len(clause) > 1 or clause[0].relation != ">=":
            return False
        size = clause[0].size
        constant = 0 if size.terms[-1][0] else size.terms[-1][1]
        rest = size - constant
        return isinstance(rest, Expression) and self._least.get(rest, -constant) > -constant

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

    def _restore(self) -> None:
        if self._before is not None:
            self._domains, self._known, self._least, self._rules, self._joint = self._before
            self._before = None


def facts_of(size: Size | Ratio) -> Facts:
    """The facts about the symbols of a size that depends on some."""
    assert not isinstance(size, int)
    assert isinstance(size.context, Facts)
    return size.context
