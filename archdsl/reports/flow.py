"""What every layer reads, by paths, and the containers around it: the network as a graph, equal copies once.

The walk is that of `network.nodes.walk`, with containers that have no name beside those that have one. A container
without a name gets a path that no layer has: `layer1.0.ADD#1`.
"""

from __future__ import annotations

from archdsl.elaborate.trampoline import Task, run
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
    copies_of,
)
from archdsl.reports.records import ContainerType
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size
from archdsl.typed import Any, NamedTuple, TypeAlias


class Origin(NamedTuple):
    """What gives a value: the path of a layer or merge, or the name of an input; and which of its results it is."""

    path: str
    result: int = 0


Origins: TypeAlias = tuple[Origin | None, ...]


def paths(origins: Origins) -> list[str | None]:
    """What gives some values, by paths."""
    return [origin.path if origin is not None else None for origin in origins]


def results(origins: Origins) -> list[int]:
    """Which result of what gives it each value is."""
    return [origin.result if origin is not None else 0 for origin in origins]


class Container(NamedTuple):
    """A node that holds others: its type, where it lies, what it reads, and what gives its results."""

    path: str
    type: ContainerType
    label: str | None
    around: str | None
    count: Size  # type: ignore[assignment]
    node: Any  # Node; of a named merge the merge itself
    reads: Origins
    gives: Origins
    branches: tuple[Shape, ...] = ()  # what a merge reads


class LayerFlow(NamedTuple):
    """What a layer line reads, and the container directly around it."""

    reads: Origins
    around: str | None


class Branches(NamedTuple):
    """What gives the branches of a merge, and their shapes."""

    reads: Origins
    shapes: tuple[Shape, ...]


class Flow(NamedTuple):
    """The layer lines in the order of `walk`, the containers in the order in which they begin, and the outputs."""

    lines: list[LayerFlow]
    containers: list[Container]
    outputs: Origins


class Inside(NamedTuple):
    """Where the items of a body stand: the path in front of them, the number of the first, and what is around them."""

    prefix: str
    base: int
    around: str | None
    count: Size  # type: ignore[assignment]
    branches: bool = False  # whether it is the braces of a merge

    def spot(self, number: int, label: str | None) -> Spot:
        """Where one of the items stands."""
        return Spot(self.prefix, self.base + number, label, self.around, self.count, self.branches)


class Spot(NamedTuple):
    """Where a node stands: the path in front of it, its number there, its label, and what is around it."""

    prefix: str
    number: int
    label: str | None
    around: str | None
    count: Size  # type: ignore[assignment]
    branch: bool

    @property
    def path(self) -> str:
        """The path of a node that takes a step: a layer, a block, or what has a label."""
        step = self.label if self.label is not None else str(self.number)
        return f"{self.prefix}.{step}" if self.prefix else step

    def inside(self, around: str | None, branches: bool = False) -> Inside:
        """Where the items of a body in its place stand."""
        if self.label is None:
            return Inside(self.prefix, self.number, around, self.count, branches)
        return Inside(self.path, 0, around, self.count, branches)


def flow(network: Network | None, taken: set[str], unroll: bool = False) -> Flow:
    """Follow the values through a network, equal copies once or with `unroll` one by one.

    It must have been walked within the limit on rows; `taken` are the paths of that walk, which no container without a
    name gets.
    """
    if network is None:
        return Flow([], [], ())
    follower = _Follower(taken, unroll)
    for port in network.inputs:
        follower.origins[port.value] = Origin(port.name)
    run(follower.items(network.body.items, Inside("", 0, None, 1)))
    return Flow(follower.lines, follower.containers, follower.of(tuple(port.value for port in network.outputs)))


