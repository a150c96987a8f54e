"""Tree to network: each statement gets its inputs, its values, its rules and its shapes, one visit for each use.

A body is visited once for each combination of arguments and input shapes; equal copies of a repeat are visited once.
After a fault on a value its followers stay silent, and what does not depend on it is still checked. Statements that
hold others are tasks (`trampoline`), so that nesting never becomes depth of the stack.
"""

from __future__ import annotations

from archdsl.claims.incoming import changed
from archdsl.elaborate import containers, control
from archdsl.elaborate.believing import held
from archdsl.elaborate.names import Entry, Names, Part, Place, Value, mark_activation
from archdsl.elaborate.once import Once, sequence_of
from archdsl.elaborate.state import NO_INPUT, Elaboration
from archdsl.elaborate.trampoline import Task
from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.labels import DISCARD, discards, label_text
from archdsl.expressions.scope import RESERVED, SCAN, WRONG, Runner, Scope
from archdsl.expressions.shapes import claimed_shape
from archdsl.faults.problem import Problem, Silent, misplaced, placed
from archdsl.faults.work import STATEMENT
from archdsl.layers import Layer
from archdsl.network.nodes import Item, Sequence
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree
from archdsl.typed import new

_FEWEST = 2  # values that a merge without braces reads
_KEEP = "`let d = in` before both keeps the first; `in` is what its own line reads"


