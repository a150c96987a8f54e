"""Numbers tried: the lines of a text elaborated with some holes filled, and what its claims make of that.

A trial is the ordinary elaboration. A hole without a number is a fault whose followers stay silent; so with some holes
filled, whatever depends on these alone is judged, and nothing else.
"""

from __future__ import annotations

from archdsl.checker.holes.equations import Equation, Key, Recorder, Wish
from archdsl.checker.holes.segments import Segment, segments, start
from archdsl.diagnostics import Diagnostic, Source
from archdsl.elaborate.elaborate import Elaborator
from archdsl.elaborate.names import Lists, Names, Place, Value
from archdsl.elaborate.rules import Rules
from archdsl.elaborate.trampoline import Task, run
from archdsl.elaborate.whole import network_of
from archdsl.expressions.bind import Bound, make
from archdsl.expressions.scope import HOLES, Scope
from archdsl.expressions.unknown import UNPINNED
from archdsl.faults.problem import Placed, Problem, Refused, Silent, Stop
from archdsl.faults.report import Reporter
from archdsl.faults.work import PER_VISIT, Work
from archdsl.layers import Layer, Refusal
from archdsl.layers.incoming import INCOMING
from archdsl.limits import Limits
from archdsl.network.nodes import Item
from archdsl.reading.declare import Declarations
from archdsl.reading.holes import Hole
from archdsl.reading.kinds import linked
from archdsl.reading.reading import Reading
from archdsl.reading.setting import Setting
from archdsl.reading.values import scope_of
from archdsl.reading.where import demand_of_inputs, facts_of
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Undetermined
from archdsl.syntax import tree
from archdsl.typed import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from archdsl.sizes.facts import Facts


_PER_VISIT = 4  # lines that cost about as much as a visit where nothing is laid
Fault: TypeAlias = tuple[str, tuple[int, int]]  # what tells a fault from others: its code and place


def fault_of(diagnostic: Diagnostic) -> Fault:
    """What tells a fault from others; its message may name a size that a hole changes."""
    return diagnostic.code, diagnostic.place


class Excused(NamedTuple):
    """What no hole changes and no trial is judged by: faults, and equations by their keys without the setting."""

    faults: frozenset[Fault] = frozenset()
    equations: frozenset[Key] = frozenset()

    def __or__(self, other: Excused) -> Excused:
        return Excused(self.faults | other.faults, self.equations | other.equations)


