"""What is kept while one class is written, and the acts that end in it; the statements are above.

`Writer` is the abstract base of `ClassWriter`: what writes layers, chains, groups, repeats or merges knows
this base alone, and through it comes back to the statements.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from archdsl.backends.source.book import Book
from archdsl.backends.source.extents import Extents
from archdsl.backends.source.families import Family, first, nodes
from archdsl.backends.source.flow import FlowValue, uses
from archdsl.backends.source.live import Live, Taken
from archdsl.backends.source.made import At, Callee, ChainLayout, ClassUse, SizeLines
from archdsl.backends.source.naming import variable
from archdsl.backends.source.text import attribute, comment, statement, submodule
from archdsl.backends.source.text import register as registered
from archdsl.backends.source.values import Parameters
from archdsl.network.nodes import Item, Leaf, Sequence, items_of, postorder, walk
from archdsl.network.table import ByIdentity, NodeTable
from archdsl.sizes.shape import Shape
from archdsl.typed import Any, TypeAlias, TypeVar

UNREAD = "_"  # the variable of a result that nothing reads
T = TypeVar("T")
Checks: TypeAlias = Callable[[set[str]], SizeLines]


def _no_checks(read: set[str]) -> SizeLines:
    return SizeLines([], [])


class NotChain(Exception):
    """A sequence that is more than a chain of modules."""


class Writer(ABC):
    """The text of one class so far, its values and their variables."""

    def __init__(
        self,
        book: Book,
        name: str,
        members: dict[int, ClassUse],
        parameters: Parameters,
        takes: tuple[str, ...] = (),
        doc: str = "",
        *,
        back: bool = False,
    ) -> None:
        self.book = book
        self.name = name
        self.members = members
        self.parameters = parameters
        self.takes = takes or ("x",)
        self.doc = doc
        self.back = back  # whether the result lies as the input does, so that copies can follow one another
        self.entry = ""  # how its first input lies
        self.whole: set[str] = set()  # variables that hold integers or truth values
        self.checks: Checks = _no_checks  # what reads symbols and refuses a forbidden size
        self.attributes: dict[str, str] = {}  # values of the constructor that `forward` reads, by their names
        self.init: list[str] = []
        self.forward: list[str] = []
        self.closing: list[str] = []  # after the submodules in the constructor
        self.methods: list[str] = []
        self.registered: set[str] = set()  # how submodules of this class are reached
        self.parts: dict[int, Callee] = {}  # what SHARE runs again, by its first result
        self.chains: NodeTable[ChainLayout] = NodeTable()  # groups that were written as chains
        self._wider: NodeTable[Sequence] = NodeTable()  # groups with what they share with the code around them
        self.values: dict[int, FlowValue] = {}
        self.bound: list[FlowValue] = []  # those of the values that a later item reads, and others
        self.live = Live()
        self.indices: list[str] = []  # the variables of the loops around
        self.extents = Extents(taken={*self.takes, *self._labels()})
        self.counts: dict[int, int] = {}
        for member in members.values():
            for number, count in uses(member.body).items():
                self.counts[number] = self.counts.get(number, 0) + count

    def _labels(self) -> set[str]:
        """The names in the bodies, which variables are called by."""
        nodes = [node for member in self.members.values() for node in postorder(member.body)]
        return {item.label for item in items_of(nodes) if item.label is not None}

    # ---- attempts

    def snapshot(self) -> Any:
        """What an attempt at a chain may change, so that it can be undone."""
        return self.book.snapshot(), self.parameters.snapshot(), self.extents.snapshot()

    def restore(self, before: Any) -> None:
        """Undo an attempt."""
        self.book.restore(before[0])
        self.parameters.restore(before[1])
        self.extents.restore(before[2])

    def attempt(self, way: str, bodies: Family, form: str | None, write: Callable[[Family], T]) -> T | None:
        """What `write` gives; None where the bodies are no chain, with its traces undone.

        What was refused is not tried again: attempts stand within attempts, and would double with each brace.
        """
        key = (way, form, *map(ByIdentity, bodies.values()))
        if key in self.book.refused:
            return None
        before = self.snapshot()
        try:
            return write(bodies)
        except NotChain:
            self.restore(before)
            self.book.refused.add(key)
            return None

    # ---- values

    def bind(self, number: int, value: FlowValue) -> None:
        if number not in self.values or self.values[number] is not value:
            value.left += self.counts.get(number, 0)
            value.reads += self.counts.get(number, 0)
        self.values[number] = value
        self.bound.append(value)
        self.live.append(value)

    def taken(self, number: int) -> FlowValue:
        value = self.values[number]
        value.left -= 1
        return value

    def busy(self) -> Taken:
        """The variables that something still needs."""
        return Taken(self.live, {*self.indices, *self.extents.names()})

    def at_hand(self, inputs: list[FlowValue]) -> list[FlowValue]:
        """The tensors in variables that hold them still: what an item reads, and what a later one will."""
        self.bound = [value for value in self.bound if value.left > 0]
        return [value for value in dict.fromkeys([*self.bound, *inputs]) if value.variable]

    def assign(self, value: FlowValue, wish: str | None, at: At, shape: str) -> FlowValue:
        """Give an expression a variable, the running one of the sequence where that is free."""
        busy = self.busy()
        name = variable(wish, busy) if wish or at.variable in busy else at.variable
        note = f"  # {comment(shape)}" if shape else ""
        if name != value.text:
            self.forward.append(statement(f"{name} = ", value.text, note))
        kept = FlowValue(name, value.form, value.rank, variable=True)
        kept.fresh, kept.whole, kept.shapes = value.fresh, value.whole, value.shapes
        (self.whole.add if value.whole else self.whole.discard)(name)
        return kept

    def like(self) -> str:
        """A value with the batch, the device and the dtype of the network, for what is made of nothing.

        In a network that reads nothing the batch is 1.
        """
        batch, kind = self.likes()
        return batch if batch == kind else f"{batch}.to({kind}.dtype)"

    def likes(self) -> tuple[str, str]:
        """A value with the batch of the network, and one with its device and its dtype."""
        own = self._number()
        if own in self.takes:
            return own, own
        if own:
            return (self.takes[0], own) if self.takes else (f"{own}.new_zeros(1)",) * 2
        return (f"{self.takes[0]}.float()" if self.takes else "torch.zeros(1)",) * 2

    def cast(self) -> str:
        """The call that gives a tensor the dtype of the network, as far as an input or a parameter says it."""
        own = self._number()
        return f".to({own}.dtype)" if own else ".float()"

    def _number(self) -> str:
        """An input of the class that is not of integers or truth values, else a parameter, else nothing."""
        floats = [name for name in self.takes if name not in self.whole]
        if floats:
            return floats[0]
        for placed in walk(first(self.members).body):
            for tensor in placed.node.op.tensors(*placed.node.inputs) if isinstance(placed.node, Leaf) else ():
                if tensor.role != "buffer" and tensor.name != "*":
                    return submodule(tensor.path(placed.path), tensor=True)
        return ""

    def line(self, item: Item) -> int:
        """The line of the spec on which an item stands; a negative number of its own for braces."""
        statement = getattr(item.node, "statement", None)
        start = getattr(statement, "start", None)
        return self.book.line(start) if start is not None else -1 - item.gives[0] if item.gives else -1

    def wishes(self, row: Family) -> tuple[str | None, ...]:
        """What the variables of several results are best called: as the results; one that nothing reads, `_`."""
        item: Item = first(row)
        names = [None if token.type == "TEMPLATE" else token.text for token in first(nodes(row)).statement.names[1:]]
        labels = [item.label, *names, *[None] * len(item.gives)]
        read = [any(self.counts.get(each.gives[place]) for each in row.values()) for place in range(len(item.gives))]
        wishes = [UNREAD if not used else label for label, used in zip(labels, read, strict=False)]
        return tuple([None if used and wish == UNREAD else wish for wish, used in zip(wishes, read, strict=True)])

    def widened(
        self, body: Sequence, outer: tuple[int, ...], inner: tuple[int, ...], shapes: dict[int, Shape]
    ) -> Sequence:
        """A body that takes and gives further values; the same one each time."""
        if body not in self._wider:
            self._wider[body] = body._replace(
                takes=(*body.takes, *outer),
                gives=(*body.gives, *inner),
                inputs=(*body.inputs, *(shapes[number] for number in outer)),
                outputs=(*body.outputs, *(shapes[number] for number in inner)),
            )
        return self._wider[body]

    def register(self, owner: str, step: str, text: str) -> None:
        self.registered.add(attribute(owner, step))
        self.init.append(registered(owner, step, text))

    def enter(self, found: Family, inputs: list[FlowValue]) -> None:
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

    def unread(self, value: FlowValue) -> None:
        """What nothing reads is computed all the same: a statement of its own."""
        if not value.variable and not value.done and "(" in value.text:
            self.forward.append(value.text)
            value.done = True

    # ---- the statements, which `ClassWriter` goes through

    @abstractmethod
    def body(self, bodies: Family, at: At) -> list[FlowValue]:
        """The statements of a body, and its results."""

    @abstractmethod
    def item(self, row: Family, at: At) -> list[FlowValue]:
        """One item of a sequence or merge: the expressions of its results."""
