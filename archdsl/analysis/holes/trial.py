"""Numbers tried: the lines of a text elaborated with some holes filled, and what its claims make of that.

A trial is the ordinary elaboration. A hole without a number is a fault whose followers stay silent; so with some holes
filled, whatever depends on these alone is judged, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.analysis.check import Reading, network_of
from archdsl.analysis.claims import judge_quantity, quantity, stated_shape
from archdsl.analysis.cost import Cost
from archdsl.analysis.declare import Declarations, parameters
from archdsl.analysis.elaborate import Elaborator
from archdsl.analysis.judge import Judge
from archdsl.analysis.kinds import Kinds, linked
from archdsl.analysis.names import Names, Value
from archdsl.analysis.place import Place
from archdsl.analysis.problem import Problem, Silent, Stop
from archdsl.analysis.report import Report
from archdsl.analysis.rules import Known
from archdsl.analysis.scope import HOLES, Scope
from archdsl.analysis.trampoline import Task, run
from archdsl.analysis.unknown import OPEN
from archdsl.analysis.where import define_symbols, demand_of_inputs, facts_of
from archdsl.analysis.where import symbol_names as names_of_sizes
from archdsl.analysis.work import PER_VISIT
from archdsl.diagnostics import Diagnostic, Source
from archdsl.ir.network import Item, Leaf
from archdsl.ir.shape import Shape
from archdsl.limits import Limits
from archdsl.syntax import tree

Key = tuple[int, ...]  # of an equation: the setting, the place of its claim, the axis, and which visit of the line

if TYPE_CHECKING:
    from archdsl.ir.facts import Facts


class Equation(NamedTuple):
    """One number that is claimed, and what was derived for it."""

    claimed: int
    derived: int
    holds: bool
    claim: tree.Claim


class Attempt(NamedTuple):
    """What came of a trial: the first fault that is none of an open hole, what the claims say, and what it cost."""

    refusal: Diagnostic | None
    equations: dict[Key, Equation]
    open: frozenset[int]
    warnings: tuple[Diagnostic, ...]
    read: frozenset[int]  # the holes whose numbers were asked for
    cost: int

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against it, as far as it goes."""
        return self.refusal is None and all(equation.holds for equation in self.equations.values())


class Context(NamedTuple):
    """Where some lines begin: what they read, and what names stand for there."""

    value: Value | None
    place: Place
    origins: dict[int, Any]
    facts: Facts | None


class Bench:
    """What the trials of one text share; `watched` are the places of the statements whose context is wanted."""

    def __init__(self, reading: Reading, fragment: Shape | None, limits: Limits, watched: frozenset[int]) -> None:
        assert reading.file is not None
        self.reading, self.fragment, self.watched = reading, fragment, watched
        self.source: Source = reading.source
        self.kinds = linked(reading.file, reading.used, Report(self.source, []))
        self.declared: Declarations = self.kinds.files[0]
        self.limits = limits._replace(diagnostics=max(limits.diagnostics, limits.holes))

    def whole(
        self, values: dict[int, int], given: dict[str, Any], most: int, setting: int = 0
    ) -> tuple[Attempt, dict[int, Context]]:
        """The whole text at one setting, with at most `most` visits; and the contexts of the statements watched."""
        declared, limits = self.declared, self.limits._replace(visits=most)
        report = Report(self.source, self.reading.ignored)
        names = names_of_sizes(declared.inputs, declared.model)
        noted = _Noted(values)
        facts = facts_of(names, declared.model, given, report, limits)
        scope = parameters(declared.model, given, names, report, limits, facts, self.kinds.words[0], noted)
        define_symbols(declared.inputs, names, given, scope, report, facts)
        demand_of_inputs(declared.inputs, scope, report, limits, facts)
        elaborator = _Trial(self.kinds, report, limits, self.reading.known, facts, self.watched, setting)
        scope.work = elaborator.work
        if not report.told("where-failed"):
            network_of(declared, scope, elaborator, self.fragment)
        return _outcome(report, elaborator, noted), elaborator.contexts

    def lines(self, lines: tuple[tree.Line, ...], context: Context, values: dict[int, int], most: int) -> Attempt:
        """Some lines by themselves, where they begin."""
        report = Report(self.source, self.reading.ignored)
        report.errors = 1  # of what is in doubt around these lines, the whole text told
        limits = self.limits._replace(visits=most)
        facts = context.facts
        elaborator = _Trial(self.kinds, report, limits, self.reading.known, facts, frozenset(), 0)
        saved = facts.saved() if facts is not None else {}
        elaborator.origins = elaborator.rules.origins = context.origins
        around, noted = context.place.scope, _Noted(values)
        scope = Scope(around._values, {**around.symbols, HOLES: noted}, around.channels, around.outside)
        scope.work = elaborator.work
        place = context.place._replace(scope=scope.inner(), names=Names(context.place.names))
        takes = () if context.value is None else (context.value,)
        try:
            run(elaborator.sequence(lines, takes, place))
        except Stop as stop:
            report.problem(stop.problem)
        except Problem as problem:
            report.problem(problem)
        except Silent:
            pass
        finally:
            if facts is not None:
                facts.bring_back(saved)
        return _outcome(report, elaborator, noted)