class Elaborator(Elaboration):
    """Elaborates the statements of a text, and the blocks of all files that it uses."""

    # ---- sequences

    def sequence(
        self, lines: tuple[tree.Line, ...], takes: tuple[Value, ...], place: Place
    ) -> Task[tuple[Sequence, Value | None]]:
        """Lines one after the other: the network, and the last value; None where nothing was ever read."""
        base = place.names.counter
        items: list[Item] = []
        current = takes[0] if len(takes) == 1 else None
        begun, opened = current is not None, place.opening(takes)
        for line in lines:
            ours: list[Item] = []
            missing = self.missing
            for statement in line.statements:
                here, number = place.below(current) if begun else opened, place.names.counter
                if isinstance(statement, tree.Unknown):
                    current = self.unknown(statement, here) if statement.lays else current
                    self.report.lost = self.report.lost or self._freezes(statement)
                    break
                self.work.spend(STATEMENT, statement)
                try:
                    if (
                        isinstance(statement, tree.LayerStatement)
                        and statement.body is None
                        and statement.repeat is None
                    ):
                        item, current = yield from self._line(statement, current, here, base)
                    else:
                        item, current = yield from self._statement(statement, current, here, base)
                except (Problem, Silent) as fault:
                    item, current = None, self._after(fault, statement, current, here)
                    self._count(statement, here, number)
                if item is not None:
                    ours.append(item)
                begun = begun or item is not None or current is not None
            current = held(self, line, ours, current, place, complete=self.missing == missing)
            if len(line.statements) > 1:
                mark_activation(line, place.names)
            items += ours
        for token, before in changed(items) if len(items) > 1 else ():
            self.report.tell(
                "changed-in", "`in` is the larger number of channels here", token, hint=_KEEP, related=(before,)
            )
        last = () if current is None else (current,)
        return sequence_of(takes, tuple(items), last, place.names.counter - base), current

    def _freezes(self, statement: tree.Unknown) -> bool:
        """Whether what could not be read may have frozen something, so that what is trained cannot be counted."""
        return self.report.source.text.startswith("freeze", statement.start)

    def _after(
        self, fault: Problem | Silent, statement: tree.Statement, current: Value | None, place: Place
    ) -> Value | None:
        """Report a fault; what flows on is a value without a shape, where the statement would have given one."""
        self.missing += 1
        self.fail(statement, place)
        self.note_fault(fault, statement, place)
        self.tell(fault, placed(statement))
        if isinstance(statement, tree.LayerStatement) and statement.repeat is None and statement.kind is not None:
            self.visit(statement)
        return self.wrong() if isinstance(statement, (tree.LayerStatement, tree.For, tree.If)) else current

    def note_fault(self, fault: Problem | Silent, statement: tree.Statement, place: Place) -> None:
        """Note what a fault means for the lists of values."""
        if not isinstance(statement, tree.LayerStatement) or statement.body is not None or self.taken:
            from archdsl.elaborate.lists import after_fault

            after_fault(self, fault, statement, place)

    def several(self, read: tree.Read, place: Place) -> list[tuple[str, Value]]:
        from archdsl.elaborate import lists

        return lists.several(self, read, place)

    def tell_unread_of_lists(self) -> None:
        from archdsl.elaborate import lists

        lists.tell_unread(self)

    def keep(self, statement: tree.Keep, current: Value | None, place: Place) -> None:
        from archdsl.elaborate import lists

        lists.keep(self, statement, current, place)

    def _count(self, statement: tree.Statement, place: Place, number: int) -> None:
        """Count a line with a fault as one item, so that those after it keep their numbers."""
        if not isinstance(statement, tree.LayerStatement) or statement.kind is None or place.names.counter > number:
            return
        try:
            named = bool(statement.names) and statement.names[0].text != DISCARD
            label = label_text(statement.names[0], place.scope) if named else None
        except (Problem, Silent):  # what it is called is its fault
            return
        place.names.number(label)

    def unknown(self, statement: tree.Unknown, place: Place) -> Value:
        """What could not be read: its names stand for a value without a shape, and so does what flows on."""
        self.report.lost = True
        self.missing += 1
        place.names.lists.doubt = True
        place.names.counter += 1
        place.names.uncounted = True
        value = self.wrong()
        if statement.claim is not None and self.believes:
            sizes = claimed_shape(statement.claim.size, place.scope)
            value = self.value(Shape(sizes), statement.claim)
        for token in statement.names:
            label = token.text.strip('"')
            place.names.entries[label] = Entry((value,), place.names.taken.setdefault(label, token), failed=True)
        return value

    def _statement(
        self, statement: tree.Statement, current: Value | None, place: Place, base: int
    ) -> Task[tuple[Item | None, Value | None]]:
        """One statement of a sequence: its item, and the value that the next line reads."""
        match statement:
            case tree.LayerStatement():
                inputs = self.reads(statement, current, place)
                item, values = yield from self.layer(statement, inputs, place, base)
                return item, self._following(item, values, statement, place.names)
            case tree.If():
                return (yield from control.conditional(self, statement, current, place, base))
            case tree.For():
                return (yield from control.loop(self, statement, current, place, base))
            case tree.Keep():
                self.keep(statement, current, place)
            case _:
                self.declare(statement, place)
        return None, current

    def _line(
        self, statement: tree.LayerStatement, current: Value | None, place: Place, base: int
    ) -> Task[tuple[Item | None, Value | None]]:
        """A line without braces and repeat, the usual one: a layer needs no task of its own."""
        assert statement.kind is not None
        listed = bool(statement.reads) and any(isinstance(read, tree.FromList) for read in statement.reads)
        taken = self.reads(statement, current, place) if listed else ()  # whatever else is wrong with the line
        target = self.kinds.target(statement.kind, place.scope, place.kinds)
        source = isinstance(target, type) and target.inputs == NO_INPUT
        inputs: tuple[Value, ...] = (current,) if current is not None and not source else ()
        if listed:
            inputs = taken
        elif statement.reads or not inputs:
            inputs = self.reads(statement, current, place)
        else:
            self._read.add(inputs[0].number)
        if statement.arguments and not isinstance(target, Runner):
            inputs += self.operands(statement, target, place)
        here = place.reading(inputs[0]) if inputs and inputs[0] is not current else place
        label = self._label(statement, here)
        number = place.names.number(label)
        if isinstance(target, tree.Block):
            once = yield from containers.use(self, statement, target, inputs, here)
        elif isinstance(target, Runner):
            once = yield from self.once(statement, inputs, here, label is not None)
        else:
            if target.merge and len(inputs) < _FEWEST:
                self._check_several(statement, target, inputs, current, here)
            once = self.plain(statement, target, inputs, here)
        item, values = self._item(statement, label, number, once, inputs, place, base)
        return item, self._following(item, values, statement, place.names)

    def _following(
        self, item: Item | None, values: tuple[Value, ...], statement: tree.LayerStatement, names: Names
    ) -> Value | None:
        """What the next line reads: the first result, unless `_` discards it."""
        if item is not None and item.gives != item.reads:
            self._results.append((item, statement))
        if statement.names and statement.names[0].text == DISCARD:
            names.discarded = statement
            return None
        names.discarded = None
        return values[0]

    def declare(self, statement: tree.Statement, place: Place) -> None:
        """`let`, `expect`, `freeze`, `init` and `output`: what lays nothing."""
        match statement:
            case tree.Let():
                self._let(statement, place.scope)
            case tree.Expect():
                place.names.expects.append(statement)
            case tree.Freeze() | tree.Init():
                from archdsl.elaborate.choosing import note

                note(statement, place, self.kinds.models)
            case tree.Output() if not place.branch:
                self._output(statement, place.names)
            case _:
                raise misplaced(statement)

    def _let(self, statement: tree.Let, scope: Scope) -> None:
        name = statement.name.text
        if name in scope or name in RESERVED:
            raise Problem("duplicate-name", f"{name} has a meaning here already", statement.name)
        try:
            scope.define(name, evaluate(statement.value, scope))
        except (Problem, Silent):
            scope.define(name, WRONG)
            raise

    def _output(self, statement: tree.Output, names: Names) -> None:
        at = statement.reads[0]
        if names.around is not None:
            raise Problem("misplaced", "`output` belongs in a block or in the model, not in a group", at)
        if names.outputs is not None:
            raise Problem("duplicate-name", "`output` may appear only once; it lists all results", at)
        names.outputs = statement

    # ---- layer lines

    def layer(
        self, statement: tree.LayerStatement, inputs: tuple[Value, ...], place: Place, base: int
    ) -> Task[tuple[Item | None, tuple[Value, ...]]]:
        """A layer line of any form: its item and its results."""
        if statement.kind is not None and statement.arguments:
            inputs += self.operands(statement, self.kinds.target(statement.kind, place.scope, place.kinds), place)
        here = place.reading(inputs[0]) if inputs else place
        label = self._label(statement, here)
        counted = label is not None or (statement.repeat is None and self._is_step(statement, here))
        number = place.names.number(label) if counted else place.names.counter
        if statement.repeat is None:
            once = yield from self.once(statement, inputs, here, label is not None)
        else:
            once = yield from control.repeated(self, statement, inputs, here, label is not None)
        return self._item(statement, label, number, once, inputs, place, base)

    def _is_step(self, statement: tree.LayerStatement, place: Place) -> bool:
        """Whether a line without a name takes a number: braces and merges do not, the lines in them do."""
        if statement.body is None or statement.kind is None:
            return statement.body is None
        target = self.kinds.target(statement.kind, place.scope, place.kinds)
        return isinstance(target, type) and target.braces

    def _label(self, statement: tree.LayerStatement, place: Place) -> str | None:
        if not statement.names or statement.names[0].text == DISCARD:
            return None
        label = label_text(statement.names[0], place.scope)
        place.names.claim(label, statement.names[0])
        return label

    def _item(
        self,
        statement: tree.LayerStatement,
        label: str | None,
        number: int,
        once: Once,
        inputs: tuple[Value, ...],
        place: Place,
        base: int,
    ) -> tuple[Item | None, tuple[Value, ...]]:
        values = self._values(statement, once, inputs)
        if statement.names:
            self._enter(statement, label, values, once, place)
        if once.node is None:
            return None, values
        reads = tuple([value.number for value in inputs])
        if None in once.shapes:
            return self.partial(label, number - base, once.node, reads), values
        gives = tuple([value.number for value in values])
        known: tuple[Shape, ...] = once.shapes  # type: ignore[assignment]
        return new(Item, (label, number - base, once.node, reads, gives, known)), values

    def _values(self, statement: tree.LayerStatement, once: Once, inputs: tuple[Value, ...]) -> tuple[Value, ...]:
        if not once.whole:
            return tuple(self.wrong() for _ in range(max(1, len(statement.names), len(once.shapes))))
        doubt = once.doubt
        for value in inputs:
            doubt = doubt or value.doubt
        return tuple([self.value(shape, statement, doubt) for shape in once.shapes])

    def _enter(
        self, statement: tree.LayerStatement, label: str | None, values: tuple[Value, ...], once: Once, place: Place
    ) -> None:
        """Make the results readable: the first name is the layer's own, the others are the further results."""
        names = statement.names
        if label is not None:
            number = values[0].number if values else 0
            node = once.node if once.whole else None
            part = once.part or new(Part, (number, node, statement, place, place.scope.defined))
            place.names.entries[label] = new(Entry, (values, names[0], once.inside, None, part, False))
        if len(names) > max(1, len(values)):
            message = f"{len(names)} names for {len(values)} result{'s' * (len(values) != 1)}"
            raise Problem("too-many-values", message, names[len(values)])
        for token, value in zip(names[1:], values[1:], strict=False):
            if discards(token):
                continue
            text = label_text(token, place.scope)
            place.names.claim(text, token)
            place.names.entries[text] = Entry((value,), token)

    def once(self, statement: tree.LayerStatement, inputs: tuple[Value, ...], place: Place, named: bool) -> Task[Once]:
        """One copy of a layer line."""
        if statement.kind is None:
            return (yield from containers.group(self, statement, inputs, place, named))
        target = self.kinds.target(statement.kind, place.scope, place.kinds)
        if target is SCAN:
            from archdsl.elaborate.scanning import scan

            return (yield from scan(self, statement, inputs, place))
        if isinstance(target, Runner):
            from archdsl.elaborate import sharing

            return (yield from sharing.share(self, statement, inputs, place))
        if isinstance(target, tree.Block):
            return (yield from containers.use(self, statement, target, inputs, place))
        if statement.body is not None and target.braces:
            from archdsl.elaborate.experts import experts

            return (yield from experts(self, statement, target, inputs, place))
        if statement.body is not None:
            return (yield from containers.merge(self, statement, target, inputs, place, named))
        if target.merge and len(inputs) < _FEWEST:
            self._check_several(statement, target, inputs, None, place)
        return self.plain(statement, target, inputs, place)

    def _check_several(
        self,
        statement: tree.LayerStatement,
        kind: type[Layer],
        inputs: tuple[Value, ...],
        above: Value | None,
        place: Place,
    ) -> None:
        from archdsl.elaborate.joining import check_several

        check_several(self, statement, kind, inputs, above, place)

    def plain(self, statement: tree.LayerStatement, kind: type[Layer], inputs: tuple[Value, ...], place: Place) -> Once:
        """One layer of a built-in kind."""
        if kind.braces:
            message = f"{kind.name} needs braces, with the lines of one expert"
            raise Problem("missing-value", message, statement, hint=f"usage: {kind.usage()}")
        once = self.rules.leaf(statement, kind, inputs, place)
        self.visit(statement)
        names = [a.name.text for a in statement.arguments if a.name is not None and a.name.text in kind.refers]
        if names:
            from archdsl.elaborate.sharing import tied

            return tied(self, once, names, place)
        return once
