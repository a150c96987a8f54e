"""Tree to network: each statement gets its inputs, its values, its rules and its shapes, one visit for each use.

A body is visited once for each combination of arguments and input shapes; equal copies of a repeat are visited once.
After a fault on a value its followers stay silent, and what does not depend on it is still checked. Statements that
hold others are tasks (`trampoline`), so that nesting never becomes depth of the stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archdsl.analysis.cost import Costs
from archdsl.claims.judge import Judge
from archdsl.diagnostics import Span
from archdsl.elaborate import containers, control
from archdsl.elaborate.names import Entry, Names, Part, Value, mark_activation
from archdsl.elaborate.place import Once, Place, sequence_of
from archdsl.elaborate.rules import Known, Rules
from archdsl.elaborate.trampoline import Task
from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.labels import filled, label_text
from archdsl.expressions.scope import RESERVED, WRONG, Scope, Sharing
from archdsl.faults.problem import Placed, Problem, Silent, Stop, misplaced, placed
from archdsl.faults.report import Report
from archdsl.faults.work import Work
from archdsl.layers import REGISTRY, Layer
from archdsl.limits import Limits
from archdsl.network.nodes import Item, Node, Sequence
from archdsl.reading.kinds import Kinds
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

if TYPE_CHECKING:
    from archdsl.sizes.facts import Facts

_NOWHERE = Span(0, 0)
FAULTS = 3  # as many times the diagnostics that are shown: then a check ends


class Elaborator:
    """Elaborates the statements of a text, and the blocks of all files that it uses."""

    def __init__(self, kinds: Kinds, report: Report, limits: Limits, known: Known, facts: Facts | None) -> None:
        self.kinds, self.report, self.limits, self.facts = kinds, report, limits, facts
        self.origins: dict[int, Placed] = {}  # where each value comes from
        self.costs = Costs()
        self.judge = Judge(report, self.costs, limits)
        self.rules = Rules(report, self.origins, limits, known, facts)
        self.uses = containers.Uses()
        self.work = Work(limits.visits)
        self.recursive: set[int] = set()  # places of blocks that reach themselves, told before anything is elaborated
        self._read: set[int] = set()
        self._passes: list[tuple[int, int]] = []
        self._results: list[tuple[tuple[int, ...], tree.Layer]] = []

    # ---- values and visits

    def value(self, shape: Shape | None, at: Placed) -> Value:
        """A new value that comes from a place in the text."""
        number = len(self.origins) + 1
        self.origins[number] = at
        return Value(number, shape)

    def again(self, value: Value) -> Value:
        """The same value under a number of its own, as the inside of braces reads it."""
        return self.value(value.shape, self.origins[value.number])

    def wrong(self) -> Value:
        """What flows on after a fault."""
        return self.value(None, _NOWHERE)

    def visit(self, at: Placed) -> None:
        """Count one visit; raises Stop beyond the limit."""
        self.work.visit(at)

    def tell(self, fault: Problem | Silent, at: Placed) -> None:
        """Tell a fault, unless it follows from another; raises Stop where more were told than anybody reads."""
        if isinstance(fault, Problem):
            self.report.problem(fault)
        elif not self.report.failed:  # never: a fault is silent only where another was told before
            self.report.tell("invalid-expression", "this has no value", at)
        most = FAULTS * self.limits.diagnostics
        if self.report.errors > most:
            message = f"more than {most:,} faults: what follows was not checked"
            raise Stop(Problem("limit", message, at, hint="raise it with --limit diagnostics=N"))

    def read(self, *values: Value) -> None:
        """Note that something reads these values."""
        self._read.update(value.number for value in values)

    def passed(self, outer: Value, inner: Value) -> None:
        """Note that one value is another under a new number: what reads the outer reads the inner."""
        self._passes.append((outer.number, inner.number))

    def unread(self) -> int:
        """How many results were given so far that something must read."""
        return len(self._results)

    def forget(self, since: int) -> None:
        """Leave out results that come of nothing laid."""
        del self._results[since:]

    def tell_unread(self) -> None:
        """Warn of results that nothing reads."""
        for outer, inner in reversed(self._passes):
            if outer in self._read:
                self._read.add(inner)
        for numbers, statement in self._results:
            if self._read.isdisjoint(numbers):
                token = statement.names[0] if statement.names else statement.kind
                message = f"nothing reads the result of {token.text if token else 'these braces'}, and it is no output"
                self.report.tell("unused-result", message, statement)

    # ---- sequences

    def sequence(
        self, lines: tuple[tree.Line, ...], takes: tuple[Value, ...], place: Place
    ) -> Task[tuple[Sequence, Value | None]]:
        """Lines one after the other: the network, and the last value; None where nothing was ever read."""
        base = place.names.counter
        items: list[Item] = []
        current = takes[0] if len(takes) == 1 else None
        for line in lines:
            ours: list[Item] = []
            for statement in line.statements:
                here = place.reading(current)
                try:
                    if isinstance(statement, tree.Layer) and statement.body is None and statement.repeat is None:
                        item, current = yield from self._line(statement, current, here, base)
                    else:
                        item, current = yield self._statement(statement, current, here, base)
                except (Problem, Silent) as fault:
                    item, current = None, self._after(fault, statement, current, here)
                if item is not None:
                    ours.append(item)
            if not self.judge.line(line, ours, place.scope):
                current = self._doubt(line, place)
            if len(line.statements) > 1:
                mark_activation(line, place.names)
            items += ours
        last = () if current is None else (current,)
        return sequence_of(takes, tuple(items), last, place.names.counter - base), current

    def _after(
        self, fault: Problem | Silent, statement: tree.Statement, current: Value | None, place: Place
    ) -> Value | None:
        """Tell a fault; what flows on is a value without a shape, where the statement would have given one."""
        self.fail(statement, place)
        self.tell(fault, placed(statement))
        if isinstance(statement, tree.Layer) and statement.repeat is None and statement.kind is not None:
            self.visit(statement)
        return self.wrong() if isinstance(statement, (tree.Layer, tree.For, tree.If)) else current

    def fail(self, statement: tree.Statement, place: Place) -> None:
        """The names of a statement with a fault stand for a value in doubt."""
        for token in statement.names if isinstance(statement, tree.Layer) else ():
            try:
                place.names.fail(label_text(token, place.scope, self.limits), token, (self.wrong(),))
            except (Problem, Silent):
                continue

    def _doubt(self, line: tree.Line, place: Place) -> Value:
        """After a shape that is not the claimed one, what the line gives is in doubt: its followers stay silent."""
        self.report.lost = True
        last = line.statements[-1]
        for token in last.names if isinstance(last, tree.Layer) else ():
            entry = place.names.entries.get(token.text)
            if entry is not None:
                place.names.entries[token.text] = entry._replace(values=tuple(self.wrong() for _ in entry.values))
        return self.wrong()

    def _statement(
        self, statement: tree.Statement, current: Value | None, place: Place, base: int
    ) -> Task[tuple[Item | None, Value | None]]:
        """One statement of a sequence: its item, and the value that the next line reads."""
        match statement:
            case tree.Layer():
                inputs = self.reads(statement, current, place)
                item, values = yield self.layer(statement, inputs, place, base)
                self._note_result(item, statement)
                return item, values[0]
            case tree.If():
                return (yield control.conditional(self, statement, current, place, base))
            case tree.For():
                return (yield control.loop(self, statement, current, place, base))
            case _:
                self.declare(statement, place)
        return None, current

    def _line(
        self, statement: tree.Layer, current: Value | None, place: Place, base: int
    ) -> Task[tuple[Item | None, Value | None]]:
        """A line without braces and repeat, the usual one: a layer needs no task of its own."""
        assert statement.kind is not None
        target = self.kinds.target(statement.kind, place)
        inputs = self.reads(statement, current, place)
        if isinstance(target, (tree.Block, Sharing)):
            item, values = yield self.layer(statement, inputs, place, base)
        else:
            here = place.reading(inputs[0]) if inputs else place
            label = self._label(statement, here)
            number = place.names.number(label)
            once = self.plain(statement, target, inputs, here)
            item, values = self._item(statement, label, number, once, inputs, place, base)
        self._note_result(item, statement)
        return item, values[0]

    def _note_result(self, item: Item | None, statement: tree.Layer) -> None:
        if item is not None and item.gives != item.reads:
            self._results.append((item.gives, statement))

    def declare(self, statement: tree.Statement, place: Place) -> None:
        """`let`, `expect`, `freeze` and `output`: what lays nothing."""
        match statement:
            case tree.Let():
                self._let(statement, place.scope)
            case tree.Expect():
                place.names.expects.append(statement)
            case tree.Freeze() if place.names.model:
                place.names.freezes.append((statement, place.scope))
            case tree.Freeze() if place.chain and place.chain[-1].name.start in self.kinds.models:
                message = "a model that is used freezes nothing: the text that uses it does, freeze NAME.part"
                raise Problem("misplaced", message, statement.parts[0])
            case tree.Output() if not place.branch:
                self._output(statement, place.names)
            case _:
                raise misplaced(statement)

    def _let(self, statement: tree.Let, scope: Scope) -> None:
        name = statement.name.text
        if name in scope or name in RESERVED:
            raise Problem("duplicate-name", f"{name} has a meaning here already", statement.name)
        try:
            scope.define(name, evaluate(statement.value, scope, self.limits))
        except (Problem, Silent):
            scope.define(name, WRONG)
            raise

    def _output(self, statement: tree.Output, names: Names) -> None:
        at = statement.reads[0]
        if names.around is not None:
            raise Problem("misplaced", "`output` stands in a block or in the model, not in a group", at)
        if names.outputs is not None:
            raise Problem("duplicate-name", "`output` stands once; it lists all results", at)
        names.outputs = statement

    # ---- what a line reads

    def reads(self, statement: tree.Layer, current: Value | None, place: Place) -> tuple[Value, ...]:
        """The values behind `<-`, or the nearest result above."""
        if statement.reads:
            return tuple([self.reference(token, place) for token in statement.reads])
        if self._is_source(statement, place):
            return ()
        if current is not None:
            self._read.add(current.number)
            return (current,)
        at = statement.names[0] if statement.names else statement.kind or statement
        known = place.names.visible()
        if known:
            hint = f"<- {known[0]}" if len(known) == 1 else f"<- with one of {', '.join(known[:4])}"
            raise Problem("missing-input", "with several inputs the first line says which it reads", at, hint=hint)
        message = "there is nothing to read: no `input` above"
        raise Problem("missing-input", message, at, hint="put `input 224x224x3` above, or check with --input 224x224x3")

    def _is_source(self, statement: tree.Layer, place: Place) -> bool:
        """Whether a line is of a kind that reads nothing."""
        found = self.kinds.reference(statement.kind, place) if statement.kind is not None else None
        built_in = found is not None and found.file is None and found.name in REGISTRY
        return found is not None and built_in and REGISTRY[found.name].inputs == (0, 0)

    def reference(self, token: Token, place: Place) -> Value:
        """The value that a name stands for."""
        token = filled(token, place.scope, self.limits)
        *groups, entry = place.names.find(token)
        for around in groups:  # a group is used by reading into it
            self.read(*around.values)
        if not entry.values:
            raise Problem("unknown-name", f"{token.text} gives nothing: it is repeated 0 times", token)
        self.read(entry.values[0])
        if entry.activation:
            message = f"{token.text} is read before the {entry.activation} that follows on its line"
            hint = f"put {token.text} and {entry.activation} in braces under one name"
            self.report.tell("before-activation", message, token, hint=hint)
        return entry.values[0]

    def results(self, names: Names, last: Value | None, place: Place) -> tuple[Value, ...]:
        """What a block or model gives: what `output` lists, else its last line."""
        if names.outputs is None:
            if last is not None:
                self.read(last)
            return (last,) if last is not None else ()
        try:
            return tuple(self.reference(token, place) for token in names.outputs.reads)
        except Problem as problem:
            self.report.problem(problem)
        except Silent:
            pass
        return (self.wrong(),)

    # ---- layer lines

    def layer(
        self, statement: tree.Layer, inputs: tuple[Value, ...], place: Place, base: int
    ) -> Task[tuple[Item | None, tuple[Value, ...]]]:
        """A layer line of any form: its item and its results."""
        here = place.reading(inputs[0]) if inputs else place
        label = self._label(statement, here)
        counted = label is not None or (statement.body is None and statement.repeat is None)
        number = place.names.number(label) if counted else place.names.counter
        if statement.repeat is None:
            once = yield self.once(statement, inputs, here, label is not None)
        else:
            once = yield control.repeated(self, statement, inputs, here, label is not None)
        return self._item(statement, label, number, once, inputs, place, base)

    def _label(self, statement: tree.Layer, place: Place) -> str | None:
        if not statement.names:
            return None
        label = label_text(statement.names[0], place.scope, self.limits)
        place.names.claim(label, statement.names[0])
        return label

    def _item(
        self,
        statement: tree.Layer,
        label: str | None,
        number: int,
        once: Once,
        inputs: tuple[Value, ...],
        place: Place,
        base: int,
    ) -> tuple[Item | None, tuple[Value, ...]]:
        values = self._values(statement, once)
        if label is not None:
            self._enter(statement, label, values, once, place)
        if once.node is None:
            return None, values
        reads = tuple([value.number for value in inputs])
        gives = tuple([value.number for value in values])
        known: tuple[Shape, ...] = once.shapes  # type: ignore[assignment]
        return Item(label, number - base, once.node, reads, gives, known), values

    def _values(self, statement: tree.Layer, once: Once) -> tuple[Value, ...]:
        if once.node is None:
            return tuple(self.wrong() for _ in range(max(1, len(statement.names), len(once.shapes))))
        return tuple([self.value(shape, statement) for shape in once.shapes])

    def _enter(self, statement: tree.Layer, label: str, values: tuple[Value, ...], once: Once, place: Place) -> None:
        """Make the results readable: the first name is the layer's own, the others are the further results."""
        names = statement.names
        number = values[0].number if values else 0
        part = once.part or Part(number, once.node, statement, place, place.scope.defined)
        place.names.entries[label] = Entry(values, names[0], once.inside, None, part)
        if len(names) > max(1, len(values)):
            message = f"{len(names)} names for {len(values)} result{'s' * (len(values) != 1)}"
            raise Problem("too-many-values", message, names[len(values)])
        for token, value in zip(names[1:], values[1:], strict=False):
            text = label_text(token, place.scope, self.limits)
            place.names.claim(text, token)
            place.names.entries[text] = Entry((value,), token)

    def once(self, statement: tree.Layer, inputs: tuple[Value, ...], place: Place, named: bool) -> Task[Once]:
        """One copy of a layer line."""
        if statement.kind is None:
            return (yield containers.group(self, statement, inputs, place, named))
        target = self.kinds.target(statement.kind, place)
        if isinstance(target, Sharing):
            from archdsl.elaborate import sharing

            return (yield sharing.share(self, statement, inputs, place))
        if isinstance(target, tree.Block):
            return (yield containers.use(self, statement, target, inputs, place))
        if statement.body is not None:
            return (yield containers.merge(self, statement, target, inputs, place, named))
        return self.plain(statement, target, inputs, place)

    def plain(self, statement: tree.Layer, kind: type[Layer], inputs: tuple[Value, ...], place: Place) -> Once:
        """One layer of a built-in kind."""
        once = self.rules.leaf(statement, kind, inputs, place)
        self.visit(statement)
        names = [a.name.text for a in statement.arguments if a.name is not None and a.name.text in kind.refers]
        if names:
            from archdsl.elaborate.sharing import tied

            return tied(self, once, names, place)
        return once

    def complete(self, names: Names, body: Node, results: tuple[Value, ...], scope: Scope) -> None:
        """A container is whole: hold what was expected of it."""
        self.judge.container(names, body, results, scope)