class _Follower:
    """Goes through the network once; a body that is used again is followed again, its values with other origins."""

    def __init__(self, taken: set[str], unroll: bool) -> None:
        self.origins: dict[int, Origin | None] = {}
        self.lines: list[LayerFlow] = []
        self.containers: list[Container] = []
        self._taken, self._unroll = taken, unroll
        self._numbers: dict[tuple[str, str], int] = {}

    def of(self, numbers: tuple[int, ...]) -> Origins:
        """What gives some values; None where a fault leaves that open."""
        return tuple(self.origins.get(number) for number in numbers)

    def items(self, items: tuple[Item, ...], inside: Inside) -> Task[Branches]:
        """Items one after the other; of the branches of a merge, what the merge reads of them, equal copies once."""
        reads: list[Origin | None] = []
        shapes: list[Shape] = []
        for item in items:
            gives: Origins = yield self._node(item.node, self.of(item.reads), inside.spot(item.number, item.label))
            self._note(item.gives, gives)
            if inside.branches:
                several = isinstance(item.node, (Repeat, Loop, Conditional))  # an `if` that is not taken is no branch
                number = min(len(gives), len(item.gives)) if several else 1
                reads += gives[:number]
                shapes += item.shapes[:number]
        return Branches(tuple(reads), tuple(shapes))

    def _note(self, numbers: tuple[int, ...], origins: Origins) -> None:
        self.origins.update(zip(numbers, origins, strict=False))

    def _node(self, node: Node, reads: Origins, spot: Spot) -> Task[Origins]:
        """One node, which reads these: what gives its results."""
        match node:
            case Leaf() | Share():
                self.lines.append(LayerFlow(reads, spot.around))
                return tuple(Origin(spot.path, result) for result in range(len(node.outputs)))
            case Sequence():
                return (yield self._sequence(node, reads, spot))
            case Merge():
                return (yield self._merge(node, reads, spot))
            case Use(applied=Applied()):
                return (yield self._scan(node, reads, spot))
            case Use():
                return (yield self._use(node, reads, spot))
            case Repeat(applied=Applied()):
                return (yield self._experts(node, reads, spot))
            case Conditional():
                return (yield self._choice(node.body, reads, spot._replace(label=None)))
            case Loop():
                return (yield self._loop(node, reads, spot._replace(label=None)))
        return (yield self._repeat(node, reads, spot))

    def _body(self, body: Sequence, reads: Origins, inside: Inside) -> Task[Origins]:
        self._note(body.takes, reads)
        yield self.items(body.items, inside)
        return self.of(body.gives)

    def _use(self, node: Use, reads: Origins, spot: Spot) -> Task[Origins]:
        place = self._open("block", node, reads, spot, spot.path)
        gives: Origins = yield self._body(node.body, reads, Inside(spot.path, 0, spot.path, spot.count))
        return self._close(place, gives)

    def _sequence(self, node: Sequence, reads: Origins, spot: Spot) -> Task[Origins]:
        """Braces: of a named merge they are the merge, without a name and a merge around they are no container."""
        only = node.items[0] if len(node.items) == 1 and node.items[0].label is None else None
        if only is not None and isinstance(only.node, Merge) and (spot.label is not None or not spot.branch):
            self._note(node.takes, reads)
            gives: Origins = yield self._merge(only.node, reads, spot)
            self._note(only.gives, gives)
            return gives
        if spot.label is None and not spot.branch:
            return (yield self._body(node, reads, spot.inside(spot.around)))
        return (yield self._braces("branch" if spot.branch else "group", node, reads, spot))

    def _choice(self, body: Sequence, reads: Origins, spot: Spot) -> Task[Origins]:
        """The lines of an `if`, as if they stood there; several in a merge are a branch, and so are braces."""
        if spot.branch and len(body.items) > 1:
            return (yield self._braces("branch", body, reads, spot))
        braces = spot.branch and bool(body.items) and isinstance(body.items[0].node, Sequence)
        return (yield self._body(body, reads, spot.inside(spot.around, branches=braces)))

    def _braces(self, type: ContainerType, node: Sequence, reads: Origins, spot: Spot) -> Task[Origins]:
        place = self._open(type, node, reads, spot)
        gives: Origins = yield self._body(node, reads, spot.inside(self.containers[place].path))
        return self._close(place, gives)

    def _merge(self, node: Merge, reads: Origins, spot: Spot) -> Task[Origins]:
        place = self._open("merge", node, reads, spot)
        path = self.containers[place].path
        branches: Branches = yield self.items(node.branches, spot.inside(path, branches=True))
        self.containers[place] = self.containers[place]._replace(reads=branches.reads, branches=branches.shapes)
        return self._close(place, (Origin(path),))

    def _loop(self, node: Loop, reads: Origins, spot: Spot) -> Task[Origins]:
        """The turns of a `for`: each reads the one before; in a merge each is a branch."""
        place = self._open("loop", node, reads, spot)
        found: list[Origin | None] = []
        gives, number = reads, spot.number
        for _, turn in node.turns:
            inner = spot._replace(number=number, around=self.containers[place].path)
            if spot.branch:
                gives = yield self._braces("branch", turn, reads, inner)
            else:
                gives = yield self._body(turn, gives, inner.inside(inner.around))
            found += gives[:1]
            number += turn.width
        return self._close(place, tuple(found) if spot.branch else gives)

    def _repeat(self, node: Repeat, reads: Origins, spot: Spot) -> Task[Origins]:
        """The copies of a line: each reads the one before; in a merge each is a branch."""
        place = self._open("repeat", node, reads, spot)
        inside = spot.inside(self.containers[place].path, branches=node.parallel)
        named = spot.label is not None
        found: list[Origin | None] = []
        gives = takes = reads
        for copy, number, times in copies_of(node, None if named else spot.number, self._unroll):
            inner = inside.spot(0, str(number) if named else None)._replace(number=number, count=spot.count * times)
            gives = yield self._node(copy, takes, inner)
            found += gives[:1]
            takes = reads if node.parallel else (*gives[:1], *reads[1:])  # of several results a copy reads the first
        return self._close(place, tuple(found) if node.parallel else gives if node.runs else reads[:1])

    def _experts(self, node: Repeat, reads: Origins, spot: Spot) -> Task[Origins]:
        """The experts of MOE, each on some positions: others read what all of them give together."""
        place = self._open("experts", node, reads, spot)
        inside = spot.inside(self.containers[place].path)
        for copy, number, times in copies_of(node, None, self._unroll):
            inner = inside.spot(0, str(number))._replace(number=number, count=spot.count * times)
            yield self._node(copy, reads, inner)
        return self._close(place, (Origin(self.containers[place].path),))

    def _scan(self, node: Use, reads: Origins, spot: Spot) -> Task[Origins]:
        """A block that runs step by step: others read the results of all steps, and the last states."""
        place = self._open("scan", node, reads, spot, spot.path)
        yield self._body(node.body, reads, Inside(spot.path, 0, spot.path, spot.count))
        return self._close(place, tuple(Origin(spot.path, result) for result in range(len(node.outputs))))

    def _open(self, type: ContainerType, node: Node, reads: Origins, spot: Spot, path: str = "") -> int:
        """Note where a container begins; its place in the list."""
        path = path or (spot.path if spot.label is not None else self._free(spot.prefix, _word(type, node)))
        self.containers.append(Container(path, type, spot.label, spot.around, spot.count, node, reads, ()))
        return len(self.containers) - 1

    def _close(self, place: int, gives: Origins) -> Origins:
        self.containers[place] = self.containers[place]._replace(gives=gives)
        return gives

    def _free(self, prefix: str, word: str) -> str:
        """A path below `prefix` that nothing has: `layer1.0.ADD#1`."""
        while True:
            number = self._numbers[prefix, word] = self._numbers.get((prefix, word), 0) + 1
            path = f"{prefix}.{word}#{number}" if prefix else f"{word}#{number}"
            if path not in self._taken:
                return path


def _word(type: ContainerType, node: Node) -> str:
    """What stands for the name of a container that has none."""
    return str(node.op.name) if isinstance(node, Merge) else "for" if type == "loop" else type