class _Noted(dict[int, int]):
    """Numbers of holes, with a note of those that were asked for."""

    def __init__(self, values: dict[int, int]) -> None:
        super().__init__(values)
        self.read: set[int] = set()

    def get(self, place: int, default: Any = None) -> Any:
        self.read.add(place)
        return super().get(place, default)


def _outcome(report: Report, elaborator: _Trial, noted: _Noted) -> Attempt:
    found = report.sorted()
    faults = [one for one in found if one.severity == "error"]
    refusal = next((fault for fault in faults if fault.code != OPEN), None)
    open = frozenset(fault.span.start for fault in faults if fault.code == OPEN)
    warnings = tuple(one for one in found if one.severity == "warning")
    cost = 1 + elaborator.work.visits + elaborator.work.steps // PER_VISIT
    return Attempt(refusal, elaborator.recorder.equations, open, warnings, frozenset(noted.read), cost)


class _Trial(Elaborator):
    """An elaborator that notes equations in place of messages, and the contexts of the statements watched."""

    def __init__(
        self,
        kinds: Kinds,
        report: Report,
        limits: Limits,
        known: Known,
        facts: Facts | None,
        watched: frozenset[int],
        setting: int,
    ) -> None:
        super().__init__(kinds, report, limits, known, facts)
        self.judge = self.recorder = _Recorder(report, self.costs, limits, setting)
        self.watched = watched
        self.contexts: dict[int, Context] = {}

    def _note(self, statement: tree.Statement, current: Value | None, place: Place) -> None:
        at = start(statement)
        if at not in self.watched or at in self.contexts or (current is not None and current.shape is None):
            return
        self.contexts[at] = Context(current, place.inner(), self.origins, self.facts)

    def _line(
        self, statement: tree.Layer, current: Value | None, place: Place, base: int
    ) -> Task[tuple[Item | None, Value | None]]:
        self._note(statement, current, place)
        return super()._line(statement, current, place, base)

    def _statement(
        self, statement: tree.Statement, current: Value | None, place: Place, base: int
    ) -> Task[tuple[Item | None, Value | None]]:
        self._note(statement, current, place)
        return super()._statement(statement, current, place, base)


class _Recorder(Judge):
    """Notes what is claimed and derived, number by number; says nothing of what does not hold."""

    def __init__(self, report: Report, costs: Any, limits: Limits, setting: int) -> None:
        super().__init__(report, costs, limits)
        self.setting = setting
        self.equations: dict[Key, Equation] = {}
        self._visits: dict[int, int] = {}

    def _shape(
        self, claim: tree.ShapeClaim, shapes: tuple[Shape, ...], position: int, scope: Scope, leaves: tuple[Leaf, ...]
    ) -> bool:
        if position >= len(shapes):
            return super()._shape(claim, shapes, position, scope, leaves)
        sizes = stated_shape(claim, self.report.source.text[claim.start : claim.end], scope, self.limits)
        derived = shapes[position].sizes
        if len(sizes) != len(derived):
            self._equation(claim, -1, len(sizes), len(derived), False)
            self.report.errors += 1
            return False
        right = True
        visit = self._visit(claim)
        for axis, (a, b) in enumerate(zip(sizes, derived, strict=True)):
            if a is None:
                continue
            apart = b - a  # of symbolic sizes, a number where they differ by one
            if isinstance(a, int) and isinstance(b, int):
                self._equation(claim, axis, a, b, a == b, visit)
            else:
                self._equation(claim, axis, 0, apart if isinstance(apart, int) else 1, a == b, visit)
            right = right and a == b
        self.report.errors += not right  # what follows is in doubt, and silent
        return right

    def _quantity(self, claim: tree.QuantityClaim, cost: Cost, leaves: Any, sums: Any) -> None:
        holds, _ = judge_quantity(claim, cost)
        claimed = quantity(claim.number)
        figure = claimed.digits * claimed.scale // 10**claimed.decimals
        derived = getattr(cost, claim.unit.text) * (4 if claimed.bytes else 1)
        if isinstance(derived, int):
            self._equation(claim, 0, figure, derived, holds)
        else:
            self._equation(claim, 0, 0, 0, holds)

    def _visit(self, claim: tree.Claim) -> int:
        self._visits[claim.start] = visit = self._visits.get(claim.start, -1) + 1
        return visit

    def _equation(
        self, claim: tree.Claim, axis: int, claimed: Any, derived: Any, holds: bool, visit: int | None = None
    ) -> None:
        visit = self._visit(claim) if visit is None else visit
        self.equations[self.setting, claim.start, axis, visit] = Equation(claimed, derived, holds, claim)


def start(statement: tree.Statement) -> int:
    """A place that tells a statement from every other."""
    match statement:
        case tree.Layer() | tree.Input():
            return statement.start
        case tree.Use(path):
            return path.start
        case tree.Let(name, _) | tree.Model(name, _, _) | tree.Block(name, _, _, _):
            return name.start
        case tree.For(names, _, _) | tree.Output(names) | tree.Cases(names, _):
            return names[0].start
        case tree.If(arms, _):
            return arms[0][0].start
        case tree.Expect(claims):
            return claims[0].start
        case tree.Freeze(parts, _, _):
            return parts[0].start
