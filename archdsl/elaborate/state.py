"""What elaboration keeps while it goes through a text, and the acts that end in it; the statements are above.

`Elaboration` is the abstract base of `Elaborator`: what lays groups, repeats, models or shared parts knows this
base alone, and through it comes back to the statements.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, MutableMapping

from archdsl.analysis.cost import Costs
from archdsl.claims.judge import Judge
from archdsl.diagnostics import Span
from archdsl.elaborate.names import Kept, Names, Place, Value
from archdsl.elaborate.once import Once
from archdsl.elaborate.rules import Rules
from archdsl.elaborate.trampoline import Task
from archdsl.expressions.labels import DISCARD, discards, filled, is_absent, label_text
from archdsl.expressions.scope import Runner, Scope
from archdsl.expressions.signature import Signature, of_block
from archdsl.faults.problem import Placed, Problem, Silent
from archdsl.faults.report import Reporter
from archdsl.faults.work import Work
from archdsl.layers import REGISTRY, Layer
from archdsl.limits import Limits
from archdsl.network.nodes import Item, Leaf, Node, Sequence, Use
from archdsl.network.table import NodeTable
from archdsl.reading.kinds import Kinds
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import TYPE_CHECKING, Any, new

if TYPE_CHECKING:
    from archdsl.reading.reading import Known
    from archdsl.sizes.facts import Facts

NO_INPUT = 0, 0  # fewest and most inputs of a kind that reads nothing
_NOWHERE = Span(0, 0)
NEXT = "put ID <- {} on a line below it"  # where braces give nothing


class Uses:
    """The bodies of blocks, one for each combination of arguments and input shapes.

    A block is told by the place of its name, a part by the number of its first result: neither is given twice.
    """

    def __init__(self) -> None:
        self.known: MutableMapping[tuple[Any, ...], tuple[Sequence, tuple[Value, ...]]] = {}
        self.again: MutableMapping[tuple[int, tuple[Shape, ...]], Leaf | Sequence | Use] = {}  # parts that SHARE runs
        self._signatures: dict[int, Signature] = {}
        self.stands: dict[int, tuple[tree.Block, tree.LayerStatement]] = {}  # what the lines with experts stand for

    def signature(self, block: tree.Block) -> Signature:
        """What a block takes; made once."""
        place = block.name.start
        if place not in self._signatures:
            self._signatures[place] = of_block(block)
        return self._signatures[place]


def discarded(statement: tree.LayerStatement, so: str, at: Placed, hint: str) -> Problem:
    """The fault of a needed result that `_` discards; `hint` is for a name that keeps another result."""
    message = f"`_` discards the result of {statement.kind.text if statement.kind else 'the braces'} above, so {so}"
    names = [token.text for token in statement.names if not discards(token)]
    return Problem("missing-input", message, at, hint=(hint.format(names[0]) or None) if names else None)


def nothing_above(names: Names, at: Placed, *, alone: bool = True) -> Problem:
    """The fault of a line that reads the result above where there is none; `alone` where it reads nothing else."""
    if names.discarded is not None:
        return discarded(names.discarded, "this line must say what it reads", at, "<- {}" if alone else "")
    known = names.visible()
    if known:
        hint = f"<- {known[0]}" if len(known) == 1 else f"add <- and one of {', '.join(known[:4])}"
        return Problem("missing-input", "with several inputs, the first line must say which it reads", at, hint=hint)
    message = "there is nothing to read: no `input` above"
    return Problem("missing-input", message, at, hint="put `input 224x224x3` above, or check with --input 224x224x3")


class Elaboration(ABC):
    """The values, names, visits and faults of one check, and the bodies that were laid."""

    def __init__(
        self, kinds: Kinds, report: Reporter, limits: Limits, known: Known, facts: Facts | None, work: Work
    ) -> None:
        self.kinds, self.report, self.limits, self.facts = kinds, report, limits, facts
        self.origins: dict[int, Placed] = {}  # where each value comes from
        self.costs = Costs(symbolic=facts is not None)
        self.judge = Judge(report, self.costs, limits)
        self.rules = Rules(report, self.origins, limits, known, facts)
        self.uses = Uses()
        self.work = work
        self.believes = False  # whether claims tell what flows on after a fault
        self.recursive: set[int] = set()  # places of blocks that reach themselves, told before anything is elaborated
        self._laying: dict[int, bool] = {}
        self.missing = 0  # statements that are not laid, because of a fault
        self.incomplete: NodeTable[bool] = NodeTable()  # bodies of blocks in which some are
        self._partial: NodeTable[bool] = NodeTable()
        self._read: set[int] = set()
        self._passes: list[tuple[int, int]] = []
        self._results: list[tuple[Item, tree.LayerStatement]] = []
        self.kept: list[Kept] = []  # whatever was kept on lists
        self.taken: dict[int, Kept] = {}  # what each `take` got last, by its place
        self.listed: set[int] = set()  # of what was kept, what something read

    # ---- values and visits

    def value(self, shape: Shape | None, at: Placed, doubt: bool = False) -> Value:
        """A new value that comes from a place in the text."""
        number = len(self.origins) + 1
        self.origins[number] = at
        return new(Value, (number, shape, doubt))

    def again(self, value: Value) -> Value:
        """The same value under a number of its own, as the inside of braces reads it."""
        return self.value(value.shape, self.origins[value.number], value.doubt)

    def inside(self, value: Value) -> Value:
        """The same value within an `if` or a `for`, where a line may read it or not."""
        inner = self.again(value)
        self.passed(inner, value)
        return inner

    def wrong(self) -> Value:
        """What flows on after a fault."""
        return self.value(None, _NOWHERE)

    def visit(self, at: Placed) -> None:
        """Count one visit; raises Stop beyond the limit."""
        self.work.visit(at)

    def tell(self, fault: Problem | Silent, at: Placed) -> None:
        """Report a fault, unless it follows from another."""
        self.report.lost = True
        if isinstance(fault, Problem):
            self.report.problem(fault)
        elif not self.report.failed:  # never: a fault is silent only where another was reported before
            self.report.tell("invalid-expression", "this has no value", at)

    def lays(self, statement: tree.If) -> bool:
        """Whether any arm of an `if` lays something; looked up once, for it may stand in a body of many uses."""
        place = statement.arms[0][1].start
        if place not in self._laying:
            self._laying[place] = _lays(statement)
        return self._laying[place]

    def read(self, *values: Value) -> None:
        """Note that something reads these values."""
        self._read.update([value.number for value in values])

    def is_read(self, value: Value) -> bool:
        """Whether something above reads a value."""
        return value.number in self._read

    def passed(self, outer: Value, inner: Value) -> None:
        """Note that one value is another under a new number: what reads `outer` reads `inner`."""
        self._passes.append((outer.number, inner.number))

    def note_result(self, item: Item | None, statement: tree.LayerStatement) -> None:
        """Note that a line gives results, which something must read; a repeat of no copies gives none."""
        if item is not None and item.gives and item.gives != item.reads:
            self._results.append((item, statement))

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
        read: NodeTable[set[int]] = NodeTable()  # which of several names something reads, in any turn and use
        for item, statement in self._results:
            if len(statement.names) > 1:
                places = (place for place, number in enumerate(item.gives) if number in self._read)
                read[statement] = read.get(statement, set()).union(places)
        for item, statement in self._results:
            if len(statement.names) > 1:
                self._tell_unread_names(item, statement, read[statement])
            elif self._read.isdisjoint(item.gives) and not any(map(discards, statement.names)):
                token = statement.names[0] if statement.names else statement.kind
                message = (
                    f"nothing reads the result of {token.text if token else 'these braces'}, and it is not an output"
                )
                self.report.tell("unused-result", message, statement)

        if self.kept:
            self.tell_unread_of_lists()

    def _tell_unread_names(self, item: Item, statement: tree.LayerStatement, read: set[int]) -> None:
        """Warn of each name of several that nothing reads. Where something else never reads it either, and it is no
        path of tensors, `_` in its place says that this is meant.
        """
        pairs = zip(statement.names, item.gives, strict=False)
        unread = [p for p, (token, number) in enumerate(pairs) if number not in self._read and not discards(token)]
        plain = isinstance(item.node, Leaf) and not item.node.op.tensors(*item.node.inputs)
        dropped = [place for place in unread if place not in read and (place > 0 or plain)]
        written = [DISCARD if place in dropped else token.text for place, token in enumerate(statement.names)]
        line = f"{', '.join(written)}: {tree.words(statement, self.report.source.text)}"
        hint = line if set(written) != {DISCARD} else None
        for place in unread:
            token = statement.names[place]
            message = f"nothing reads {token.text}, and it is not an output"
            self.report.tell("unused-result", message, token, hint=hint if place in dropped else None)

    def partial(self, label: str | None, number: int, node: Node, reads: tuple[int, ...]) -> Item:
        """A container in which something is wrong: what stands in it is part of the network, and it gives nothing."""
        self._partial[node] = True
        return Item(label, number, node, reads, (), ())

    def is_partial(self, item: Item) -> bool:
        """Whether something in a container is wrong."""
        return item.node in self._partial

    def fail(self, statement: tree.Statement, place: Place) -> None:
        """The names of a statement with a fault stand for a value in doubt."""
        for token in statement.names if isinstance(statement, tree.LayerStatement) else ():
            if discards(token):
                continue
            try:
                place.names.fail(label_text(token, place.scope), token, (self.wrong(),))
            except (Problem, Silent):
                continue

    # ---- what a line reads

    def reads(self, statement: tree.LayerStatement, current: Value | None, place: Place) -> tuple[Value, ...]:
        """The values after `<-`, or the nearest result above."""
        if statement.reads:
            return self.given(statement.reads, current, place)
        if self._is_source(statement, place):
            return ()
        if current is not None:
            self._read.add(current.number)
            return (current,)
        if statement.body is not None:
            from archdsl.elaborate.beside import unread_input

            value = unread_input(statement, place.names, self.report.source.text)
            if value is not None:
                return (value,)
        raise nothing_above(place.names, statement.names[0] if statement.names else statement.kind or statement)

    def given(self, reads: tuple[tree.Read, ...], current: Value | None, place: Place) -> tuple[Value, ...]:
        """The values of what stands after `<-`. What comes after a fault is taken off its list all the same."""
        values: list[Value] = []
        fault: Problem | Silent | None = None
        for read in reads:
            try:
                values += [value for _, value in self._called(read, current, place, len(reads) == 1)]
            except (Problem, Silent) as raised:
                fault = fault or raised
        if fault is not None:
            raise fault
        return tuple(values)

    def _called(self, read: tree.Read, current: Value | None, place: Place, alone: bool) -> Iterable[tuple[str, Value]]:
        """The values of one part of what stands after `<-` or `output`, each with its name."""
        if isinstance(read, Token) and read.type != "TEMPLATE":
            return ((read.text, self._given(read, current, place, alone)),)
        return self.several(read, place)

    def operands(
        self, statement: tree.LayerStatement, target: type[Layer] | tree.Block | Runner, place: Place
    ) -> tuple[Value, ...]:
        """The inputs that a line gives by name, as `mask=m`, in the order in which the kind has them."""
        if isinstance(target, tree.Block):
            names = tuple([one.name.text for one in target.optional]) if target.optional else ()
        else:
            names = target.operands if isinstance(target, type) else ()
        if not names:
            return ()
        given = {one.name.text: one.value for one in statement.arguments if one.name is not None}
        tokens = [given[name] for name in names if name in given]
        named = ("WORD", "STRING", "TEMPLATE")  # what else stands there is a fault of the line
        each = (token for token in tokens if isinstance(token, Token) and token.type in named)
        return tuple([self.reference(token, place) for token in each if not is_absent(token, place.scope)])

    def _given(self, token: Token, current: Value | None, place: Place, alone: bool) -> Value:
        """The value of a name after `<-`; `_` is what the line would read without, here the only one or not."""
        if not discards(token):
            return self.reference(token, place)
        if current is None:
            raise nothing_above(place.names, token, alone=alone)
        self._read.add(current.number)
        return current

    def _is_source(self, statement: tree.LayerStatement, place: Place) -> bool:
        """Whether a line is of a kind that reads nothing."""
        found = self.kinds.reference(statement.kind, place.scope, place.kinds) if statement.kind is not None else None
        built_in = found is not None and found.file is None and found.name in REGISTRY
        return found is not None and built_in and REGISTRY[found.name].inputs == NO_INPUT

    def reference(self, token: Token, place: Place) -> Value:
        """The value that a name stands for."""
        token = filled(token, place.scope)
        *groups, entry = place.names.find(token)
        for around in groups:  # a group is used by reading into it
            self.read(*around.values)
        if not entry.values:
            raise entry.empty(token)
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
            elif names.discarded is not None:
                at = names.discarded.names[0]
                self.report.problem(discarded(names.discarded, "there is no output", at, "output {}"))
                return (self.wrong(),)
            return (last,) if last is not None else ()
        reads = names.outputs.reads
        try:
            found = [one for read in reads for one in self._called(read, last, place, len(reads) == 1)]
            names.called = [name for name, _ in found]
            return tuple([value for _, value in found])
        except Problem as problem:
            self.report.problem(problem)
        except Silent:
            pass
        return (self.wrong(),)

    def complete(self, names: Names, body: Node, results: tuple[Value, ...], scope: Scope) -> None:
        """A container is whole: hold what was expected of it."""
        shapes = tuple(value.shape for value in results)
        self.judge.container(names.expects, body, shapes, scope, model=names.model)

    # ---- the statements, which `Elaborator` goes through

    @abstractmethod
    def sequence(
        self, lines: tuple[tree.Line, ...], takes: tuple[Value, ...], place: Place
    ) -> Task[tuple[Sequence, Value | None]]:
        """Lines one after the other: the network, and the last value; None where nothing was ever read."""

    @abstractmethod
    def unknown(self, statement: tree.Unknown, place: Place) -> Value:
        """What could not be read: its names stand for a value without a shape, or of the shape that it claims."""

    @abstractmethod
    def declare(self, statement: tree.Statement, place: Place) -> None:
        """`let`, `expect`, `freeze` and `output`: what lays nothing."""

    @abstractmethod
    def note_fault(self, fault: Problem | Silent, statement: tree.Statement, place: Place) -> None:
        """Note what a fault means for the lists of values."""

    @abstractmethod
    def tell_unread_of_lists(self) -> None:
        """Warn of what was kept on lists and never read."""

    @abstractmethod
    def keep(self, statement: tree.Keep, current: Value | None, place: Place) -> None:
        """Put the result above, or the value that the line reads, on a list."""

    @abstractmethod
    def several(self, read: tree.Read, place: Place) -> list[tuple[str, Value]]:
        """The values of a name with braces or a range, or of a list, each with its name."""

    @abstractmethod
    def layer(
        self, statement: tree.LayerStatement, inputs: tuple[Value, ...], place: Place, base: int
    ) -> Task[tuple[Item | None, tuple[Value, ...]]]:
        """A layer line of any form: its item and its results."""

    @abstractmethod
    def once(self, statement: tree.LayerStatement, inputs: tuple[Value, ...], place: Place, named: bool) -> Task[Once]:
        """One copy of a layer line."""


def _lays(statement: tree.If) -> bool:
    """Whether any arm of an `if` lays or keeps something; one with claims alone leaves no trace in the network."""
    return any(isinstance(one, (tree.LayerStatement, tree.For, tree.Keep)) for one in tree.within(statement))
