"""One class of the generated source: its constructor, its `forward`, and what it must be given.

A class is written once for all uses of a block (its members). Where members differ in numbers, the constructor takes a
parameter; where they take different arms of an `if`, the class has that `if`; where they differ by more, the block gets
more than one class.
"""

from __future__ import annotations

from archdsl.backends.source.calls import bracketed, write_layer
from archdsl.backends.source.chains import Child, ModuleChain
from archdsl.backends.source.control import write_choice, write_loop
from archdsl.backends.source.experts import write_experts
from archdsl.backends.source.families import Family, common_shape, first, items, nodes
from archdsl.backends.source.flow import Comprehension, FlowValue, converted, entry_form, form_of
from archdsl.backends.source.groups import write_group
from archdsl.backends.source.made import At, Callee, WrittenClass
from archdsl.backends.source.merges import write_merge
from archdsl.backends.source.naming import fresh
from archdsl.backends.source.repeats import write_repeat
from archdsl.backends.source.sharing import write_share
from archdsl.backends.source.text import LONG, attribute, statement
from archdsl.backends.source.uses import write_use
from archdsl.backends.source.writer import NotChain, Writer
from archdsl.network.nodes import Applied, Conditional, Item, Leaf, Loop, Merge, Repeat, Sequence, Share, Use

_SLICES = (  # nn.Sequential makes a slice by the constructor of its class, which here takes no layers
    "def __getitem__(self, index):",
    "    layers = nn.Sequential()",
    "    layers._modules.update(self._modules)",
    "    return layers[index]",
)
_IN_TURN = ["for layer in self:", "    x = layer(x)", "return x"]
CHECK = '''\
def {0}({1}):
    """Raise a ValueError for sizes that the model does not take."""
    {2}


torch.fx.wrap("{0}")
'''


