"""Tree to network: each statement gets its inputs, its values, its rules and its shapes, one visit for each distinct use.

A body is visited once for each combination of arguments and input shapes; equal copies of a repeat are visited once. After
a fault on a value its followers stay silent, and what does not depend on it is still checked.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from archdsl.analysis.bind import Bound, Signature, bind, make, of_block, of_kind
from archdsl.analysis.claims import Claim, claimed_shape, judge_quantity
from archdsl.analysis.cost import Cost, Costs, add
from archdsl.analysis.evaluate import evaluate, truth
from archdsl.analysis.hints import hint_for_claim, hint_for_refusal
from archdsl.analysis.names import Entry, Names, Value
from archdsl.analysis.problem import Placed, Problem, Silent, Stop
from archdsl.analysis.report import Report
from archdsl.analysis.scope import WRONG, KindReference, Scope
from archdsl.analysis.trampoline import Task
from archdsl.diagnostics import Related, Source, Span, nearest
from archdsl.ir.network import Choice, Item, Leaf, Loop, Merge, Node, Repeat, Run, Sequence, Use, width
from archdsl.ir.shape import Shape
from archdsl.ir.size import Expression, Undetermined
from archdsl.layers import REGISTRY, Layer, Refusal
from archdsl.layers.values import spell, whole
from archdsl.limits import Limits
from archdsl.syntax import tree
from archdsl.syntax.parser import parse_expression
from archdsl.syntax.tree import Token

_RESERVED = {
    "use": "`use` is not part of the language yet",
    "freeze": "`freeze` is not part of the language yet",
    "share": "SHARE is not part of the language yet",
    "else": "`else` stands on the line of the } before it",
    "where": "`where` stands on the line of `input` or `model`",
}


class Place(NamedTuple):
    """Where a statement stands: the values of names, the named results, and the blocks in use around it."""

    scope: Scope
    names: Names
    chain: tuple[str, ...]

    def reading(self, value: Value | None) -> Place:
        """The same place for a line that reads `value`: `in` is its channels."""
        channels = None if value is None else WRONG if value.shape is None else value.shape.channels
        return self._replace(scope=self.scope.reading(channels)) if channels is not self.scope.channels else self


class Once(NamedTuple):
    """One copy of a statement: its node, None after a fault, its results, and the names inside a group."""

    node: Node | None
    shapes: tuple[Shape | None, ...]
    inside: Names | None = None


class Elaborator:
    """Elaborates the statements of one file."""

    def __init__(self, source: Source, blocks: dict[str, tree.Block], report: Report, limits: Limits) -> None:
        self.source, self.blocks, self.report, self.limits = source, blocks, report, limits
        self.kinds = {**{name: name for name in REGISTRY}, **{name: name for name in blocks}}
        self.costs = Costs()
        self.claims: dict[tuple[int, str], Claim] = {}
        self.visits = 0
        self.origins: dict[int, tuple[Placed, str]] = {}  # value -> where it comes from, and its kind
        self._values = 0
        self._uses: dict[str, tuple[Sequence, tuple[Shape | None, ...]]] = {}
        self._layers: dict[Any, tuple[Any, Shape, dict[str, tree.Expr]]] = {}
        self._read: set[int] = set()
        self._unread: list[tuple[tuple[int, ...], tree.Layer]] = []

    # ---- values

    def value(self, shape: Shape | None, at: Placed, what: str = "") -> Value:
        """A new value, and where it comes from."""
        self._values += 1
        self.origins[self._values] = (at, what)
        return Value(self._values, shape)

    def _visit(self, at: Placed, count: int = 1) -> None:
        self.visits += count
        if self.visits > self.limits.visits:
            message = f"more than {self.limits.visits:,} layers to visit; copies that differ are visited one by one"
            raise Stop(Problem("limit", message, at, hint="raise it with --limit visits=N"))

    def tell_unread(self) -> None:
        """Warn of results that nothing reads."""
        for numbers, statement in self._unread:
            if not self._read.intersection(numbers):
                called = statement.names[0].text if statement.names else (statement.kind.text if statement.kind else "this")
                message = f"nothing reads the result of {called}, and it is no output"
                self.report.tell("unused-result", message, statement)

    # ---- sequences

    def sequence(self, lines: tuple[tree.Line, ...], takes: tuple[Value, ...], place: Place) -> Task[tuple[Sequence, Value | None]]:
        """Elaborate lines one after the other; give the network and the last value, None where nothing was ever read."""
        base = place.names.counter
        items: list[Item] = []
        current = takes[0] if len(takes) == 1 else None
        for line in lines:
            ours: list[Item] = []
            for statement in line.statements:
                here = place.reading(current)
                try:
                    item, current = yield self._statement(statement, current, takes, here, base)
                except Problem as problem:
                    self.report.problem(problem)
                    item, current = None, self._wrong(statement, current)
                except Silent:
                    item, current = None, self._wrong(statement, current)
                if item is not None:
                    ours.append(item)
            self._judge_line(line, ours, current, place)
            self._mark_activation(line, place.names)
            items += ours
        if current is not None:
            self._read.add(current.number)
        last = () if current is None else (current,)
        return _sequence(takes, tuple(items), last, place.names.counter - base), current

    def _wrong(self, statement: tree.Statement, current: Value | None) -> Value | None:
        """What flows on after a fault: a value without a shape, where the statement would have given one."""
        if isinstance(statement, (tree.Layer, tree.For, tree.If)):
            return self.value(None, Span(0, 0))
        return current

    def _statement(
        self, statement: tree.Statement, current: Value | None, takes: tuple[Value, ...], place: Place, base: int
    ) -> Task[tuple[Item | None, Value | None]]:
        """One statement of a sequence: its item, and the value that the next line reads."""
        match statement:
            case tree.Layer():
                inputs = self.reads(statement, current, takes, place)
                item, values = yield self._layer(statement, inputs, place, base, branch=False)
                if item is not None and item.gives != item.reads:
                    self._unread.append((item.gives, statement))
                return item, values[0]
            case tree.Let():
                self._let(statement, place.scope)
            case tree.If():
                return (yield self._if(statement, current, place, base))
            case tree.For():
                return (yield self._for(statement, current, place, base))
            case tree.Expect():
                place.names.expects.append(statement)
            case tree.Output():
                self._output(statement, place)
            case _:
                raise misplaced(statement)
        return None, current

    def _output(self, statement: tree.Output, place: Place) -> None:
        names = place.names
        if names.around is not None:
            raise Problem("misplaced", "`output` stands in a block or in the model, not in a group", statement.reads[0])
        if names.outputs is not None:
            raise Problem("duplicate-name", "`output` stands once; it lists all results", statement.reads[0])
        names.outputs = statement

    def _let(self, statement: tree.Let, scope: Scope) -> None:
        name = statement.name.text
        if name in scope or name in ("in", "yes", "no", "true", "false"):
            scope_value = scope.get(name) if name in scope else None
            scope.define(name, scope_value if scope_value is not None else WRONG)
            raise Problem("duplicate-name", f"{name} has a meaning here already", statement.name)
        scope.define(name, WRONG)
        value = evaluate(statement.value, scope, self.limits)
        scope.define(name, value)

    # ---- what a line reads

    def reads(self, statement: tree.Layer, current: Value | None, takes: tuple[Value, ...], place: Place) -> tuple[Value, ...]:
        """The values behind `<-`, or the nearest result above."""
        if statement.reads:
            return tuple(self._reference(token, place) for token in statement.reads)
        if current is not None:
            self._read.add(current.number)
            return (current,)
        at = statement.names[0] if statement.names else statement.kind or statement
        known = place.names.visible()
        if known:
            hint = f"<- {known[0]}" if len(known) == 1 else f"<- with one of {', '.join(known[:4])}"
            raise Problem("missing-input", "with several inputs the first line says which it reads", at, hint=hint)
        raise Problem(
            "missing-input", "there is nothing to read: no `input` above", at, hint="input 224x224x3, or --input 224x224x3"
        )

    def _reference(self, token: Token, place: Place) -> Value:
        token = self._label_token(token, place.scope)
        entry = place.names.find(token)
        for value in entry.values[:1]:
            self._read.add(value.number)
        if entry.activation:
            message = f"{token.text} is read before the {entry.activation} that follows on its line"
            self.report.tell("before-activation", message, token, hint=f"put {token.text} and {entry.activation} in braces under one name")
        return entry.values[0]

    # ---- layers, groups and blocks in use

    def _layer(
        self, statement: tree.Layer, inputs: tuple[Value, ...], place: Place, base: int, *, branch: bool
    ) -> Task[tuple[Item | None, tuple[Value, ...]]]:
        """A layer line: its item and its results. In a merge (`branch`) copies of a repeat stand side by side."""
        here = place.reading(inputs[0])
        label, token = self._label(statement, here.scope)
        if label is not None:
            place.names.claim(label, token)
        named = label is not None
        structure = self._is_structure(statement, here)
        number = place.names.number(label) if named or not (structure or statement.repeat is not None) else place.names.counter
        if statement.repeat is None:
            once = yield self._once(statement, inputs, here, named)
            node, shapes, inside = once.node, once.shapes, once.inside
        else:
            node, shapes = yield self._repeated(statement, inputs, here, named, branch, base)
            inside = None
        values = self._results(statement, node, shapes, inputs)
        if label is not None:
            self._enter(statement, label, values, inside, place)
        if node is None:
            return None, values
        reads = tuple(value.number for value in inputs)
        given = tuple(value.number for value in values)
        known = tuple(shape for shape in shapes if shape is not None)
        number_within = number if label is not None and label.isdigit() else number - base
        return Item(label, number_within, node, reads, given, known), values

    def _is_structure(self, statement: tree.Layer, place: Place) -> bool:
        """Whether the line is braces or a merge, which count only under a name."""
        if statement.body is None:
            return False
        return True

    def _results(
        self, statement: tree.Layer, node: Node | None, shapes: tuple[Shape | None, ...], inputs: tuple[Value, ...]
    ) -> tuple[Value, ...]:
        what = statement.kind.text if statement.kind else "braces"
        if node is None:
            return tuple(self.value(None, statement, what) for _ in range(max(1, len(statement.names), len(shapes))))
        return tuple(self.value(shape, statement, what) for shape in shapes)

    def _enter(self, statement: tree.Layer, label: str, values: tuple[Value, ...], inside: Names | None, place: Place) -> None:
        """Make the results readable: the first name is the layer's own, the others are the further results."""
        names = statement.names
        place.names.entries[label] = Entry(values, names[0], inside)
        if len(names) > max(1, len(values)):
            message = f"{len(names)} names for {len(values)} result{'s' * (len(values) != 1)}"
            raise Problem("too-many-values", message, names[len(values)])
        for token, value in zip(names[1:], values[1:], strict=False):
            text = self._label_text(token, place.scope)
            place.names.claim(text, token)
            place.names.entries[text] = Entry((value,), token)

    def _once(self, statement: tree.Layer, inputs: tuple[Value, ...], place: Place, named: bool) -> Task[Once]:
        """One copy of a layer line."""
        if statement.kind is None:
            return (yield self._group(statement, inputs, place, named))
        target = self._target(statement.kind, place.scope)
        if isinstance(target, tree.Block):
            if statement.body is not None:
                raise Problem("misplaced", f"{target.name.text} is a block and takes no braces", statement.body)
            return (yield self._use(statement, target, inputs, place))
        if statement.body is None:
            return self._leaf(statement, target, inputs, place)
        if not target.merge:
            hint = "put the group on a line of its own"
            raise Problem("misplaced", f"{target.name} takes no braces; only merges do", statement.body, hint=hint)
        return (yield self._merge(statement, target, inputs, place, named))

    def _target(self, kind: Token, scope: Scope) -> type[Layer] | tree.Block:
        """What a kind word means: a value in scope that holds a kind, a block, or a built-in kind."""
        word = kind.text
        if word in scope:
            value = scope.get(word)
            if value is WRONG:
                raise Silent
            if isinstance(value, KindReference):
                word = value.name
            elif word not in self.blocks and word.upper() not in REGISTRY:
                raise Problem("unknown-kind", f"{word} is a value ({spell(value)}), not a kind of layer", kind)
        if word in self.blocks:
            return self.blocks[word]
        found = REGISTRY.get(word.upper())
        if found is None:
            raise self.unknown_kind(kind)
        return found

    def unknown_kind(self, kind: Token) -> Problem:
        """The fault of a kind that is neither built in nor a block, with what may have been meant."""
        word = kind.text
        if word.lower() in _RESERVED:
            return Problem("reserved", _RESERVED[word.lower()], kind)
        close = nearest(word, [*REGISTRY, *self.blocks])
        hint = f"did you mean {close}?" if close else "`archdsl layers` lists the kinds"
        return Problem("unknown-kind", f"there is no kind of layer called {word}", kind, hint=hint)

    def _leaf(self, statement: tree.Layer, kind: type[Layer], inputs: tuple[Value, ...], place: Place) -> Once:
        """A layer of a built-in kind: bound, made and asked for its shape; equal lines share one layer."""
        self._visit(statement)
        shapes = tuple(value.shape for value in inputs)
        key = None
        if all(type(argument.value) is Token for argument in statement.arguments):
            words = tuple((a.name.text if a.name else None, a.value.text, self._meaning(a.value, place.scope)) for a in statement.arguments)  # type: ignore[union-attr]
            key = (kind, words, shapes)
            if key in self._layers:
                op, shape, written = self._layers[key]
                return Once(Leaf(op, shapes, (shape,), statement, written), (shape,))  # type: ignore[arg-type]
        signature = of_kind(kind)
        bound = bind(signature, statement.arguments, place.scope, self.kinds, self.limits)
        if None in shapes:
            raise Silent
        op, shape = self.rules(kind, bound, shapes, inputs, statement)  # type: ignore[arg-type]
        for code, message in op.remarks(*shapes):
            self.report.tell(code, message, statement.kind or statement)
        written = {name: argument.value for name, argument in bound.written.items()}
        if key is not None:
            self._layers[key] = (op, shape, written)
        return Once(Leaf(op, shapes, (shape,), statement, written), (shape,))  # type: ignore[arg-type]

    def _meaning(self, token: Any, scope: Scope) -> Any:
        """What tells two equal words apart: the value of a name."""
        if token.type != "WORD" or token.text not in scope:
            return scope.channels if token.text == "in" else None
        return repr(scope.get(token.text))

    def rules(
        self, kind: type[Layer], bound: Bound, shapes: tuple[Shape, ...], inputs: tuple[Value, ...], statement: tree.Layer
    ) -> tuple[Layer, Shape]:
        """The layer and its output shape; a rule that refuses becomes a Problem with its place."""
        try:
            op = make(kind, bound, shapes)
            shape = op.shape(*shapes)
            self._check_sizes(kind, shape)
            return op, shape
        except Refusal as refusal:
            raise self._refused(refusal, kind, bound, shapes, inputs, statement) from None
        except Undetermined as fault:
            message = f"{kind.name}: whether {fault.question} depends on the size that a symbol stands for"
            hint = "state a bound behind `where` of the input"
            raise Problem("undetermined", message, statement.kind or statement, hint=hint) from None

    def _check_sizes(self, kind: type[Layer], shape: Shape) -> None:
        for size in shape.sizes:
            if size <= 0:
                raise Refusal("kernel-too-large", f"{kind.name} leaves nothing: its output would be {shape}")
        if not isinstance(shape.elements, Expression) and shape.elements >= 2**62:
            raise Refusal("too-large", f"{kind.name} gives {shape}, more than a tensor can hold")

    def _refused(
        self, refusal: Refusal, kind: type[Layer], bound: Bound, shapes: tuple[Shape, ...], inputs: tuple[Value, ...], statement: tree.Layer
    ) -> Problem:
        at: Placed = statement.kind or statement
        if isinstance(refusal.blame, str) and refusal.blame in bound.written:
            at = bound.written[refusal.blame]
        related = tuple(self._origin(value) for value in inputs if self.origins[value.number][0].end)
        hint = hint_for_refusal(refusal, kind, bound, shapes) or refusal.hint
        return Problem(refusal.code, refusal.message, at, hint=hint, related=related[:4])

    def _origin(self, value: Value) -> Related:
        at, _ = self.origins[value.number]
        start = getattr(at, "kind", None) or at
        return Related(Span(start.start, start.end), f"{value.shape} comes from here")

    # ---- groups, blocks and merges

    def _group(self, statement: tree.Layer, inputs: tuple[Value, ...], place: Place, named: bool) -> Task[Once]:
        assert statement.body is not None
        names = Names(place.names) if named else place.names
        takes = tuple(self.value(value.shape, *self.origins[value.number]) for value in inputs)
        body, last = yield self.sequence(statement.body.lines, takes, Place(place.scope.inner(), names, place.chain))
        if named:
            self.judge_expects(names, body, (last,) if last else (), place.scope)
        if last is None:
            raise Silent
        return Once(body if last.shape is not None else None, (last.shape,), names if named else None)

    def _use(self, statement: tree.Layer, block: tree.Block, inputs: tuple[Value, ...], place: Place) -> Task[Once]:
        """A block in use; uses with equal arguments and inputs share one body."""
        self._visit(statement)
        assert statement.kind is not None
        name = block.name.text
        if name in place.chain:
            loop = " -> ".join([*place.chain[place.chain.index(name) :], name])
            raise Problem("recursive-block", f"{name} reaches itself: {loop}", statement.kind)
        if len(place.chain) >= self.limits.chain:
            message = f"more than {self.limits.chain} blocks within one another"
            raise Problem("limit", message, statement.kind, hint="raise it with --limit chain=N")
        wanted = max(1, len(block.takes))
        if len(inputs) != wanted:
            reads = f" ({', '.join(token.text for token in block.takes)})" if block.takes else ""
            message = f"{name} reads {wanted} input{'s' * (wanted > 1)}{reads}, here {len(inputs)}"
            raise Problem("wrong-inputs", message, statement)
        scope, written = self._arguments(statement, of_block(block), block, inputs, place)
        if any(value.shape is None for value in inputs):
            raise Silent
        values = tuple((p.name.text, scope.get(p.name.text)) for p in block.parameters)
        key = f"{name} {values!r} {[value.shape for value in inputs]!r}"
        if key not in self._uses:
            self._uses[key] = yield self._body(block, inputs, scope, (*place.chain, name))
        body, shapes = self._uses[key]
        if None in shapes:
            raise Silent
        read = tuple(value.shape for value in inputs)
        return Once(Use(block, values, read, shapes, body, statement, written), shapes)  # type: ignore[arg-type]

    def _arguments(
        self, statement: tree.Layer, signature: Signature, block: tree.Block, inputs: tuple[Value, ...], place: Place
    ) -> tuple[Scope, dict[str, tree.Expr]]:
        """The scope of a block's body: its parameters, from the arguments or, worked out at the use, from the defaults."""
        bound = bind(signature, statement.arguments, place.scope, self.kinds, self.limits)
        channels = None if inputs[0].shape is None else inputs[0].shape.channels
        scope = Scope({}, place.scope.symbols, channels)
        for parameter in block.parameters:
            name = parameter.name.text
            if name in bound.values:
                scope.define(name, bound.values[name])
            elif parameter.default is None:
                at = statement.kind or statement
                message = f"{signature.title} needs a value for {name}"
                raise Problem("missing-value", message, at, hint=f"usage: {signature.usage}")
            else:
                scope.define(name, self._default(parameter.default, scope))
        return scope, {name: argument.value for name, argument in bound.written.items()}

    def _default(self, default: tree.Expr, scope: Scope) -> Any:
        if isinstance(default, Token) and default.type == "WORD" and default.text not in scope:
            kind = self.kinds.get(default.text) or self.kinds.get(default.text.upper())
            if kind:
                return KindReference(kind)
        return evaluate(default, scope, self.limits)

    def _body(
        self, block: tree.Block, inputs: tuple[Value, ...], scope: Scope, chain: tuple[str, ...]
    ) -> Task[tuple[Sequence, tuple[Shape | None, ...]]]:
        names = Names(None)
        takes = tuple(self.value(value.shape, *self.origins[value.number]) for value in inputs)
        for token, value in zip(block.takes, takes, strict=False):
            names.claim(token.text, token)
            names.entries[token.text] = Entry((value,), token)
        place = Place(scope, names, chain)
        body, last = yield self.sequence(block.body.lines, takes, place)
        results = self.results(names, last, place)
        body = _sequence(takes, body.items, results, body.width)
        self.judge_expects(names, body, results, scope)
        return body, tuple(value.shape for value in results)

    def results(self, names: Names, last: Value | None, place: Place) -> tuple[Value, ...]:
        """What a block or model gives: what `output` lists, else its last line."""
        if names.outputs is None:
            return (last,) if last is not None else ()
        try:
            return tuple(self._reference(token, place) for token in names.outputs.reads)
        except Problem as problem:
            self.report.problem(problem)
            return (self.value(None, Span(0, 0)),)

    def _merge(
        self, statement: tree.Layer, kind: type[Layer], inputs: tuple[Value, ...], place: Place, named: bool
    ) -> Task[Once]:
        """Branches on the same input, joined by the kind's rules."""
        self._visit(statement)
        assert statement.body is not None and statement.kind is not None
        names = Names(place.names) if named else place.names
        base = names.counter
        if len(inputs) != 1:
            raise Problem("wrong-inputs", f"the branches of {kind.name} read one input, here {len(inputs)}", statement)
        inner = Place(place.scope.inner(), names, place.chain)
        branches: list[Item] = []
        values: list[Value] = []
        for line in statement.body.lines:
            ours: list[Item] = []
            found: tuple[Value, ...] = ()
            for one in line.statements:
                item, found = yield self._branch(one, inputs, inner, base)
                ours += [item] if item is not None else []
                values += found
                if len(values) > self.limits.list:
                    raise Problem("limit", f"more than {self.limits.list:,} branches", statement.kind)
            self._judge_line(line, ours, found[-1] if found else None, inner)
            branches += ours
        self._read.update(value.number for value in values)
        if not values:
            raise Problem("wrong-inputs", f"{kind.name} has no branch", statement.kind)
        bound = bind(of_kind(kind), statement.arguments, place.scope, self.kinds, self.limits)
        shapes = tuple(value.shape for value in values)
        if None in shapes:
            raise Silent
        op, shape = self.rules(kind, bound, shapes, tuple(values), statement)  # type: ignore[arg-type]
        merge = Merge(op, shapes, (shape,), tuple(branches), names.counter - base, statement)  # type: ignore[arg-type]
        node: Node = merge
        if named:  # a container of its own
            given = self.value(shape, statement)
            item = Item(None, 0, merge, tuple(v.number for v in inputs), (given.number,), (shape,))
            node = _sequence(inputs, (item,), (given,), names.counter)
            self.judge_expects(names, node, (given,), place.scope)
        return Once(node, (shape,), names if named else None)

    def _branch(
        self, statement: tree.Statement, inputs: tuple[Value, ...], place: Place, base: int
    ) -> Task[tuple[Item | None, tuple[Value, ...]]]:
        """One statement of a merge: its item and its branches; `let` and an `if` not taken make none."""
        here = place.reading(inputs[0])
        try:
            match statement:
                case tree.Layer():
                    read = self.reads(statement, inputs[0], inputs, here)
                    return (yield self._layer(statement, read, here, base, branch=True))
                case tree.If():
                    item, value = yield self._if(statement, inputs[0], here, base)
                    taken = isinstance(item, Item) and isinstance(item.node, Choice) and item.node.taken is not None
                    if item is not None and not taken:
                        return item._replace(gives=()), ()
                    return item, (value,) if value else ()
                case tree.For():
                    return (yield self._turns(statement, inputs, here, base))
                case tree.Let():
                    self._let(statement, place.scope)
                case tree.Expect():
                    place.names.expects.append(statement)
                case _:
                    raise misplaced(statement)
        except Problem as problem:
            self.report.problem(problem)
            return None, (self.value(None, Span(0, 0)),)
        except Silent:
            return None, (self.value(None, Span(0, 0)),)
        return None, ()

    # ---- repeats, `for` and `if`

    def _repeated(
        self, statement: tree.Layer, inputs: tuple[Value, ...], place: Place, named: bool, branch: bool, base: int
    ) -> Task[tuple[Node | None, tuple[Shape | None, ...]]]:
        """The copies of `xN`, equal ones in one run."""
        assert statement.repeat is not None
        count = self.count(statement.repeat, place.scope)
        runs: list[Run] = []
        shapes: tuple[Shape | None, ...] = tuple(value.shape for value in inputs)
        if count == 0:
            return Repeat((), branch, statement), () if branch else shapes
        if count > 1 and len(inputs) > 1 and not branch:
            raise Problem("wrong-inputs", "a repeated line reads one input, its copies read one another", statement.repeat)
        left, values = count, inputs
        while left:
            before = shapes
            labels = len(place.names.taken)
            once = yield self._copy(statement, values, place.reading(values[0]), named)
            if once.node is None:
                return None, once.shapes
            if count > 1 and not named and len(place.names.taken) > labels:
                token = list(place.names.taken.values())[-1]
                message = f"the repeat would give the name {token.text} {count:,} times"
                raise Problem("duplicate-name", message, token, hint="name the repeat as a whole: layers: { ... } x3")
            shapes = once.shapes
            equal = branch or shapes == before
            taken = left if equal else 1
            runs.append(Run(once.node, taken))
            left -= taken
            if not named:
                place.names.counter += (taken if self._counts_itself(once.node) else (taken - 1)) * width(once.node)
            values = tuple(self.value(shape, statement) for shape in shapes)
        if branch:
            if count > self.limits.list:
                raise Problem("limit", f"more than {self.limits.list:,} copies in a merge", statement.repeat)
            shapes = shapes * count
        return Repeat(tuple(runs), branch, statement), shapes

    def _counts_itself(self, node: Node) -> bool:
        """Whether the copies take numbers themselves; braces took theirs while their first copy was elaborated."""
        return isinstance(node, (Leaf, Use))

    def _copy(self, statement: tree.Layer, inputs: tuple[Value, ...], place: Place, named: bool) -> Task[Once]:
        """One copy of a repeat. Under a name it is a container of its own; a merge is wrapped, so that copies can follow."""
        inner = place._replace(names=Names(place.names)) if named else place
        takes = inputs
        if statement.body is not None and statement.kind is not None:
            takes = tuple(self.value(value.shape, *self.origins[value.number]) for value in inputs)
        once = yield self._once(statement, takes, inner, False)
        if isinstance(once.node, Merge):
            given = self.value(once.shapes[0], statement)
            numbers = tuple(value.number for value in takes)
            item = Item(None, 0, once.node, numbers, (given.number,), once.node.outputs)
            return once._replace(node=_sequence(takes, (item,), (given,), once.node.width))
        return once

    def count(self, repeat: tree.Expr, scope: Scope) -> int:
        """How often a line is written."""
        value = whole(evaluate(repeat, scope, self.limits))
        if isinstance(value, Expression):
            raise Problem("undetermined", f"a repeat cannot depend on the symbolic size {value}", repeat)
        if isinstance(value, bool) or not isinstance(value, int):
            code = "not-whole" if hasattr(value, "denominator") else "wrong-type"
            raise Problem(code, f"a repeat is a whole number, not {spell(value)}", repeat)
        if value < 0:
            raise Problem("out-of-range", f"a line cannot be repeated {value} times", repeat, hint="0 leaves the line out")
        return value

    def _if(self, statement: tree.If, current: Value | None, place: Place, base: int) -> Task[tuple[Item | None, Value | None]]:
        taken: int | None = None
        body = statement.otherwise
        for number, (condition, arm) in enumerate(statement.arms):
            if truth(condition, place.scope, self.limits):
                taken, body = number, arm
                break
        else:
            taken = len(statement.arms) if body is not None else None
        number = place.names.counter
        if body is None:
            if current is None or not _has_layers(statement):
                return None, current
            empty = _sequence((current,), (), (current,), 0)
            return Item(None, number - base, Choice(None, empty, statement), (current.number,), (current.number,), ()), current
        takes = () if current is None else (self.value(current.shape, *self.origins[current.number]),)
        inner = place._replace(scope=place.scope.inner())
        sequence, last = yield self.sequence(body.lines, takes, inner)
        if not _has_layers(statement):
            return None, current
        return self._inline(Choice(taken, sequence, statement), current, last, number - base, body)

    def _inline(
        self, node: Node, current: Value | None, last: Value | None, number: int, at: Placed
    ) -> tuple[Item | None, Value | None]:
        """The item of an `if` or a `for` in a sequence: it reads the current value and gives the next."""
        if last is None:
            return None, None
        if last.shape is None:
            return None, last
        value = self.value(last.shape, *self.origins[last.number])
        reads = () if current is None else (current.number,)
        return Item(None, number, node, reads, (value.number,), (last.shape,)), value

    def _for(self, statement: tree.For, current: Value | None, place: Place, base: int) -> Task[tuple[Item | None, Value | None]]:
        turns = []
        number = place.names.counter
        value = current
        for values in self.turns(statement, place.scope):
            self._visit(statement.names[0])
            inner = self._turn(statement, values, place.reading(value))
            takes = () if value is None else (self.value(value.shape, *self.origins[value.number]),)
            sequence, value = yield self.sequence(statement.body.lines, takes, inner)
            turns.append((values, sequence))
        if not turns:
            return None, current
        return self._inline(Loop(tuple(turns), statement), current, value, number - base, statement.body)

    def _turns(
        self, statement: tree.For, inputs: tuple[Value, ...], place: Place, base: int
    ) -> Task[tuple[Item | None, tuple[Value, ...]]]:
        """A `for` in a merge: each turn is a branch."""
        turns, found = [], []
        number = place.names.counter
        for values in self.turns(statement, place.scope):
            self._visit(statement.names[0])
            takes = (self.value(inputs[0].shape, *self.origins[inputs[0].number]),)
            sequence, last = yield self.sequence(statement.body.lines, takes, self._turn(statement, values, place))
            turns.append((values, sequence))
            found.append(last if last is not None else self.value(None, Span(0, 0)))
        if any(value.shape is None for value in found):
            return None, tuple(found)
        results = tuple(self.value(value.shape, *self.origins[value.number]) for value in found)
        shapes = tuple(value.shape for value in results if value.shape is not None)
        reads = tuple(value.number for value in inputs)
        return Item(None, number - base, Loop(tuple(turns), statement), reads, tuple(v.number for v in results), shapes), results

    def _turn(self, statement: tree.For, values: tuple[Any, ...], place: Place) -> Place:
        scope = place.scope.inner()
        for token, value in zip(statement.names, values, strict=True):
            scope.define(token.text, value)
        return place._replace(scope=scope)

    def turns(self, statement: tree.For, scope: Scope) -> list[tuple[Any, ...]]:
        """The values of the names of a `for`, turn by turn."""
        if isinstance(statement.turns, tree.Range):
            first, last = (self._index(end, scope) for end in (statement.turns.first, statement.turns.last))
            if last - first >= self.limits.list:
                message = f"a `for` of {last - first + 1:,} turns; the limit is {self.limits.list:,}"
                raise Problem("limit", message, statement.turns, hint="equal copies cost nothing as { ... } xN")
            if len(statement.names) != 1:
                raise Problem("wrong-type", "a range gives one number a turn", statement.names[1])
            return [(number,) for number in range(first, last + 1)]
        items = evaluate(statement.turns, scope, self.limits)
        if not isinstance(items, tuple) or isinstance(items, KindReference):
            raise Problem("wrong-type", f"`for` goes through a list or a range 1..n, not {spell(items)}", statement.turns)
        return [self._unpack(statement, item) for item in items]

    def _unpack(self, statement: tree.For, item: Any) -> tuple[Any, ...]:
        wanted = len(statement.names)
        if wanted == 1:
            return (item,)
        if not isinstance(item, tuple) or len(item) != wanted:
            message = f"each turn must give {wanted} values, and one gives {spell(item)}"
            raise Problem("wrong-type", message, statement.turns)
        return item

    def _index(self, end: tree.Expr, scope: Scope) -> int:
        value = whole(evaluate(end, scope, self.limits))
        if isinstance(value, bool) or not isinstance(value, int):
            code = "undetermined" if isinstance(value, Expression) else "not-whole" if hasattr(value, "denominator") else "wrong-type"
            raise Problem(code, f"the ends of a range are whole numbers, not {spell(value)}", end)
        return value

    # ---- labels

    def _label(self, statement: tree.Layer, scope: Scope) -> tuple[str | None, Token]:
        if not statement.names:
            return None, statement.kind or Token("WORD", "", statement.start, statement.end)
        token = statement.names[0]
        return self._label_text(token, scope), token

    def _label_text(self, token: Token, scope: Scope) -> str:
        token = self._label_token(token, scope)
        text = token.text[1:-1] if token.type == "STRING" else token.text
        if not text or "." in text or len(text) > 200:
            reason = "is empty" if not text else "has a dot, which parts the steps of a path" if "." in text else "is too long"
            raise Problem("invalid-name", f"the name {text[:40]!r} {reason}", token)
        if token.type == "NUMBER" and not text.isdigit():
            raise Problem("invalid-name", f"{text} is no whole number", token)
        return str(int(text)) if token.type == "NUMBER" else text

    def _label_token(self, token: Token, scope: Scope) -> Token:
        """`conv{i+1}` with its values put in."""
        if token.type != "TEMPLATE":
            return token
        text = ""
        for position, part in enumerate(token.text.replace("}", "{").split("{")):
            text += self._template(part, token, scope) if position % 2 else part
        return token._replace(type="WORD", text=text)

    def _template(self, part: str, token: Token, scope: Scope) -> str:
        expression, faults = parse_expression(Source(self.source.name, part), self.limits)
        if expression is None or faults:
            raise Problem("syntax", f"{{{part}}} in a name is no expression", token)
        try:
            value = whole(evaluate(expression, scope, self.limits))
        except Problem as problem:
            raise Problem(problem.code, problem.message, token, hint=problem.hint) from None
        if isinstance(value, bool) or not isinstance(value, (int, str)) or (isinstance(value, int) and value < 0):
            raise Problem("wrong-type", f"{{{part}}} in a name must be a whole number or a text, not {spell(value)}", token)
        return str(value)

    def _mark_activation(self, line: tree.Line, names: Names) -> None:
        """Remember which labels of a line have an activation behind them on it."""
        for statement, after in zip(line.statements, line.statements[1:], strict=False):
            if not (isinstance(statement, tree.Layer) and statement.names and isinstance(after, tree.Layer) and after.kind):
                continue
            kind = REGISTRY.get(after.kind.text.upper())
            label = statement.names[0].text
            if kind is not None and kind.family == "activation" and label in names.entries:
                names.entries[label] = names.entries[label]._replace(activation=kind.name)

    # ---- claims

    def _judge_line(self, line: tree.Line, items: list[Item], last: Value | None, place: Place) -> None:
        """Hold the claims at the end of a line against its last shape and the sum of its counts."""
        statements = [one for one in line.statements if isinstance(one, tree.Layer)]
        if not any(one.claims for one in statements):
            return
        for early in line.statements[:-1]:
            if isinstance(early, tree.Layer) and early.claims:
                message = "a claim speaks for its whole line and stands at its end"
                self.report.tell("misplaced", message, early.claims[0], hint="put the next statement on a line of its own")
                return
        final = line.statements[-1]
        assert isinstance(final, tree.Layer)
        shapes = items[-1].shapes if items else ()
        complete = len(items) == len(statements)
        if isinstance(final.repeat, tree.Token) and items and isinstance(items[-1].node, Repeat):
            shapes = items[-1].shapes[:1]
        cost = add(*(self.costs.of(item.node) for item in items)) if complete and items else None
        leaf = items[-1].node if complete and items else None
        self._judge(final.claims, shapes if complete else (), cost, place.scope, leaf)

    def judge_expects(self, names: Names, body: Node, results: tuple[Value, ...], scope: Scope) -> None:
        """Hold the `expect`s of a container against the whole of it."""
        shapes = tuple(value.shape for value in results if value.shape is not None)
        complete = bool(results) and len(shapes) == len(results) and not self.report.failed
        for expect in names.expects:
            cost = self.costs.of(body) if complete else None
            self._judge(expect.claims, shapes if complete else (), cost, scope, None)

    def _judge(
        self, claims: tuple[tree.Claim, ...], shapes: tuple[Shape, ...], cost: Cost | None, scope: Scope, node: Node | None
    ) -> None:
        position = 0
        for claim in claims:
            try:
                if isinstance(claim, tree.ShapeClaim):
                    self._judge_shape(claim, shapes, position, scope, node)
                    position += 1
                elif cost is not None:
                    holds, derived = judge_quantity(claim, cost)
                    self._settle(claim, holds, derived, node)
            except Problem as problem:
                self.report.problem(problem)
            except Silent:
                pass

    def _judge_shape(
        self, claim: tree.ShapeClaim, shapes: tuple[Shape, ...], position: int, scope: Scope, node: Node | None
    ) -> None:
        sizes = claimed_shape(claim.size, scope, self.limits)
        if not shapes:
            return
        if position >= len(shapes):
            count = f"one result gives {shapes[0]}" if len(shapes) == 1 else f"there are {len(shapes)} results"
            raise Problem("claim-shape", f"a shape too many: {count}", claim)
        derived = shapes[position]
        holds = sizes == derived.sizes
        self._settle(claim, holds, str(derived), node, sizes)

    def _settle(
        self, claim: tree.Claim, holds: bool, derived: str, node: Node | None, sizes: tuple[Any, ...] | None = None
    ) -> None:
        """Record a verdict, and tell a claim that fails how the derived figure comes about."""
        text = self.source.text[claim.start : claim.end]
        line = self.source.position(claim.start)[0]
        key = (claim.start, derived)
        if key not in self.claims:
            self.claims[key] = Claim(line, text, holds, text, derived)
        if holds:
            return
        code = "claim-shape" if isinstance(claim, tree.ShapeClaim) else "claim-value"
        because = ""
        if isinstance(node, Leaf):
            because = node.op.derivation(*node.inputs) if sizes is not None else self._figures(node, claim)
        hint = hint_for_claim(node, sizes) if isinstance(node, Leaf) and sizes is not None else None
        message = f"claimed {text}, derived {derived}"
        self.report.tell(code, message, claim, label=because, hint=hint)

    def _figures(self, leaf: Leaf, claim: tree.Claim) -> str:
        assert isinstance(claim, tree.QuantityClaim)
        if claim.unit.text not in ("params", "trainable", "weights"):
            return ""
        parts = [f"{t.name} {'x'.join(map(str, t.sizes)) or '1'}" for t in leaf.op.tensors(*leaf.inputs) if t.role != "buffer"]
        return " + ".join(parts)


def _has_layers(statement: tree.If) -> bool:
    """Whether any arm of an `if` lays something; one with claims alone leaves no trace in the network."""
    stack: list[tree.Statement] = [statement]
    while stack:
        one = stack.pop()
        if isinstance(one, (tree.Layer, tree.For)):
            return True
        if isinstance(one, tree.If):
            bodies = [body for _, body in one.arms] + ([one.otherwise] if one.otherwise else [])
            stack += [inner for body in bodies for line in body.lines for inner in line.statements]
    return False


def _sequence(takes: tuple[Value, ...], items: tuple[Item, ...], gives: tuple[Value, ...], width: int) -> Sequence:
    inputs, outputs = (tuple(v.shape for v in values if v.shape is not None) for values in (takes, gives))
    return Sequence(tuple(v.number for v in takes), items, tuple(v.number for v in gives), width, inputs, outputs)


def misplaced(statement: tree.Statement) -> Problem:
    """The fault of a declaration inside braces."""
    what = type(statement).__name__.lower()
    at: Any = getattr(statement, "name", None) or (getattr(statement, "names", None) or (statement,))[0]
    at = at if hasattr(at, "start") else Span(0, 0)
    return Problem("misplaced", f"`{what}` stands outside all braces", at)