class Attempt(NamedTuple):
    """What came of a trial: the faults that are none of an unfilled hole, what the claims say, and what it cost."""

    faults: tuple[Diagnostic, ...]
    equations: dict[Key, Equation]
    unfilled: frozenset[int]
    warnings: tuple[Diagnostic, ...]
    read: frozenset[int]  # the holes whose numbers were asked for
    cost: int
    inputs: dict[int, Shape]  # what the lines with holes read, by their places
    wishes: tuple[Wish, ...]  # symbolic sizes that are to be equal and may not be
    ways: dict[Fault, tuple[int, ...]]  # the uses and turns that lead to each fault, the outermost first

    @property
    def refusal(self) -> Diagnostic | None:
        """The first fault."""
        return self.faults[0] if self.faults else None

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against it, as far as it goes."""
        return not self.faults and all(equation.holds for equation in self.equations.values())


def lines(reading: Reading) -> int:
    """What going through the lines of a text costs, in visits."""
    return len(reading.file.lines) // _PER_VISIT if reading.file is not None else 0


class Context(NamedTuple):
    """Where some lines begin: what they read, and what names stand for there."""

    value: Value | None
    place: Place
    origins: dict[int, Any]
    facts: Facts | None
    way: tuple[int, ...]  # the uses that lead there, the outermost first
    lists: Lists  # of values, as they are there


class _Told(Reporter):
    """A report that notes on which way each fault was met, from the way on which it begins."""

    def __init__(self, bench: Bench, begun: tuple[int, ...] = ()) -> None:
        self.begun = begun
        self.ways: dict[Fault, tuple[int, ...]] = {}
        super().__init__(bench.source, bench.reading.ignored, bench.limits.diagnostics)

    def way(self) -> tuple[int, ...]:
        return (*self.begun, *super().way())

    def tell(self, code: str, message: str, at: Placed, **more: Any) -> None:
        self.ways.setdefault((code, (at.start, at.end)), self.way())
        super().tell(code, message, at, **more)


class Bench:
    """What the trials of one text share.

    `watched` are the places of the statements whose context is wanted, `excused` is what no trial is judged by.
    """

    def __init__(self, reading: Reading, limits: Limits) -> None:
        assert reading.file is not None
        self.reading = reading
        self.watched: frozenset[int] = frozenset()
        self.holed = frozenset(hole.line for hole in reading.holes)
        self.source: Source = reading.source
        self.kinds = linked(reading.file, reading.used, Reporter(self.source, []))
        self.declared: Declarations = self.kinds.files[0]
        self.limits = limits._replace(diagnostics=max(limits.diagnostics, limits.holes))
        self.excused = Excused()
        self._near: dict[tuple[Hole, ...], list[Segment]] = {}

    def near(self, holes: tuple[Hole, ...]) -> list[Segment]:
        """The lines with holes and the claims next to them; from here on the contexts of these are wanted."""
        assert self.reading.file is not None
        if holes not in self._near:
            self._near[holes] = segments(self.reading.file, holes)
        self.watched = frozenset(one.start for one in self._near[holes])
        return self._near[holes]

    def whole(
        self, values: dict[int, int], given: dict[str, Any], most: int, number: int = 0
    ) -> tuple[Attempt, dict[int, Context]]:
        """The whole text at one setting, with at most `most` visits; and the contexts of the statements watched."""
        declared, limits = self.declared, self.limits._replace(visits=most)
        report = _Told(self)
        noted = _Noted(values)
        setting = Setting.of(given, limits, noted)
        facts = facts_of(declared.inputs, declared.model, setting, report)
        scope: Scope | None = None
        try:
            scope = scope_of(declared, setting, self.kinds.words[0], facts, report)
            demand_of_inputs(declared.inputs, scope, report, facts)
        except Stop as stop:
            report.problem(stop.problem)
        elaborator = _Trial(self, report, limits, facts, setting.work, number)
        if scope is not None and not report.told("where-failed") and not report.told("limit"):
            network_of(declared, scope, elaborator, self.reading.fragment)
        if facts is not None:
            facts.counted = None
        return self._outcome(report, elaborator, noted), elaborator.contexts

    def lines(self, lines: tuple[tree.Line, ...], context: Context, values: dict[int, int], most: int) -> Attempt:
        """Some lines by themselves, where they begin."""
        report = _Told(self, context.way)
        report.errors = 1  # of what is in doubt around these lines, the whole text told
        limits = self.limits._replace(visits=most)
        facts = context.facts
        work = Work(most)
        elaborator = _Trial(self, report, limits, facts, work, 0)
        saved = facts.saved() if facts is not None else {}
        if facts is not None:
            facts.counted = work.spend
        elaborator.origins = elaborator.rules.origins = context.origins
        around, noted = context.place.scope, _Noted(values)
        scope = Scope(around._values, {**around.symbols, HOLES: noted}, limits, around.channels, around.outside)
        scope.work, scope.sight = work, around.sight
        names = Names(context.place.names)
        names.lists = context.lists.copy()
        place = context.place._replace(scope=scope.inner(), names=names)
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
                facts.counted = None
                facts.bring_back(saved)
        return self._outcome(report, elaborator, noted)

    def _outcome(self, report: _Told, elaborator: _Trial, noted: _Noted) -> Attempt:
        found = report.sorted()
        errors = [one for one in found if one.severity == "error"]
        unknown = [one for one in errors if one.code == UNPINNED and one.source.base == 0]
        faults = [one for one in errors if one not in unknown and fault_of(one) not in self.excused.faults]
        unfilled = frozenset(one.span.start for one in unknown)
        warnings = tuple(one for one in found if one.severity == "warning")
        cost = 1 + elaborator.work.visits + elaborator.work.steps // PER_VISIT
        recorder, read = elaborator.recorder, frozenset(noted.read)
        equations = recorder.equations
        if self.excused.equations:
            equations = {key: one for key, one in equations.items() if key[1:] not in self.excused.equations}
        wishes = tuple(recorder.wishes)
        return Attempt(tuple(faults), equations, unfilled, warnings, read, cost, elaborator.inputs, wishes, report.ways)


class _Noted(dict[int, int]):
    """Numbers of holes, with a note of those that were asked for."""

    def __init__(self, values: dict[int, int]) -> None:
        super().__init__(values)
        self.read: set[int] = set()

    def get(self, place: int, default: Any = None) -> Any:
        self.read.add(place)
        return super().get(place, default)


def together(attempts: list[Attempt]) -> Attempt:
    """What came of the same numbers at several settings."""
    first, *rest = attempts
    for one in rest:
        first = Attempt(
            first.faults + one.faults,
            first.equations | one.equations,
            first.unfilled | one.unfilled,
            first.warnings + one.warnings,
            first.read | one.read,
            first.cost + one.cost,
            one.inputs | first.inputs,
            first.wishes + one.wishes,
            one.ways | first.ways,
        )
    return first


class _Rules(Rules):
    """The rules of layers; sizes that they want equal are noted as equations, as claims are."""

    recorder: Recorder

    def _key(self, statement: tree.LayerStatement, kind: type[Layer], shapes: Any, scope: Scope) -> Any:
        states = any(one.name is not None and one.name.text == INCOMING for one in statement.arguments)
        compared = len(shapes) != 1 or states  # what is equal is noted each time
        return None if compared else super()._key(statement, kind, shapes, scope)

    def apply(
        self, kind: type[Layer], bound: Bound, inputs: tuple[Value, ...], statement: tree.LayerStatement
    ) -> tuple[Layer, tuple[Shape, ...]]:
        """The layer and its results; sizes that differ leave them in doubt, as a claim does."""
        shapes = tuple(value.shape for value in inputs if value.shape is not None)
        at = statement.kind or statement
        try:
            op, results = super().apply(kind, bound, inputs, statement)
        except Refused as refused:
            if refused.code == "shape-mismatch" and self._unequal(at, kind, bound, shapes):
                raise Silent from None
            raise
        self.recorder.equal(at, op, shapes)
        return op, results

    def _unequal(self, at: Placed, kind: type[Layer], bound: Bound, shapes: tuple[Shape, ...]) -> bool:
        try:
            return self.recorder.unequal(at, make(kind, bound, shapes), shapes)
        except (Refusal, Undetermined):
            return False


class _Trial(Elaborator):
    """An elaborator that notes equations in place of messages, and the contexts of the statements watched."""

    def __init__(
        self, bench: Bench, report: Reporter, limits: Limits, facts: Facts | None, work: Work, setting: int
    ) -> None:
        known = bench.reading.known
        super().__init__(bench.kinds, report, limits, known, facts, work)
        self.judge = self.recorder = Recorder(report, self.costs, limits, setting, facts)
        self.rules = _Rules(report, self.origins, limits, known, facts)
        self.rules.recorder = self.recorder
        self.watched, self.holed = bench.watched, bench.holed
        self.contexts: dict[int, Context] = {}
        self.inputs: dict[int, Shape] = {}

    def reads(self, statement: tree.LayerStatement, current: Value | None, place: Place) -> tuple[Value, ...]:
        """What a line reads; the first shape of a line with holes is noted."""
        values = super().reads(statement, current, place)
        if statement.start in self.holed and values and values[0].shape is not None:
            self.inputs.setdefault(statement.start, values[0].shape)
        return values

    def _note(self, statement: tree.Statement, current: Value | None, place: Place) -> None:
        at = start(statement)
        by_name = isinstance(statement, tree.LayerStatement) and statement.reads
        silent = current is not None and current.shape is None and not by_name
        if at not in self.watched or at in self.contexts or silent:
            return
        lists = place.names.lists.copy()
        self.contexts[at] = Context(current, place.inner(), self.origins, self.facts, self.report.way(), lists)

    def _line(
        self, statement: tree.LayerStatement, current: Value | None, place: Place, base: int
    ) -> Task[tuple[Item | None, Value | None]]:
        self._note(statement, current, place)
        if statement.start in self.holed and not statement.reads:  # which takes what is above without asking
            self.reads(statement, current, place)
        return super()._line(statement, current, place, base)

    def _statement(
        self, statement: tree.Statement, current: Value | None, place: Place, base: int
    ) -> Task[tuple[Item | None, Value | None]]:
        self._note(statement, current, place)
        return super()._statement(statement, current, place, base)