class ClassWriter(Writer):
    """Writes one class."""

    # ---- the whole class

    def write(self, *, sequential: bool) -> tuple[str, WrittenClass]:
        """The source of the class. `sequential` prefers a subclass of nn.Sequential where the body is a chain."""
        bodies = {number: member.body for number, member in self.members.items()}
        head = first(self.members)
        if sequential and len(head.inputs) == 1:
            written = self.attempt("class", bodies, None, self._sequential)
            if written is not None:
                return written
            self.init = []
        usual = self.book.is_model(self.name)
        forms = tuple(form_of(shape) if usual else entry_form(head.body, shape) for shape in head.inputs)
        if len(self.takes) != len(head.inputs):
            self.takes = tuple(f"x{number + 1}" for number in range(len(head.inputs)))
        self.entry = forms[0] if forms else "any"  # a fragment may read nothing
        self._bind_inputs(forms)
        results = self.body(bodies, At("self", 0, "x"))
        if self.book.is_model(self.name):
            outputs = zip(results, head.body.outputs, strict=True)
            results = [converted(bracketed(self, value, form_of(shape)), form_of(shape)) for value, shape in outputs]
        if self.back:
            results = [converted(bracketed(self, results[0], forms[0]), forms[0])]
        self.forward.append(statement("return ", ", ".join(value.text for value in results)))
        made = self._made(forms, tuple(value.form for value in results))
        return self._text("nn.Module", True), made

    def _sequential(self, bodies: Family) -> tuple[str, WrittenClass]:
        chain = ModuleChain(self)
        chain.sequence(bodies, 0)
        shape = first(self.members).inputs[0]
        form = chain.entry or form_of(shape)
        if form == "flat" and shape.rank > 1:
            chain.children.insert(0, Child("flatten", -1, "nn.Flatten()", ""))
            form = "first"
        if self.book.is_model(self.name) and (
            form != form_of(shape) or (chain.form or form) != form_of(bodies[0].outputs[0])
        ):
            raise NotChain
        if self.back and chain.form not in (None, form):
            raise NotChain
        self.init = chain.statements("self")
        return self._text("nn.Sequential", False), self._made((form,), (chain.form or form_of(shape),))

    def _made(self, forms: tuple[str, ...], gives: tuple[str, ...]) -> WrittenClass:
        sizes = tuple(self.extents.given)
        defaults = self.parameters.written_defaults()
        return WrittenClass(self.name, self.parameters.arguments(), defaults, forms, gives, sizes)

    def _text(self, parent: str, forward: bool) -> str:
        signature = ", ".join(["self", *self.parameters.signature()])
        checks = self._checks()
        lines = [f"class {self.name}({parent}):"]
        if self.doc:
            lines += [f'    """{self.doc}"""', ""]
        lines += [f"    def __init__({signature}):", "        super().__init__()"]
        kept = [f"self.{name} = {text}" for name, text in self.attributes.items()]
        lines += [f"        {line}" for text in (*kept, *self.init, *self.closing) for line in text.split("\n")]
        lines += [] if forward else ["", *(f"    {line}" for line in _SLICES)]
        body = self.forward if forward else _IN_TURN if checks else []
        if body:
            takes = ("self", *self.takes, *(name for name, _ in self.extents.given))
            lines += ["", f"    def forward({', '.join(takes)}):"]
            lines += [f"        {line}" for text in (*checks, *body) for line in text.split("\n")]
        lines += [f"    {line}".rstrip() for text in self.methods for line in ("", *text.split("\n"))]
        return "\n".join(lines) + "\n"

    def _checks(self) -> list[str]:
        """The statements at the beginning of `forward`: the call that refuses sizes, and symbols that it reads off.

        What refuses is a function by itself, which torch.fx takes as it is: its `if` depends on the input.
        """
        found = self.checks(self.extents.read)
        if not found.checks:
            return found.reads
        name = fresh("check_sizes", {*self.book.names, *self._labels(), *self.takes, *self.extents.names()})
        self.book.support(name, CHECK.format(name, ", ".join(self.takes), "\n    ".join(found.checks)))
        return [f"{name}({', '.join(self.takes)})", *found.reads]

    def _bind_inputs(self, forms: tuple[str, ...]) -> None:
        for position, (name, form) in enumerate(zip(self.takes, forms, strict=True)):
            shape = first(self.members).inputs[position]
            value = FlowValue(name, form, shape.rank, variable=True)
            value.shapes = {number: member.inputs[position] for number, member in self.members.items()}
            self.whole |= {name} if shape.dtype != "float32" else set()
            for member in self.members.values():
                self.bind(member.body.takes[position], value)

    def body(self, bodies: Family, at: At) -> list[FlowValue]:
        """The statements of a body, and its results."""
        self.items(bodies, at._replace(branch=False))
        results = [self.values[number] for number in first(bodies).gives]
        for body in bodies.values():
            for number in body.gives:
                self.taken(number)
        return results

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
            self.live.extend(results[1:])
            for position, value in enumerate(results):
                value.whole = any(shape.dtype != "float32" for shape in item.shapes[position : position + 1])
                numbers = [each.gives[position] for each in row.values()]
                value.left -= position > 0
                value = self.settled(value, row, following, position, at, last)
                value.shapes = {
                    member: shape for member, each in row.items() for shape in each.shapes[position : position + 1]
                }
                for number in numbers:
                    self.bind(number, value)
            assert len(results) == len(item.gives)

    def settled(
        self, value: FlowValue, row: Family, following: Family | None, position: int, at: At, last: bool
    ) -> FlowValue:
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
        if isinstance(value, Comprehension):
            return value
        if not again:
            self.unread(value)
            return value
        if again == 1 and (last or (same_line and len(value.text) <= LONG)):
            return value
        wish = None if again == 1 and (adjacent or last) else item.label
        return self.assign(value, wish, at, shape)

    def item(self, row: Family, at: At) -> list[FlowValue]:
        """One item of a sequence or merge: the expressions of its results."""
        item: Item = first(row)
        found = (
            nodes(row)
            if not isinstance(item.node, Conditional)
            else {member: each.node for member, each in row.items()}
        )
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
            case Repeat(applied=Applied()):
                return write_experts(self, found, inputs, item, at)
            case Repeat():
                return write_repeat(self, found, inputs, item, number, at, self.wishes(row))
            case Loop():
                return write_loop(self, found, inputs, number, at)
            case Conditional():
                return write_choice(self, found, inputs, number, at, row)
            case Share():
                return write_share(self, found, inputs, number, at, self.wishes(row))
        raise AssertionError(item)

    def _keep(self, row: Family, inputs: list[FlowValue], owner: str) -> None:
        """Remember what SHARE runs again; it never writes over what it reads, for later it reads something else."""
        for item in row.values():
            named = item.gives[:1] if item.label is not None else ()  # an `if` without an arm gives what it reads
            for number in self.book.shared.intersection(named):
                self.parts[number] = Callee(attribute(owner, item.label), item.node)
                for value in inputs:
                    value.fresh = False
