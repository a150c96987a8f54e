"""One class of the generated source: its constructor, its `forward`, and what it must be given.

A class is written once for all uses of a block (its members). Where members differ in numbers, the constructor takes a
parameter; where they take different arms of an `if`, the class has that `if`; where they differ by more, the block gets more
than one class.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.analysis.scope import Scope
from archdsl.backends.source.chains import Chain, NotChain
from archdsl.backends.source.families import Family, Mismatch, first, items, nodes
from archdsl.backends.source.flow import Copies, Value, closed, converted, entry_form, form_of, uses
from archdsl.backends.source.naming import class_name, variable
from archdsl.backends.source.text import WIDTH, attribute, call, comment, register, stacked
from archdsl.backends.source.values import Column, Parameters
from archdsl.ir.network import Choice, Item, Leaf, Loop, Merge, Repeat, Sequence, Use, width
from archdsl.ir.shape import Shape

if TYPE_CHECKING:
    from archdsl.backends.source.generator import Generator

_LONG = 76  # an expression longer than this gets a variable
_LIST = re.compile(r"\[\{0\}(?:, \{\d+\})*\]")


class Member(NamedTuple):
    """One use of a class: the body, the values of names, the shapes of the inputs."""

    body: Sequence
    scope: Scope
    inputs: tuple[Shape, ...]


class Made(NamedTuple):
    """A written class: its name, its parameters with their values for each member, and how its inputs and results lie."""

    name: str
    arguments: list[tuple[str, str, Column]]
    defaults: dict[str, Any]
    forms: tuple[str, ...]
    gives: tuple[str, ...]


class At(NamedTuple):
    """Where submodules are registered, the number that steps without a label start from, and the running variable.

    `branch` says that what stands here are branches of a merge, so that the turns of a `for` are parallel.
    """

    owner: str
    base: int
    variable: str
    branch: bool = False


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
    ) -> None:
        self.generator = generator
        self.name = name
        self.members = members
        self.parameters = parameters
        self.takes = takes or ("x",)
        self.doc = doc
        self.init: list[str] = []
        self.forward: list[str] = []
        self.values: dict[int, Value] = {}
        self.live: list[Value] = []
        self.counts: dict[int, int] = {}
        for member in members.values():
            for number, count in uses(member.body).items():
                self.counts[number] = self.counts.get(number, 0) + count
        self.indent = ""

    # ---- the whole class

    def write(self, *, sequential: bool) -> tuple[str, Made]:
        """The source of the class. `sequential` prefers a subclass of nn.Sequential where the body is a chain."""
        bodies = {number: member.body for number, member in self.members.items()}
        head = first(self.members)
        if sequential and len(head.inputs) == 1:
            try:
                return self._sequential(bodies)
            except NotChain:
                self.init, self.parameters = [], self.parameters.again()
        usual = self.generator.is_model(self)
        forms = tuple(form_of(shape) if usual else entry_form(head.body, shape) for shape in head.inputs)
        if len(self.takes) != len(head.inputs):
            self.takes = tuple(f"x{number + 1}" for number in range(len(head.inputs)))
        self._bind_inputs(forms)
        results = self._body(bodies, At("self", 0, "x"))
        if self.generator.is_model(self):
            outputs = zip(results, head.body.outputs, strict=True)
            results = [converted(self._bracketed(value, form_of(shape)), form_of(shape)) for value, shape in outputs]
        self.forward.append(f"return {', '.join(value.text for value in results)}")
        made = self._made(forms, tuple(value.form for value in results))
        return self._text("nn.Module", True), made

    def _sequential(self, bodies: Family) -> tuple[str, Made]:
        chain = Chain(self)
        chain.sequence(bodies, 0)
        shape = first(self.members).inputs[0]
        form = chain.entry or form_of(shape)
        if form == "flat" and shape.rank > 1:
            from archdsl.backends.source.chains import Child

            chain.children.insert(0, Child("flatten", -1, "nn.Flatten()", ""))
            form = "first"
        if self.generator.is_model(self) and (form != form_of(shape) or (chain.form or form) != form_of(bodies[0].outputs[0])):
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
        lines += [f"        {line}" for text in self.init for line in text.split("\n")]
        if forward:
            lines += ["", f"    def forward(self, {', '.join(self.takes)}):"]
            lines += [f"        {line}" for text in self.forward for line in text.split("\n")]
        return "\n".join(lines) + "\n"

    def _bind_inputs(self, forms: tuple[str, ...]) -> None:
        for position, (name, form) in enumerate(zip(self.takes, forms, strict=True)):
            value = Value(name, form, first(self.members).inputs[position].rank, variable=True)
            for member in self.members.values():
                self._set(member.body.takes[position], value)

    def _body(self, bodies: Family, at: At) -> list[Value]:
        """The statements of a body, and its results."""
        self._items(bodies, at._replace(branch=False))
        results = [self.values[number] for number in first(bodies).gives]
        for body in bodies.values():
            for number in body.gives:
                self._get(number)
        return results

    # ---- values

    def _set(self, number: int, value: Value) -> None:
        if number not in self.values or self.values[number] is not value:
            value.left += self.counts.get(number, 0)
        self.values[number] = value
        self.live.append(value)

    def _get(self, number: int) -> Value:
        value = self.values[number]
        value.left -= 1
        return value

    def _busy(self) -> set[str]:
        """The variables that something still needs."""
        self.live = [value for value in self.live if value.left > 0]
        return {word for value in self.live for word in value.words()}

    def _assign(self, value: Value, wish: str | None, at: At, shape: str) -> Value:
        """Give an expression a variable, the running one of the sequence where that is free."""
        busy = self._busy()
        name = variable(wish, busy) if wish or at.variable in busy else at.variable
        note = f"  # {comment(shape)}" if shape else ""
        if name != value.text:
            self.forward.append(f"{self.indent}{name} = {value.text}{note}")
        kept = Value(name, value.form, value.rank, variable=True)
        return kept

    # ---- sequences

    def _items(self, bodies: Family, at: At) -> None:
        """The items of a family of sequences, each result pending until its line ends or it is read twice."""
        rows = items(bodies)
        for place, row in enumerate(rows):
            results = self._item(row, at)
            item: Item = first(row)
            last = place == len(rows) - 1
            following = None if last else rows[place + 1]
            for position, value in enumerate(results):
                numbers = [each.gives[position] for each in row.values()]
                value = self._settled(value, row, following, position, at, last)
                for number in numbers:
                    self._set(number, value)
            assert len(results) == len(item.gives)

    def _settled(self, value: Value, row: Family, following: Family | None, position: int, at: At, last: bool) -> Value:
        """The value as later items read it: an expression where just the next one on its line does, else a variable."""
        item: Item = first(row)
        number = item.gives[position]
        shape = _common(row, position)
        if value.variable:
            return value
        again = self.counts.get(number, 0)
        adjacent = following is not None and number in first(following).reads
        same_line = adjacent and self._line(item) == self._line(first(following))
        if isinstance(value, Copies):
            return value
        if again <= 1 and (last or (same_line and len(value.text) <= _LONG)):
            return value
        wish = None if again <= 1 and (adjacent or last) else item.label
        return self._assign(value, wish, at, shape)

    def _line(self, item: Item) -> int:
        """The line of the spec on which an item stands; a negative number of its own for braces."""
        statement = getattr(item.node, "statement", None)
        start = getattr(statement, "start", None)
        return self.generator.line(start) if start is not None else -1 - item.gives[0] if item.gives else -1

    def _item(self, row: Family, at: At) -> list[Value]:
        """One item of a sequence or merge: the expressions of its results."""
        item: Item = first(row)
        found = nodes(row) if not isinstance(item.node, Choice) else {member: each.node for member, each in row.items()}
        inputs = [self._get(number) for number in item.reads]
        for each in list(row.values())[1:]:
            for number in each.reads:
                self._get(number)
        number = at.base + item.number
        match first(found):
            case Leaf():
                return [self._leaf(found, inputs, item.label, number, at)]
            case Use():
                return self._use(found, inputs, self._step(item, number), at)
            case Sequence():
                return self._group(found, inputs, item, number, at)
            case Merge():
                return [self._merge(found, number, at)]
            case Repeat():
                return self._repeat(found, inputs, item, number, at)
            case Loop():
                return self._loop(found, inputs, number, at, row)
            case Choice():
                return self._choice(found, inputs, number, at, row)
        raise AssertionError(item)

    def _step(self, item: Item, number: int) -> str:
        return item.label if item.label is not None else str(number)

    # ---- layers and blocks

    def _leaf(self, found: Family, inputs: list[Value], label: str | None, number: int, at: At) -> Value:
        node: Leaf = first(found)
        lowered = node.op.lower(*node.inputs)
        owns = bool(node.op.tensors(*node.inputs))
        calls = {each.op.lower(*each.inputs).call for each in found.values()}
        turned = self._turned(inputs, lowered.wants, at)
        rank = node.outputs[0].rank
        form = "flat" if rank == 1 else turned[0].form if lowered.gives == "any" else lowered.gives
        known = lowered.module is not None and not lowered.module.support
        if owns or lowered.call is None or len(calls) > 1 or (label is not None and known):
            step = label if label is not None else str(number)
            self._register(at.owner, step, self.module(found, label))
            return Value(f"{attribute(at.owner, step)}({', '.join(value.text for value in turned)})", form, rank)
        return Value(_filled(lowered.call, [value.text for value in turned]), form, rank)

    def _turned(self, inputs: list[Value], wants: str, at: At) -> list[Value]:
        """The inputs as a layer wants them; where it does not care, all as the first."""
        want = inputs[0].form if wants == "any" and len(inputs) > 1 else wants
        return [self._converted(value, want, at) for value in inputs]

    def _converted(self, value: Value, want: str, at: At) -> Value:
        """The value as it is wanted; one that is read again is turned once, into a variable of its own."""
        turned = converted(self._bracketed(value, want), want)
        if turned.form == value.form or not value.variable or value.left <= 0 or turned is value:
            return turned
        if turned.form not in value.turned:
            kept = self._assign(turned, None, at, "")
            kept.left = value.left + 1
            self.live.append(kept)
            value.turned[turned.form] = kept
        return value.turned[turned.form]

    def _bracketed(self, value: Value, want: str) -> Value:
        turns = converted(value, want) is not value
        if turns and not re.fullmatch(r"[\w.]+|[\w.]+\(.*\)", value.text):
            return Value(f"({value.text})", value.form, value.rank)
        return value

    def _register(self, owner: str, step: str, text: str) -> None:
        self.init.append(self.indent_init + register(owner, step, text))

    indent_init = ""

    def module(self, found: Family, label: str | None) -> str:
        """The constructor call of a layer; the source of a class of ours is noted."""
        node: Leaf = first(found)
        modules = {member: each.op.lower(*each.inputs).module for member, each in found.items()}
        head = first(modules)
        if head is None or any(module is None or module.path != head.path for module in modules.values()):
            raise Mismatch
        if head.support:
            self.generator.support(head.path, head.support)
        spelled = {a.torch: name for name, a in node.op.attributes.items() if a.torch}
        channels = {member: each.inputs[0].channels for member, each in found.items()}
        parts, keyword = [], False
        for position, (name, _) in enumerate(head.arguments.items()):
            column = {member: module.arguments[name] for member, module in modules.items()}
            if name in head.defaults and all(value == head.defaults[name] for value in column.values()):
                keyword = True
                continue
            own = spelled.get(name)
            written = (node.written[own],) if own in node.written else tuple(node.written.values())
            text = self.parameters.text(column, written, f"{label}_{name}" if label else name, channels)
            parts.append(text if position < head.positional and not keyword else f"{name}={text}")
        return call(f"{head.path}(", parts, width=WIDTH - 16)

    def instance(self, found: Family) -> tuple[str, Made]:
        """The constructor call of a block in use."""
        node: Use = first(found)
        made = self.generator.made(node.body)
        if any(self.generator.made(each.body) is not made for each in found.values()):
            raise Mismatch
        return self._constructed(made, {m: each.body for m, each in found.items()}, node.written), made

    def _constructed(self, made: Made, bodies: Family, written: dict[str, Any]) -> str:
        parts = []
        for name, python, column in made.arguments:
            ours = {member: column[self.generator.member(body)] for member, body in bodies.items()}
            default = made.defaults.get(name, made)
            if all(type(value) is type(default) and value == default for value in ours.values()):
                continue
            channels = {member: self.generator.channels(body) for member, body in bodies.items()}
            text = self.parameters.text(ours, (written[name],) if name in written else (), name, channels)
            parts.append(f"{python}={text}" if name in made.defaults else text)
        return f"{made.name}({', '.join(parts)})"

    def _use(self, found: Family, inputs: list[Value], step: str, at: At) -> list[Value]:
        text, made = self.instance(found)
        self._register(at.owner, step, text)
        return self._called(attribute(at.owner, step), made, inputs, first(found).outputs, at)

    def _called(self, callee: str, made: Made, inputs: list[Value], outputs: tuple[Shape, ...], at: At) -> list[Value]:
        given = [self._converted(value, form, at) for value, form in zip(inputs, made.forms, strict=True)]
        call = f"{callee}({', '.join(value.text for value in given)})"
        if len(made.gives) == 1:
            return [Value(call, made.gives[0], outputs[0].rank)]
        names, busy = [], self._busy()
        for _ in made.gives:
            names.append(variable(None, busy))
            busy.add(names[-1])
        self.forward.append(f"{self.indent}{', '.join(names)} = {call}")
        each = zip(names, made.gives, outputs, strict=True)
        return [Value(name, form, shape.rank, variable=True) for name, form, shape in each]

    # ---- groups

    def _group(self, found: Family, inputs: list[Value], item: Item, number: int, at: At) -> list[Value]:
        """Braces: in line without a name; under one a chain of modules, a class of its own, or a bare container."""
        if item.label is None:
            self._enter(found, inputs)
            return self._body(found, at._replace(base=number))
        return self._container(found, inputs, item.label, at)

    def _enter(self, found: Family, inputs: list[Value]) -> None:
        for body in found.values():
            for value, number in zip(inputs, body.takes, strict=False):
                self._set(number, value)

    def _container(self, found: Family, inputs: list[Value], label: str, at: At) -> list[Value]:
        body: Sequence = first(found)
        callee = attribute(at.owner, label)
        chain = self._chain(found)
        if chain is not None:
            if chain.positional():
                self._register(at.owner, label, chain.text())
            else:
                self._register(at.owner, label, "nn.Sequential()")
                self.init += [self.indent_init + line for line in chain.statements(callee)]
            given = self._converted(inputs[0], chain.entry or "any", at)
            form = chain.form or given.form
            return [Value(f"{callee}({given.text})", form, body.outputs[0].rank)]
        if len(inputs) == 1 and closed(body, self.counts):
            text, made = self.subclass(found, label, (inputs[0],))
            self._register(at.owner, label, text)
            return self._called(callee, made, inputs, body.outputs, at)
        self._register(at.owner, label, "nn.Module()")
        self._enter(found, inputs)
        return self._body(found, At(callee, 0, at.variable))

    def _chain(self, found: Family) -> Chain | None:
        if not all(closed(body, self.counts) and len(body.takes) == 1 for body in found.values()):
            return None
        chain = Chain(self)
        try:
            chain.sequence(found, 0)
            if not chain.positional():
                chain.statements("self")
        except NotChain:
            return None
        return chain

    def subclass(self, found: Family, label: str, inputs: tuple[Any, ...]) -> tuple[str, Made]:
        """A class for a named group that is no chain."""
        made = self.generator.group(found, label, self)
        return self._constructed(made, found, {}), made

    # ---- merges

    def _merge(self, found: Family, number: int, at: At) -> Value:
        node: Merge = first(found)
        values: list[Value] = []
        for row in items(found, "branches"):
            own = at._replace(base=number, variable="y", branch=True)
            results = self._item(row, own)
            item: Item = first(row)
            if not item.gives:
                continue
            values += [self._branch(value, item, row, own) for value in results]
        for value in values:
            value.left -= 1
        return self._joined(found, node, values, at)

    def _branch(self, value: Value, item: Item, row: Family, at: At) -> Value:
        """A branch stays an expression until the merge reads it, unless it is long."""
        if not value.variable and len(value.text) > _LONG and not isinstance(value, Copies):
            value = self._assign(value, item.label, at, _common(row, 0))
        held = value if not value.variable else Value(value.text, value.form, value.rank, variable=True)
        held.left += 1
        self.live.append(held)
        return held

    def _joined(self, found: Family, node: Merge, values: list[Value], at: At) -> Value:
        calls = {each.op.lower(*each.inputs).call for each in found.values()}
        if len(calls) != 1:
            raise Mismatch
        lowered = node.op.lower(*node.inputs)
        template = lowered.call or "{0}"
        texts: list[str] = []
        for value in values:
            texts += value.each if isinstance(value, Copies) else []
        rank = node.outputs[0].rank
        if len(values) == 1 and isinstance(values[0], Copies):
            copies = values[0]
            form = copies.form if lowered.gives == "any" else lowered.gives
            if _LIST.search(template) and lowered.wants in ("any", copies.form, "flat"):
                return Value(_LIST.sub("{0}", template).format(f"[{copies.text}]"), form if rank > 1 else "flat", rank)
        spread: list[Value] = []
        for value in values:
            spread += [Value(text, value.form, value.rank) for text in value.each] if isinstance(value, Copies) else [value]
        turned = self._turned(spread, lowered.wants, at)
        form = "flat" if rank == 1 else turned[0].form if lowered.gives == "any" else lowered.gives
        return Value(self._laid_out(template, [value.text for value in turned]), form, rank)

    def _laid_out(self, template: str, texts: list[str]) -> str:
        """The joined branches on one line where they fit; a long list has a branch a line."""
        text = _filled(template, texts)
        listed = _LIST.search(template)
        if len(text) <= _LONG + 12 or listed is None:
            return text
        return stacked(template[: listed.start()] + "[", texts, [""] * len(texts), "]" + template[listed.end() :])

    # ---- repeats, `for` and `if`

    def _repeat(self, found: Family, inputs: list[Value], item: Item, number: int, at: At) -> list[Value]:
        node: Repeat = first(found)
        if node.parallel:
            return self._parallel(found, inputs, item, number, at)
        if not node.runs:
            return inputs
        label = item.label
        if label is not None:
            chain = Chain(self)
            try:
                if not all(closed(run.node, self.counts) for run in node.runs if isinstance(run.node, Sequence)):
                    raise NotChain
                chain.runs(found, 0, True)
                if chain.positional():
                    self._register(at.owner, label, chain.text())
                    given = self._converted(inputs[0], chain.entry or "any", at)
                    form = chain.form or given.form
                    return [Value(f"{attribute(at.owner, label)}({given.text})", form, item.shapes[0].rank)]
            except NotChain:
                pass
            self._register(at.owner, label, "nn.Module()")
            at, number = At(attribute(at.owner, label), 0, at.variable), 0
        return self._copies(found, inputs, number, label is not None, at, item)

    def _copies(self, found: Family, inputs: list[Value], number: int, named: bool, at: At, item: Item) -> list[Value]:
        """Copies one by one, each by its own number."""
        columns = {member: node.runs for member, node in found.items()}
        if any([run.count for run in runs] != [run.count for run in first(columns)] for runs in columns.values()):
            raise Mismatch
        values = inputs
        for place, run in enumerate(first(columns)):
            bodies = {member: runs[place].node for member, runs in columns.items()}
            for _ in range(run.count):
                values = self._one(bodies, values, number, named, at)
                number += 1 if named else width(run.node)
                if not values[0].variable:
                    values = [self._assign(values[0], None, at, "")]
                values[0].left += 1
                self.live.append(values[0])
        for value in values:
            value.left -= 1
        return values

    def _one(self, bodies: Family, values: list[Value], number: int, named: bool, at: At) -> list[Value]:
        node = first(bodies)
        if isinstance(node, Sequence):
            if named:
                return self._container(bodies, values, str(number), at)
            self._enter(bodies, values)
            return self._body(bodies, at._replace(base=number))
        if isinstance(node, Leaf):
            return [self._leaf(bodies, values, str(number) if named else None, number, at)]
        return self._use(bodies, values, str(number), at)

    def _parallel(self, found: Family, inputs: list[Value], item: Item, number: int, at: At) -> list[Value]:
        """Equal branches: an nn.ModuleList under a name, else each by itself."""
        node: Repeat = first(found)
        if not node.runs:
            return []
        bodies = {member: each.runs[0].node for member, each in found.items()}
        counts = {member: each.count for member, each in found.items()}
        if len(set(counts.values())) != 1:
            raise Mismatch
        if item.label is not None and isinstance(first(bodies), Use):
            text, made = self.instance(bodies)
            if len(made.gives) == 1:
                times = self.parameters.text(counts, (), "copies")
                self._register(at.owner, item.label, f"nn.ModuleList([{text} for _ in range({times})])")
                callee = attribute(at.owner, item.label)
                given = self._converted(inputs[0], made.forms[0], at)
                each = [f"{callee}[{copy}]({given.text})" for copy in range(node.count)]
                rank = first(bodies).outputs[0].rank
                return [Copies(f"m({given.text}) for m in {callee}", made.gives[0], rank, each)] * 1 + []
        return self._branches(bodies, inputs, item, number, node.count, at)

    def _branches(self, bodies: Family, inputs: list[Value], item: Item, number: int, count: int, at: At) -> list[Value]:
        named = item.label is not None
        if item.label is not None:
            self._register(at.owner, item.label, "nn.Module()")
            at, number = At(attribute(at.owner, item.label), 0, at.variable), 0
        results = []
        for _ in range(count):
            (value,) = self._one(bodies, inputs, number, named, at)
            if not value.variable:
                value = self._assign(value, None, at, "")
            value.left += 1
            self.live.append(value)
            results.append(value)
            number += 1 if named else width(first(bodies))
        for value in results:
            value.left -= 1
        return results

    def _loop(self, found: Family, inputs: list[Value], number: int, at: At, row: Family) -> list[Value]:
        """The turns of a `for`, one after the other; in a merge each is a branch."""
        item: Item = first(row)
        parallel = at.branch
        columns = {member: node.turns for member, node in found.items()}
        if any(len(turns) != len(first(columns)) for turns in columns.values()):
            raise Mismatch
        values, results = inputs, []
        for place in range(len(first(columns)) if parallel else 0):
            self._enter({member: turns[place][1] for member, turns in columns.items()}, inputs)
        for place in range(len(first(columns))):
            bodies = {member: turns[place][1] for member, turns in columns.items()}
            if not parallel:
                self._enter(bodies, values)
            values = self._body(bodies, at._replace(base=number))
            number += first(bodies).width
            if parallel:
                results.append(self._held(values[0], at))
            elif place + 1 < len(first(columns)) and not values[0].variable:
                values = [self._assign(values[0], None, at, "")]
        for value in results:
            value.left -= 1
        return results if parallel else values

    def _held(self, value: Value, at: At) -> Value:
        if not value.variable and len(value.text) > _LONG:
            value = self._assign(value, None, at, "")
        value.left += 1
        self.live.append(value)
        return value

    def _choice(self, found: Family, inputs: list[Value], number: int, at: At, row: Family) -> list[Value]:
        """An `if`: the arm that all members take in line, else an `if` on a parameter."""
        taken = {member: node.taken for member, node in found.items()}
        if len(set(taken.values())) == 1:
            if not first(row).gives:
                return []
            self._enter({member: node.body for member, node in found.items()}, inputs)
            return self._body({member: node.body for member, node in found.items()}, at._replace(base=number))
        arms = sorted(set(taken.values()), key=lambda arm: (arm is None, arm or 0))
        if len(arms) != 2 or not all(each.gives for each in row.values()):
            raise Mismatch
        groups = [{m: node.body for m, node in found.items() if taken[m] == arm} for arm in arms]
        condition = self._condition(found, taken, arms[0])
        return [self._either(groups, condition, inputs, number, at)]

    def _condition(self, found: Family, taken: Column, arm: Any) -> str:
        column = {member: value == arm for member, value in taken.items()}
        written = first(found).statement.arms[arm][0] if arm is not None and arm < len(first(found).statement.arms) else None
        return self.parameters.text(column, (written,) if written is not None else (), "option")

    def _either(self, groups: list[Family], condition: str, inputs: list[Value], number: int, at: At) -> Value:
        """Both arms: one module or nn.Identity where that is all, else branches in the constructor and in `forward`."""
        start_init, start_forward = len(self.init), len(self.forward)
        arms = []
        for group in groups:
            self._enter(group, inputs)
            before = (len(self.init), len(self.forward))
            (value,) = self._body(group, at._replace(base=number))
            arms.append((self.init[before[0] :], self.forward[before[1] :], value))
        del self.init[start_init:], self.forward[start_forward:]
        (made, run, value), (other_made, other_run, other) = arms
        single = re.fullmatch(r"(self\.\w+) = (.+)", made[0], re.DOTALL) if len(made) == 1 else None
        plain = not run and not other_run and not other_made and other.text == inputs[0].text
        if single and plain and value.text == f"{single[1]}({inputs[0].text})" and other.form == value.form:
            self.init.append(f"{single[1]} = {single[2]} if {condition} else nn.Identity()")
            return Value(value.text, value.form, value.rank)
        raise Mismatch


def _common(row: Family, position: int) -> str:
    """The shape of a result, where all members agree."""
    texts = {str(item.shapes[position]) for item in row.values() if position < len(item.shapes)}
    return texts.pop() if len(texts) == 1 else ""


def _filled(template: str, texts: list[str]) -> str:
    """A call with its inputs put in, in brackets where an operator or a method would bind wrongly."""
    filled = template
    parts = re.split(r"\{(\d+)\}", filled)
    out = ""
    for place, part in enumerate(parts):
        if place % 2 == 0:
            out += part
            continue
        text = texts[int(part)]
        before, after = parts[place - 1][-1:], parts[place + 1][:1]
        alone = before in ("", "(", "[", " ") and after in ("", ")", "]", ",") and not parts[place - 1].rstrip().endswith(("+", "*"))
        simple = re.fullmatch(r"[\w.]+|[\w.]+\([^()]*(?:\([^()]*\)[^()]*)*\)", text)
        out += text if simple or alone else f"({text})"
    return out
