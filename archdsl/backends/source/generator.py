"""All classes of a compiled file, inner ones first, and the text that holds them."""

from __future__ import annotations

from archdsl.backends.source.book import Book
from archdsl.backends.source.classes import ClassWriter
from archdsl.backends.source.families import Family, Mismatch, structures
from archdsl.backends.source.made import ClassUse, SizeLines, WrittenClass
from archdsl.backends.source.naming import class_name, fresh
from archdsl.backends.source.sharing import ties
from archdsl.backends.source.values import Column, Parameters
from archdsl.expressions.scope import Scope
from archdsl.network.nodes import Item, Leaf, Repeat, Sequence, Share, Use, children, executed, items_of, postorder
from archdsl.network.table import ByIdentity, NodeTable
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any


class Generator(Book):
    """Writes the classes of one network."""

    # ---- classes

    def run(self) -> str:
        """The source of all classes."""
        self.model = class_name_of_model(self.network.name, self.names)
        self.names.add(self.model)
        for node in postorder(self.network.body):
            if isinstance(node, Use):
                self._uses[node.body] = self._uses.get(node.body, node)
            elif isinstance(node, Share):
                self.shared.add(node.of)
            elif isinstance(node, Leaf):
                self._tied = self._tied or bool(node.ties)
            elif isinstance(node, Repeat) and not node.parallel:
                copies = (run.node for run in node.runs if run.copies > 1)
                self._repeated |= {ByIdentity(copy.block) for copy in copies if isinstance(copy, Use)}
        if self.checked.facts is not None:
            self._note_shares()
        for block in self._order():
            uses = [use for _, use in self._uses.items() if use.block is block]
            self._block(block, uses)
        self._model()
        return "\n\n".join(text.rstrip("\n") + "\n" for text in [*self.supports.values(), *self.classes])

    def _note_shares(self) -> None:
        """With symbolic sizes, what SHARE runs is one more use of its class: sizes must be read off so for it, too."""
        nodes = list(postorder(self.network.body, executed))
        parts = {item.gives[0]: item.node for item in items_of(nodes) if item.gives}
        for share in (node for node in nodes if isinstance(node, Share)):
            if isinstance(share.node, Sequence) and share.of in parts:
                first_run = parts[share.of]
                self._again[first_run] = [*self._again.get(first_run, []), share.node]
        for use in (node for node in nodes if isinstance(node, Use) and node.body not in self._uses):
            self._second.add(ByIdentity(use.body))
            self._uses[use.body] = use

    def _order(self) -> list[tree.Block]:
        """Blocks, each after those that it uses."""
        depth: NodeTable[int] = NodeTable()
        levels: NodeTable[int] = NodeTable()
        for node in postorder(self.network.body):
            below = max((depth[child] for child in children(node)), default=0)
            if isinstance(node, Use):
                below += 1
                levels[node.block] = max(levels.get(node.block, 0), below)
            depth[node] = below
        return [block for block, _ in sorted(levels.items(), key=lambda found: found[1])]

    def _block(self, block: tree.Block, uses: list[Use]) -> None:
        """One class for all uses of a block, or one for each structure where they differ by more than numbers."""
        try:
            self._write(block, uses, block.name.text)
        except Mismatch:
            numbers = structures([use.body for use in uses])
            groups: dict[Any, list[Use]] = {}
            for use in uses:
                ranks = tuple(len(shape.sizes) for shape in use.body.inputs)
                groups.setdefault((numbers[use.body], ranks, use.takes), []).append(use)
            for group in groups.values():
                try:
                    self._write(block, group, block.name.text)
                except Mismatch:
                    for use in group:
                        self._write(block, [use], block.name.text)

    def _write(self, block: tree.Block, uses: list[Use], word: str) -> None:
        if len({(use.takes, *(len(shape.sizes) for shape in use.body.inputs)) for use in uses}) > 1:
            raise Mismatch
        before = self.snapshot()
        name = class_name(word, self.names)
        members = {number: ClassUse(use.body, _scope(use), use.body.inputs) for number, use in enumerate(uses)}
        takes = uses[0].takes
        candidates = _channel_columns(members, takes)
        for place, parameter in enumerate(block.parameters):
            candidates.append((parameter.name.text, {number: use.values[place][1] for number, use in enumerate(uses)}))
        scopes = {number: member.scope for number, member in members.items()}
        parameters = Parameters(scopes, candidates, _defaults(block))
        back = ByIdentity(block) in self._repeated and all(_can_follow(use) for use in uses)
        writer = ClassWriter(self, name, members, parameters, _plain(takes), back=back)
        try:
            laid = {number: use.body for number, use in enumerate(uses) if ByIdentity(use.body) not in self._second}
            writer.closing = self._ties(laid) if laid else []
            text, made = writer.write(sequential=_numbered(uses[0].body))
        except Mismatch:
            self.restore(before)
            raise
        self.classes.append(text)
        for number, use in enumerate(uses):
            self._made[use.body] = (made, number)

    def group(
        self,
        found: Family,
        label: str,
        outer: str,
        members: dict[int, ClassUse],
        *,
        back: bool = False,
        takes: tuple[str, ...] = (),
    ) -> WrittenClass:
        """A class for a named group that is no chain, within the class `outer` of these members; `takes` are the names
        of what it reads.
        """
        known = self._made.get(next(iter(found.values())))
        if known is not None:  # the copies of a merge are all of one class
            return known[0]
        name = class_name(label if label[:1].isalpha() else f"{outer}{label}", self.names)
        inner = {member: ClassUse(body, members[member].scope, body.inputs) for member, body in found.items()}
        again = [(member, more) for member, body in found.items() for more in self._again.get(body, ())]
        second = {-1 - n: ClassUse(more, members[m].scope, more.inputs) for n, (m, more) in enumerate(again)}
        try:
            return self._group(name, inner | second, takes, back=back)
        except Mismatch:
            if not second:
                raise
            return self._group(name, inner, takes, back=back)

    def _group(self, name: str, members: dict[int, ClassUse], takes: tuple[str, ...], *, back: bool) -> WrittenClass:
        scopes = {number: member.scope for number, member in members.items()}
        parameters = Parameters(scopes, _channel_columns(members, takes), {})
        writer = ClassWriter(self, name, members, parameters, takes, back=back)
        text, made = writer.write(sequential=True)
        self.classes.append(text)
        for number, member in members.items():
            self._made[member.body] = (made, number)
        return made

    def _model(self) -> None:
        body = self.network.body
        inputs = tuple(Shape(port.shape, port.dtype) for port in self.network.inputs)
        scope = Scope({}, {})
        member = ClassUse(body, scope, inputs)
        takes = _plain(tuple(port.name for port in self.network.inputs)) if len(inputs) > 1 else ()
        writer = ClassWriter(self, self.model, {0: member}, Parameters({0: scope}, [], {}), takes, self._doc())
        writer.closing = self._ties({0: body})
        if self.network.inits:
            from archdsl.backends.source.initial import beginnings

            writer.closing += beginnings(self.network.inits, self.network.body)
        if self.network.freezes:
            from archdsl.backends.source.freezing import frozen

            closing, writer.methods = frozen(self.network.freezes, self.checked.network)
            writer.closing += closing
        if self.checked.facts is not None:
            from archdsl.backends.source.sizes import size_checks, size_reads, size_variables

            writer.extents.variables = size_variables(self.checked, writer.takes)
            writer.checks = lambda read: SizeLines(
                size_checks(self.checked, writer.takes, read), size_reads(self.checked, writer.takes, read)
            )
        text, _ = writer.write(sequential=_numbered(body) and len(self.network.outputs) == 1)
        self.classes.append(text)

    def _ties(self, bodies: Family) -> list[str]:
        return ties(bodies) if self._tied else []

    def _doc(self) -> str:
        inputs = ", ".join(str(Shape(port.shape, port.dtype)) for port in self.network.inputs)
        outputs = ", ".join(str(Shape(port.shape, port.dtype)) for port in self.network.outputs)
        totals = self.checked.totals
        trained = (
            f", {totals.trainable:,} of them trained" if isinstance(totals.params, int) and totals.frozen != 0 else ""
        )
        doc = f"{inputs} -> {outputs}".lstrip()
        doc = f"{doc}: {totals.params:,} parameters{trained}." if isinstance(totals.params, int) else f"{doc}."
        if self.checked.facts is None:
            return doc
        from archdsl.backends.source.sizes import note

        more = "\n".join(f"    {line}" for line in note(self.checked))
        return f"{doc}\n\n{more}\n    " if more else doc


