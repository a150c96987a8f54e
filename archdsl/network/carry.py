"""Facts about values: how a body carries them from what it reads to what it gives, each body worked out once.

What a layer does to a fact is a transfer, and transfers follow one another and run side by side. So that of a body is
one as well, from each value that it reads to each that it gives; equal copies are a power of it, found by squaring.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, MutableMapping

from archdsl.network.nodes import (
    Applied,
    Conditional,
    Item,
    Leaf,
    Loop,
    Merge,
    Network,
    Node,
    Repeat,
    Sequence,
    Share,
    Use,
    executed,
    postorder,
)
from archdsl.network.table import NodeTable
from archdsl.sizes.size import Size
from archdsl.typed import Generic, NamedTuple, TypeAlias, TypeVar

T = TypeVar("T")
Paths: TypeAlias = dict[int, T]  # to one value, by where they begin: a value by its number, an input by `_input(place)`


def _input(place: int) -> int:
    """What stands for an input of a node among the numbers of values, which begin at 1."""
    return -1 - place


class Transfers(ABC, Generic[T]):
    """What is asked about values: the transfers of layers, and how transfers are put together.

    `one` changes nothing, and `unknown` is the transfer of what is repeated an unknown number of times.
    """

    one: T
    unknown: T

    @abstractmethod
    def layer(self, node: Leaf | Merge, place: int, result: int) -> T:
        """The transfer of a layer, or of what a merge does, from one of its inputs to one of its results."""

    @abstractmethod
    def then(self, first: T, second: T) -> T:
        """One transfer after another; associative."""

    @abstractmethod
    def beside(self, left: T, right: T) -> T:
        """Two transfers from one value to one value."""


class CarriedLayer(NamedTuple, Generic[T]):
    """A layer, or a merge, and the paths from the inputs of the network to its results, by the places of the inputs."""

    item: Item
    node: Leaf | Merge | Share
    results: tuple[dict[int, T], ...]


class Carry(Generic[T]):
    """The transfers of one network."""

    def __init__(self, network: Network, transfers: Transfers[T]) -> None:
        self.network, self.transfers = network, transfers
        self._known: NodeTable[tuple[Paths[T], ...]] = NodeTable()
        self._inner: NodeTable[dict[int, Paths[T]]] = NodeTable()  # of what is read from outside, by its number
        self._wanted = read_from_outside(network.body)
        for node in postorder(network.body, executed):
            self._known[node] = self._of(node)

    def outputs(self) -> tuple[dict[int, T], ...]:
        """The paths to each output, from the inputs by their places."""
        return tuple(_by_place(paths) for paths in self._known[self.network.body])

    def layers(self) -> Iterator[CarriedLayer[T]]:
        """Every layer and merge in order, with the paths to it; of equal copies the first."""
        body = self.network.body
        begin = tuple({_input(place): self.transfers.one} for place in range(len(body.takes)))
        yield from self._body(body, begin, {})

    # ---- the transfers of nodes, inner ones first

    def _of(self, node: Node) -> tuple[Paths[T], ...]:
        match node:
            case Leaf():
                places, results = range(len(node.inputs)), range(len(node.outputs))
                return tuple(
                    {_input(at): self.transfers.layer(node, at, result) for at in places} for result in results
                )
            case Sequence():
                values: dict[int, Paths[T]] = {
                    number: {_input(at): self.transfers.one} for at, number in enumerate(node.takes)
                }
                for item in node.items:
                    self._done(item, values)
                self._export(node, values)
                return tuple(self._value(number, values) for number in node.gives)
            case Merge():
                inside: dict[int, Paths[T]] = {}
                merged = self._merged(node, inside)
                self._export(node, inside)
                return (merged,)
            case Use(applied=Applied()):  # a step may read all that came before it
                paths = {_input(at): self.transfers.unknown for at in range(len(node.inputs))}
                return (paths,) * len(node.outputs)
            case Use():
                return self._known[node.body]
            case Conditional():
                self._export(node, self._inner.get(node.body, {}))
                return self._known[node.body]
            case Share():
                return self._known[node.node]
            case Loop():
                self._export_turns(node)
                return self._chained([self._known[turn] for _, turn in node.turns], node)
        return self._repeated(node)

    # ---- what is read outside of the braces in which it comes about

    def _export(self, node: Node, values: dict[int, Paths[T]]) -> None:
        """Note the paths within a node to what is read outside of it."""
        if self._wanted:
            self._inner[node] = {number: paths for number, paths in values.items() if number in self._wanted}

    def _export_turns(self, node: Loop) -> None:
        """Those of a `for` whose turns read one another; in a merge each turn is asked for its own."""
        found: dict[int, Paths[T]] = {}
        before: tuple[Paths[T], ...] = ()
        for _, turn in node.turns if self._wanted else ():
            for number, paths in self._inner.get(turn, {}).items():
                found[number] = self._joined(paths, before, found) if before else paths
            step = self._known[turn]
            before = self._through(step, before[:1]) if before else step
        self._export(node, found)

    def _enter(self, node: Node, reads: tuple[Paths[T], ...], values: MutableMapping[int, Paths[T]]) -> None:
        """Note the paths to what is in a node and read outside of it."""
        for number, paths in self._inner.get(node, {}).items() if self._wanted else ():
            values[number] = self._joined(paths, reads, values)

    def _done(self, item: Item, values: dict[int, Paths[T]]) -> None:
        """Note the paths to what an item gives, and to what is in it and read outside of it."""
        self._enter(item.node, tuple(self._value(number, values) for number in item.reads), values)
        values.update(zip(item.gives, self._applied(item, values), strict=False))

    def _layer(self, node: Leaf, result: int) -> Paths[T]:
        return {_input(place): self.transfers.layer(node, place, result) for place in range(len(node.inputs))}

    def _repeated(self, node: Repeat) -> tuple[Paths[T], ...]:
        if node.applied is not None:  # an expert reads one position, and so does the router's score
            return ({_input(0): self.transfers.one, _input(1): self.transfers.one},)
        if node.parallel:
            return tuple(paths for run in node.runs for paths in self._known[run.node][:1] * _counted(run.copies))
        return self._chained([self._power(self._known[run.node], run.copies) for run in node.runs], node)

    def _chained(self, steps: list[tuple[Paths[T], ...]], node: Loop | Repeat) -> tuple[Paths[T], ...]:
        """Each step reads the first result of the one before, the further inputs unchanged; none changes nothing."""
        found: tuple[Paths[T], ...] = ()
        for step in steps:
            found = self._through(step, found[:1]) if found else step
        return found or ({_input(0): self.transfers.one},)

    def _power(self, step: tuple[Paths[T], ...], copies: Size) -> tuple[Paths[T], ...]:
        """So many copies one after the other, by squaring."""
        if not isinstance(copies, int):
            return tuple(dict.fromkeys(paths, self.transfers.unknown) for paths in step)
        found: tuple[Paths[T], ...] = ()
        while copies:
            if copies & 1:
                found = self._through(step, found[:1]) if found else step
            copies >>= 1
            step = self._through(step, step[:1]) if copies else step
        return found or ({_input(0): self.transfers.one},)

    def _through(self, step: tuple[Paths[T], ...], reads: tuple[Paths[T], ...]) -> tuple[Paths[T], ...]:
        """The results of a node that reads values to which these paths lead."""
        return tuple(self._joined(paths, reads, {}) for paths in step)

    # ---- values

    def _value(self, number: int, values: Mapping[int, Paths[T]]) -> Paths[T]:
        """The paths to a value; to one that stands outside, the path from itself."""
        known = values.get(number)
        return {number: self.transfers.one} if known is None else known

    def _applied(self, item: Item, values: dict[int, Paths[T]]) -> tuple[Paths[T], ...]:
        """The paths to the results of an item."""
        reads = tuple(self._value(number, values) for number in item.reads)
        return tuple(self._joined(paths, reads, values) for paths in self._known[item.node])

    def _joined(self, paths: Paths[T], reads: tuple[Paths[T], ...], values: Mapping[int, Paths[T]]) -> Paths[T]:
        """Paths that begin at what a node reads, or outside of it, led back to where these come from."""
        found: Paths[T] = {}
        for begin, transfer in paths.items():
            place = _input(begin)  # its own inverse
            before = reads[place] if 0 <= place < len(reads) else self._value(begin, values)
            for source, first in before.items():
                path = self.transfers.then(first, transfer)
                found[source] = self.transfers.beside(found[source], path) if source in found else path
        return found

    def _merged(self, node: Merge, values: dict[int, Paths[T]]) -> Paths[T]:
        """The paths through all branches and what joins them; what is in them is added to the values."""
        found: Paths[T] = {}
        for place, paths in enumerate(self._branches(node, values)):
            through = {_input(0): self.transfers.layer(node, place, 0)}
            for source, path in self._joined(through, (paths,), {}).items():
                found[source] = self.transfers.beside(found[source], path) if source in found else path
        return found

    def _branches(self, node: Merge, values: dict[int, Paths[T]]) -> list[Paths[T]]:
        """What leads to each input of a merge; one that several items give stands for each of them."""
        found: list[Paths[T]] = []
        for item in node.branches:
            several = isinstance(item.node, (Repeat, Loop, Conditional))
            self._branch(item, values)
            results = self._turns(item, values) if isinstance(item.node, Loop) else self._applied(item, values)
            values.update(zip(item.gives, results, strict=False))
            found += results[: len(item.gives) if several else 1]
        return found[: len(node.inputs)]

    def _branch(self, item: Item, values: dict[int, Paths[T]]) -> None:
        """Note the paths to what is in a branch, which a later branch may read."""
        reads = tuple(self._value(number, values) for number in item.reads)
        for node in [turn for _, turn in item.node.turns] if isinstance(item.node, Loop) else [item.node]:
            self._enter(node, reads, values)

    def _turns(self, item: Item, values: dict[int, Paths[T]]) -> tuple[Paths[T], ...]:
        """The turns of a `for` among branches: each reads what all of them read."""
        reads = tuple(self._value(number, values) for number in item.reads)
        turns = item.node.turns if isinstance(item.node, Loop) else ()
        return tuple(self._joined(self._known[turn][0], reads, values) for _, turn in turns if self._known[turn])

    # ---- from the inputs of the network

    def _body(
        self, body: Sequence, reads: tuple[Paths[T], ...], outside: dict[int, Paths[T]]
    ) -> Iterator[CarriedLayer[T]]:
        """The layers of a body in order, where the paths to what it reads are known."""
        stack = [self._steps(body, reads, outside)]
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
            elif isinstance(step, CarriedLayer):
                yield step
            else:
                stack.append(self._steps(*step))

    def _steps(
        self, body: Sequence, reads: tuple[Paths[T], ...], outside: dict[int, Paths[T]]
    ) -> Iterator[CarriedLayer[T] | tuple[Sequence, tuple[Paths[T], ...], dict[int, Paths[T]]]]:
        """The layers of a body, and the bodies within it to be gone through in their places."""
        values = {**outside, **dict(zip(body.takes, reads, strict=False))}
        for item in body.items:
            yield from self._item(item, item.node, tuple(self._value(at, values) for at in item.reads), values)
            self._done(item, values)

    def _item(
        self, item: Item, node: Node, reads: tuple[Paths[T], ...], values: dict[int, Paths[T]], parallel: bool = False
    ) -> Iterator[CarriedLayer[T] | tuple[Sequence, tuple[Paths[T], ...], dict[int, Paths[T]]]]:
        match node:
            case Leaf() | Share():
                results = tuple(_by_place(self._joined(paths, reads, values)) for paths in self._known[node])
                yield CarriedLayer(item, node, results)
            case Sequence():
                yield node, reads, values
            case Use(applied=Applied()):  # what is in a step has no field of its own
                return
            case Use():
                yield node.body, reads, {}
            case Conditional():
                yield node.body, reads, values
            case Merge():
                for branch in node.branches:
                    inner = tuple(self._value(at, values) for at in branch.reads)
                    yield from self._item(branch, branch.node, inner, values, True)
                    self._branch(branch, values)
                yield CarriedLayer(item, node, (_by_place(self._merged(node, values)),))
            case Loop():
                for _, turn in node.turns:
                    yield turn, reads, values
                    self._enter(turn, reads, values)
                    if not parallel:
                        reads = tuple(self._joined(paths, reads, values) for paths in self._known[turn][:1])
            case Repeat():
                for run in node.runs if node.applied is None else ():  # what is in an expert has no field of its own
                    yield from self._item(item, run.node, reads, values)
                    if not node.parallel:
                        step = self._power(self._known[run.node], run.copies)
                        reads = (*(self._joined(paths, reads, values) for paths in step[:1]), *reads[1:])


def read_from_outside(body: Sequence) -> frozenset[int]:
    """The values that are read outside of the braces in which they come about; no recursion."""
    found: set[int] = set()
    known: set[int] = set()  # what the braces around have given so far
    seen: NodeTable[None] = NodeTable()
    stack: list[_ValueStep] = [_ValueStep("enter", (), body)]
    while stack:
        step = stack.pop()
        if step.what == "read":
            found.update(number for number in step.numbers if number not in known)
        elif step.what == "give":
            known.update(step.numbers)
        elif step.what == "leave":
            known.difference_update(step.numbers)
        elif step.node is not None and step.node not in seen:
            seen[step.node] = None
            stack += reversed(_steps(step.node))
    return frozenset(found)


class _ValueStep(NamedTuple):
    """What happens to values, step by step: some are read, given, or left behind with their braces."""

    what: str
    numbers: tuple[int, ...]
    node: Node | None = None


def _steps(node: Node) -> list[_ValueStep]:
    """The steps through a node."""
    if not isinstance(node, (Sequence, Merge)):
        return [_ValueStep("enter", (), child) for child in executed(node)]
    takes, gives = (node.takes, node.gives) if isinstance(node, Sequence) else ((), ())
    items = node.items if isinstance(node, Sequence) else node.branches
    steps = [_ValueStep("give", takes)]
    for item in items:
        steps += [_ValueStep("read", item.reads), _ValueStep("enter", (), item.node), _ValueStep("give", item.gives)]
    return [
        *steps,
        _ValueStep("read", gives),
        _ValueStep("leave", (*takes, *(each for item in items for each in item.gives))),
    ]


def _counted(copies: Size) -> int:
    return copies if isinstance(copies, int) else 1


def _by_place(paths: Paths[T]) -> dict[int, T]:
    """Paths from the inputs of the network, by the places of these."""
    return {_input(begin): path for begin, path in paths.items() if begin < 0}
