"""Chains of modules: a sequence in which each layer reads the one before it, as the children of an `nn.Sequential`."""

from __future__ import annotations

from archdsl.backends.source.calls import construct_group, construct_layer, construct_use, overwrites
from archdsl.backends.source.families import Family, Mismatch, first, items, nodes
from archdsl.backends.source.flow import closed
from archdsl.backends.source.text import Computed, call, comment, indented, register, stacked
from archdsl.backends.source.writer import NotChain, Writer
from archdsl.network.nodes import Conditional, Leaf, Loop, Repeat, Sequence, Share, Use, width
from archdsl.sizes.shape import Shape
from archdsl.typed import NamedTuple

_SHORT = 66  # children longer than this together stand one a line


class Child(NamedTuple):
    """One child: its step, or None for a starred row of children; the number that it has by position, and how many."""

    step: str | None
    number: int
    text: str
    comment: str
    width: int = 1
    copies: tuple[str, ...] = ()  # of a starred row: the texts of one copy
    times: str = "1"


class ModuleChain:
    """Collects the children of one sequence. `entry` is how the first layer that cares wants the input."""

    def __init__(self, writer: Writer, label: str = "copy") -> None:
        self.writer = writer
        self._label = label  # of what is repeated, for a class of its copies
        self.children: list[Child] = []
        self.entry: str | None = None
        self._fresh = False  # whether the next layer may work in place
        self.form: str | None = None

    def sequence(self, family: Family, base: int) -> None:
        """Add the items of a family of sequences."""
        previous = {member: body.takes[:1] for member, body in family.items()}
        for each in items(family):
            for member, item in each.items():
                if item.reads != previous[member] or len(item.reads) != 1 or len(item.gives) != 1:
                    raise NotChain
            self._item(each, base)
            previous = {member: item.gives for member, item in each.items()}
        for member, body in family.items():
            if body.gives != previous[member] or len(body.gives) != 1:
                raise NotChain

    def whole(self, family: Family) -> ModuleChain:
        """The chain of a family by itself, which has a text or statements."""
        self.sequence(family, 0)
        if not self.positional():
            self.statements("self")
        return self

    def expression(self, family: Family) -> ModuleChain:
        """The chain of a family by itself, which has a text."""
        self.sequence(family, 0)
        if not self.positional():
            raise NotChain
        return self

    def copies(self, family: Family) -> ModuleChain:
        """The copies of a repeat by themselves, as one chain that has a text."""
        self.runs(family, 0, True)
        if not self.positional():
            raise NotChain
        return self

    def repeatable(self, family: Family) -> ModuleChain:
        """The chain of a family by itself, which has a text and gives its result as it takes its input."""
        before = self.form
        self.expression(family)
        if self.form != (self.entry if before is None else before):
            raise NotChain
        return self

    def _item(self, family: Family, base: int) -> None:
        item = first(family)
        found = nodes(family)
        match first(found):
            case Leaf() | Use():
                text = self._module(found, item.label)
                step = item.label if item.label is not None else str(base + item.number)
                self._add(step, base + item.number, text, _shape(family))
            case Sequence() if item.label is None:
                self.sequence(found, base + item.number)
            case Sequence():
                inner = self._nested(found, item.label)
                self._add(item.label, base + item.number, inner, _shape(family))
            case Repeat():
                self._repeat(found, item.label, base + item.number, _shape(family))
            case Loop():
                number = base + item.number
                for turn in range(len(first(found).turns)):
                    bodies = {member: node.turns[turn][1] for member, node in found.items()}
                    self.sequence(bodies, number)
                    number += first(bodies).width
            case Conditional():
                if len({node.taken for node in found.values()}) != 1:
                    raise NotChain
                self.sequence({member: node.body for member, node in found.items()}, base + item.number)
            case _:
                raise NotChain

    def _module(self, family: Family, label: str | None) -> str:
        node = first(family)
        if isinstance(node, Share):
            raise NotChain
        if isinstance(node, Use) and node.applied is not None:
            raise NotChain
        if isinstance(node, Use):
            text, made = construct_use(self.writer, family)
            if len(made.forms) != 1 or len(made.gives) != 1 or made.sizes:
                raise NotChain
            self._want(made.forms[0], node.inputs[0])
            self.form, self._fresh = made.gives[0], False
            return text
        lowered = node.op.lower(*node.inputs)
        if lowered.module is None or len(node.inputs) != 1 or len(node.outputs) != 1:
            raise NotChain
        if lowered.use or lowered.apart is not None or lowered.sized():
            raise NotChain
        self._want(lowered.wants, node.inputs[0])
        if isinstance(lowered.gives, str) and lowered.gives != "any":
            self.form = lowered.gives
        every = (each.op.lower(*each.inputs) for each in family.values())
        in_place, self._fresh = self._fresh and overwrites(self.writer, every), node.op.fresh
        return construct_layer(self.writer, family, label, in_place=in_place)

    def _want(self, want: str, shape: Shape) -> None:
        """Keep track of how the value lies; a change inside a chain is a child of its own, or makes it no chain."""
        if want == "any" or shape.rank == 1:
            return
        if self.form is None:
            self.entry = self.form = want
        elif self.form != want:
            if want != "flat" or self.form != "first":
                raise NotChain
            self.children.append(Child("flatten", -1, "nn.Flatten()", ""))
            self.form = want

    def _nested(self, family: Family, label: str, *, back: bool = False) -> str:
        """A named group inside: an `nn.Sequential` of its own, or a class where it is more than a chain.

        `back` says that copies of it follow one another, so that its result must lie as its input does.
        """
        chain = ModuleChain(self.writer)
        chain.form, self._fresh = self.form, False
        way, write = ("back", chain.repeatable) if back else ("nested", chain.expression)
        if self.writer.attempt(way, family, self.form, write) is None:
            return self._class(family, label, back=back)
        if self.form is None:
            self.entry = chain.entry
        self.form = chain.form
        return chain.text()

    def _class(self, family: Family, label: str, *, back: bool) -> str:
        body = first(family)
        if len(body.takes) != 1 or not all(closed(each, self.writer.counts) for each in family.values()):
            raise NotChain
        text, made = construct_group(self.writer, family, label, back=back)
        if made.sizes:
            raise NotChain
        self._want(made.forms[0], body.inputs[0])
        self.form = made.gives[0]
        return text

    def _repeat(self, family: Family, label: str | None, number: int, shape: str) -> None:
        if first(family).parallel:
            raise NotChain
        if label is not None:
            chain = ModuleChain(self.writer, label)
            chain.form, self._fresh = self.form, False
            chain.runs(family, 0, True)
            if self.form is None:
                self.entry = chain.entry
            self.form = chain.form
            self._add(label, number, chain.text(), shape)
        else:
            self.runs(family, number, False)

    def runs(self, family: Family, number: int, named: bool) -> None:
        """The copies of a repeat, equal ones as one starred row."""
        columns = {member: node.runs for member, node in family.items()}
        if any(len(runs) != len(first(columns)) for runs in columns.values()):
            raise Mismatch
        for place in range(len(first(columns))):
            bodies = {member: runs[place].node for member, runs in columns.items()}
            counts = {member: runs[place].copies for member, runs in columns.items()}
            step = 1 if named else width(first(bodies))
            self._run(bodies, counts, number, named)
            number += step * first(counts)

    def _run(self, bodies: Family, counts: Family, number: int, named: bool) -> None:
        start = len(self.children)
        form, self._fresh = self.form, False
        again = any(count > 1 for count in counts.values())
        if isinstance(first(bodies), Sequence):
            if named:
                self._add(str(number), number, self._nested(bodies, self._label, back=again), "")
            else:
                self.sequence(bodies, number)
        else:
            self._add(str(number), number, self._module(bodies, None), "")
        if not again:
            return
        before = self.entry if form is None else form
        if before is not None and self.form != before:
            raise NotChain
        copies, self.children[start:] = self.children[start:], []
        times = self.writer.parameters.text(counts, (), "copies")
        if any(child.step is None or child.number < 0 for child in copies):
            raise NotChain
        if len(copies) == 1:
            text = f"*[{copies[0].text} for _ in range({times})]"
        else:
            text = f"*[m for _ in range({times}) for m in ({', '.join(child.text for child in copies)})]"
        each = tuple(child.text for child in copies)
        self.children.append(Child(None, number, text, "", len(copies) * first(counts), each, times))

    def _add(self, step: str, number: int, text: str, shape: str) -> None:
        self.children.append(Child(step, number, text, shape))

    # ---- text

    def positional(self) -> bool:
        """Whether the children have just the steps that `nn.Sequential` gives by position."""
        position = 0
        for child in self.children:
            if child.step not in (None, str(position)) or child.number != position:
                return False
            position += child.width
        return True

    def text(self) -> str:
        """The chain as one expression; its steps must be those that `nn.Sequential` gives by position."""
        if not self.positional():
            raise NotChain
        parts = [child.text for child in self.children]
        if (
            len(parts) <= 4
            and sum(len(part) + 2 for part in parts) <= _SHORT
            and not any("\n" in part for part in parts)
        ):
            return call("nn.Sequential(", parts)
        return stacked("nn.Sequential(", parts, [comment(child.comment) for child in self.children], ")")

    def statements(self, owner: str) -> list[str]:
        """The children registered one by one, by their steps."""
        lines = []
        steps = {child.step for child in self.children if child.number >= 0}
        for child in self.children:
            step = child.step
            if step is None:
                lines.append(_in_loop(owner, child))
                continue
            while child.number < 0 and step in steps:  # one of ours gives way to those of the spec
                step += "_"
            lines.append(register(owner, step, child.text) + (f"  # {comment(child.comment)}" if child.comment else ""))
        return lines


def _in_loop(owner: str, child: Child) -> str:
    """Equal copies registered one after the other, by their numbers."""
    if not child.times.isdigit():
        raise NotChain
    each, start = len(child.copies), child.number
    span = f"{start}, {start + child.width}" + (f", {each}" if each > 1 else "")
    steps = [Computed(f"str(i + {place})" if place else "str(i)") for place in range(each)]
    rows = [register(owner, step, text) for step, text in zip(steps, child.copies, strict=True)]
    return indented(f"for i in range({span}):", rows)


def _shape(family: Family) -> str:
    """The output shape, where all members agree."""
    texts = {str(item.shapes[0]) for item in family.values() if item.shapes}
    return texts.pop() if len(texts) == 1 else ""