def class_name_of_model(name: str, taken: set[str]) -> str:
    """The model's name as it is written, where Python can have it."""
    from archdsl.backends.source.naming import is_identifier

    return name if is_identifier(name) and name not in taken and name[0].isupper() else class_name(name, set(taken))


def _can_follow(use: Use) -> bool:
    """Whether a use of the block can read what another gives: one input, one result, as many axes."""
    body = use.body
    return len(body.inputs) == len(body.outputs) == 1 and body.inputs[0].rank == body.outputs[0].rank


def _scope(use: Use) -> Scope:
    return Scope(dict(use.values), {}, channels=use.body.inputs[0].channels)


def _plain(takes: tuple[str, ...]) -> tuple[str, ...]:
    from archdsl.backends.source.naming import is_identifier

    taken: set[str] = {"self", "torch", "nn", "F"}
    return tuple(fresh(name if is_identifier(name) else f"x{place + 1}", taken) for place, name in enumerate(takes))


def _channel_columns(members: dict[int, ClassUse], takes: tuple[str, ...]) -> list[tuple[str, Column]]:
    """The channels of each input, as candidates for constructor parameters."""
    head = next(iter(members.values()))
    names = [f"{name}_channels" for name in takes] or ["in_channels"] * len(head.inputs)
    return [(name, {n: m.inputs[place].channels for n, m in members.items()}) for place, name in enumerate(names)]


def _defaults(block: tree.Block) -> dict[str, Any]:
    """The defaults of a block's parameters that are plain numbers, texts or switches."""
    found: dict[str, Any] = {}
    for parameter in block.parameters:
        default = parameter.default
        if isinstance(default, Token) and default.type == "NUMBER" and default.text.isdigit():
            found[parameter.name.text] = int(default.text)
        elif isinstance(default, Token) and default.text in ("yes", "no", "true", "false"):
            found[parameter.name.text] = default.text in ("yes", "true")
    return found


def _numbered(body: Sequence) -> bool:
    """Whether a layer with parameters has a number for its name: then a chain reads best as nn.Sequential."""
    stack: list[Any] = list(body.items)
    while stack:
        item = stack.pop()
        node = item.node
        if item.label is None and isinstance(node, Use):
            return True
        if (
            item.label is None
            and hasattr(node, "op")
            and not hasattr(node, "branches")
            and node.op.tensors(*node.inputs)
        ):
            return True
        if item.label is None and isinstance(node, Sequence):
            stack.extend(node.items)
        for run in getattr(node, "runs", ()) if item.label is None else ():
            stack.append(Item(None, 0, run.node, (), (), ()))
        for _, turn in getattr(node, "turns", ()):
            stack.extend(turn.items)
    return False
