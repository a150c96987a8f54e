"""One class of the generated source: its constructor, its `forward`, and what it must be given.

A class is written once for all uses of a block (its members). Where members differ in numbers, the constructor takes a
parameter; where they take different arms of an `if`, the class has that `if`; where they differ by more, the block gets
more than one class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from archdsl.backends.source.calls import UNREAD, bracketed, write_layer, write_use
from archdsl.backends.source.chains import Chain, Child, NotChain
from archdsl.backends.source.control import write_choice, write_loop, write_repeat
from archdsl.backends.source.families import Family, common_shape, first, items, nodes
from archdsl.backends.source.flow import Copies, Value, converted, entry_form, form_of, uses
from archdsl.backends.source.groups import write_group
from archdsl.backends.source.made import At, Callee, Made
from archdsl.backends.source.merges import write_merge
from archdsl.backends.source.naming import variable
from archdsl.backends.source.sharing import write_share
from archdsl.backends.source.text import LONG, attribute, comment, statement, submodule
from archdsl.backends.source.text import register as registered
from archdsl.backends.source.values import Parameters
from archdsl.expressions.scope import Scope
from archdsl.network.nodes import Choice, Item, Leaf, Loop, Merge, Repeat, Sequence, Share, Use, walk
from archdsl.sizes.shape import Shape

if TYPE_CHECKING:
    from archdsl.backends.source.generator import Generator

T = TypeVar("T")


class Member(NamedTuple):
    """One use of a class: the body, the values of names, the shapes of the inputs."""

    body: Sequence
    scope: Scope
    inputs: tuple[Shape, ...]


class ClassWriter:
    """Writes one class."""

    def __init__(
        self,
        generator: Generator,
        name: str,
        members: dict[int, Member],
        parameters: Parameters,
        takes: tuple[str, ...] = (),
        doc: str = "",
        *,
        back: bool = False,
    ) -> None:
        self.generator = generator
        self.name = name
        self.members = members
        self.parameters = parameters
        self.takes = takes or ("x",)
        self.doc = doc
        self.back = back  # whether the result lies as the input does, so that copies can follow one another
        self.entry = ""  # how its first input lies
        self.whole: set[str] = set()  # variables that hold whole numbers
        self.checks: list[str] = []  # statements that refuse a forbidden size
        self.init: list[str] = []
        self.forward: list[str] = []
        self.closing: list[str] = []  # behind the submodules in the constructor
        self.methods: list[str] = []
        self.registered: set[str] = set()  # how submodules of this class are reached
        self.parts: dict[int, Callee] = {}  # what SHARE runs again, by its first result
        self.chains: dict[int, Chain] = {}  # groups that were written as chains
        self.values: dict[int, Value] = {}
        self.live: list[Value] = []
        self.indices: list[str] = []  # the variables of the loops around
        self.counts: dict[int, int] = {}
        for member in members.values():
            for number, count in uses(member.body).items():
                self.counts[number] = self.counts.get(number, 0) + count

    # ---- the whole class

    def write(self, *, sequential: bool) -> tuple[str, Made]:
        """The source of the class. `sequential` prefers a subclass of nn.Sequential where the body is a chain."""
        bodies = {number: member.body for number, member in self.members.items()}
        head = first(self.members)
        if sequential and len(head.inputs) == 1:
            written = self.attempt("class", bodies, None, self._sequential)
            if written is not None:
                return written
            self.init = []
        usual = self.generator.is_model(self)
        forms = tuple(form_of(shape) if usual else entry_form(head.body, shape) for shape in head.inputs)
        if len(self.takes) != len(head.inputs):
            self.takes = tuple(f"x{number + 1}" for number in range(len(head.inputs)))
        self.entry = forms[0] if forms else "any"  # a fragment may read nothing
        self._bind_inputs(forms)
        results = self.body(bodies, At("self", 0, "x"))
        if self.generator.is_model(self):
            outputs = zip(results, head.body.outputs, strict=True)
            results = [converted(bracketed(self, value, form_of(shape)), form_of(shape)) for value, shape in outputs]
        if self.back:
            results = [converted(bracketed(self, results[0], forms[0]), forms[0])]
        self.forward.append(statement("return ", ", ".join(value.text for value in results)))
        made = self._made(forms, tuple(value.form for value in results))
        return self._text("nn.Module", True), made

    def _sequential(self, bodies: Family) -> tuple[str, Made]:
        chain = Chain(self)
        chain.sequence(bodies, 0)
        shape = first(self.members).inputs[0]
        form = chain.entry or form_of(shape)
        if form == "flat" and shape.rank > 1:
            chain.children.insert(0, Child("flatten", -1, "nn.Flatten()", ""))
            form = "first"
        if self.generator.is_model(self) and (
            form != form_of(shape) or (chain.form or form) != form_of(bodies[0].outputs[0])
        ):
            raise NotChain
        if self.back and chain.form not in (None, form):
            raise NotChain
        self.init = chain.statements("self")
        return self._text("nn.Sequential", False), self._made((form,), (chain.form or form_of(shape),))

    def _made(self, forms: tuple[str, ...], gives: tuple[str, ...]) -> Made:
        return Made(self.name, self.parameters.arguments(), self.parameters.defaults, forms, gives)

    def _text(self, parent: str, forward: bool) -> str:
        signature = ", ".join(["self", *self.parameters.signature()])
        lines = [f"class {self.name}({parent}):"]
        if self.doc:
            lines += [f'    """{self.doc}"""', ""]
        lines += [f"    def __init__({signature}):", "        super().__init__()"]
        lines += [f"        {line}" for text in (*self.init, *self.closing) for line in text.split("\n")]
        body = self.forward if forward else [f"return super().forward({self.takes[0]})"] if self.checks else []
        if body:
            lines += ["", f"    def forward(self, {', '.join(self.takes)}):"]
            lines += [f"        {line}" for text in (*self.checks, *body) for line in text.split("\n")]
        lines += [f"    {line}".rstrip() for text in self.methods for line in ("", *text.split("\n"))]
        return "\n".join(lines) + "\n"

    def _bind_inputs(self, forms: tuple[str, ...]) -> None:
        for position, (name, form) in enumerate(zip(self.takes, forms, strict=True)):
            shape = first(self.members).inputs[position]
            value = Value(name, form, shape.rank, variable=True)
            self.whole |= {name} if shape.dtype == "int64" else set()
            for member in self.members.values():
                self.bind(member.body.takes[position], value)

    def body(self, bodies: Family, at: At) -> list[Value]:
        """The statements of a body, and its results."""
        self.items(bodies, at._replace(branch=False))
        results = [self.values[number] for number in first(bodies).gives]
        for body in bodies.values():
            for number in body.gives:
                self.taken(number)
        return results

    # ---- attempts

    def snapshot(self) -> Any:
        """What an attempt at a chain may change, so that it can be undone."""
        return self.generator.snapshot(), self.parameters.snapshot()

    def restore(self, before: Any) -> None:
        """Undo an attempt."""
        self.generator.restore(before[0])
        self.parameters.restore(before[1])

    def attempt(self, way: str, bodies: Family, form: str | None, write: Callable[[Family], T]) -> T | None:
        """What `write` gives; None where the bodies are no chain, with its traces undone.

        What was refused is not tried again: attempts stand within attempts, and would double with each brace.
        """
        key = (way, form, *(id(body) for body in bodies.values()))
        if key in self.generator.refused:
            return None
        before = self.snapshot()
        try:
            return write(bodies)
        except NotChain:
            self.restore(before)
            self.generator.refused.add(key)
            return None

    # ---- values

    def bind(self, number: int, value: Value) -> None:
        if number not in self.values or self.values[number] is not value:
            value.left += self.counts.get(number, 0)
            value.reads += self.counts.get(number, 0)
        self.values[number] = value
        self.live.append(value)

    def taken(self, number: int) -> Value:
        value = self.values[number]
        value.left -= 1
        return value

    def busy(self) -> set[str]:
        """The variables that something still needs."""
        self.live = [value for value in self.live if value.left > 0]
        return {word for value in self.live for word in value.words()} | set(self.indices)

    def assign(self, value: Value, wish: str | None, at: At, shape: str) -> Value:
        """Give an expression a variable, the running one of the sequence where that is free."""
        busy = self.busy()
        name = variable(wish, busy) if wish or at.variable in busy else at.variable
        note = f"  # {comment(shape)}" if shape else ""
        if name != value.text:
            self.forward.append(statement(f"{name} = ", value.text, note))
        kept = Value(name, value.form, value.rank, variable=True)
        kept.fresh, kept.whole = value.fresh, value.whole
        self.whole = self.whole | {name} if value.whole else self.whole - {name}
        return kept

    def like(self) -> str:
        """A value with the batch, the device and the dtype of the network, for what is made of nothing."""
        floats = [name for name in self.takes if name not in self.whole]
        if floats:
            return floats[0]
        for placed in walk(first(self.members).body):
            for tensor in placed.node.op.tensors(*placed.node.inputs) if isinstance(placed.node, Leaf) else ():
                if tensor.role != "buffer" and tensor.name != "*":
                    return f"{self.takes[0]}.to({submodule(tensor.path(placed.path), tensor=True)}.dtype)"
        return f"{self.takes[0]}.float()"

    # ---- sequences

    def items(self, bodies: Family, at: At) -> None:
        """The items of a family of sequences, each result pending until its line ends or it is read twice."""
        rows = items(bodies)
        for place, row in enumerate(rows):
            results = self.item(row, at)
            item: Item = first(row)
            last = place == len(rows) - 1
            following = None if last else rows[place + 1]
            for value in results[1:]:  # none loses its variable while another is settled
                value.left += 1
            self.live += results[1:]
            for position, value in enumerate(results):
                value.whole = any(shape.dtype == "int64" for shape in item.shapes[position : position + 1])
                numbers = [each.gives[position] for each in row.values()]
                value.left -= position > 0
                value = self.settled(value, row, following, position, at, last)
                for number in numbers:
                    self.bind(number, value)
            assert len(results) == len(item.gives)

    def settled(self, value: Value, row: Family, following: Family | None, position: int, at: At, last: bool) -> Value:
        """The value as later items read it: an expression where just the next one on its line does, else a variable."""
        item: Item = first(row)
        number = item.gives[position]
        shape = common_shape(row, position)
        if value.variable:
            return value
        again = self.counts.get(number, 0)
        after: Item | None = first(following) if following is not None else None
        adjacent = after is not None and number in after.reads
        same_line = after is not None and adjacent and self.line(item) == self.line(after)
        if isinstance(value, Copies):
            return value
        if not again:
            self.unread(value)
            return value
        if again == 1 and (last or (same_line and len(value.text) <= LONG)):
            return value
        wish = None if again == 1 and (adjacent or last) else item.label
        return self.assign(value, wish, at, shape)

    def line(self, item: Item) -> int:
        """The line of the spec on which an item stands; a negative number of its own for braces."""
        statement = getattr(item.node, "statement", None)
        start = getattr(statement, "start", None)
        return self.generator.line(start) if start is not None else -1 - item.gives[0] if item.gives else -1

    def item(self, row: Family, at: At) -> list[Value]:
        """One item of a sequence or merge: the expressions of its results."""
        item: Item = first(row)
        found = nodes(row) if not isinstance(item.node, Choice) else {member: each.node for member, each in row.items()}
        inputs = [self.taken(number) for number in item.reads]
        for each in list(row.values())[1:]:
            for number in each.reads:
                self.taken(number)
        number = at.base + item.number
        self._keep(row, inputs, at.owner)
        match first(found):
            case Leaf():
                return write_layer(self, found, inputs, item.label, number, at, self.wishes(row))
            case Use():
                step = item.label if item.label is not None else at.step(number)
                return write_use(self, found, inputs, step, at, self.wishes(row))
            case Sequence():
                return write_group(self, found, inputs, item, number, at)
            case Merge():
                return [write_merge(self, found, number, at)]
            case Repeat():
                return write_repeat(self, found, inputs, item, number, at, self.wishes(row))
            case Loop():
                return write_loop(self, found, inputs, number, at)
            case Choice():
                return write_choice(self, found, inputs, number, at, row)
            case Share():
                return write_share(self, found, inputs, number, at)
        raise AssertionError(item)

    def _keep(self, row: Family, inputs: list[Value], owner: str) -> None:
        """Remember what SHARE runs again; it never writes over what it reads, for later it reads something else."""
        for item in row.values():
            named = item.gives[:1] if item.label is not None else ()  # an `if` without an arm gives what it reads
            for number in self.generator.shared.intersection(named):
                self.parts[number] = Callee(attribute(owner, item.label), item.node)
                for value in inputs:
                    value.fresh = False

    def wishes(self, row: Family) -> tuple[str | None, ...]:
        """What the variables of several results are best called: as the results; one that nothing reads, `_`."""
        item: Item = first(row)
        names = [None if token.type == "TEMPLATE" else token.text for token in first(nodes(row)).statement.names[1:]]
        labels = [item.label, *names, *[None] * len(item.gives)]
        read = [any(self.counts.get(each.gives[place]) for each in row.values()) for place in range(len(item.gives))]
        wishes = [UNREAD if not used else label for label, used in zip(labels, read, strict=False)]
        return tuple([None if used and wish == UNREAD else wish for wish, used in zip(wishes, read, strict=True)])

    def register(self, owner: str, step: str, text: str) -> None:
        self.registered.add(attribute(owner, step))
        self.init.append(registered(owner, step, text))

    def enter(self, found: Family, inputs: list[Value]) -> None:
        """Let a body read its inputs; an expression that it reads more than once gets a variable."""
        for place, value in enumerate(inputs[: len(first(found).takes)]):
            reads = self.counts.get(first(found).takes[place], 0)
            if not reads:
                self.unread(value)
            elif reads > 1 and not value.variable:
                value = self.assign(value, None, At("self", 0, "x"), "")
            for body in found.values():
                self.values.pop(body.takes[place], None)  # a body that is written again reads again
                self.bind(body.takes[place], value)

    def unread(self, value: Value) -> None:
        """What nothing reads is computed all the same: a statement of its own."""
        if not value.variable and not value.done and "(" in value.text:
            self.forward.append(value.text)
            value.done = True
