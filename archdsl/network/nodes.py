"""The network: a tree of sequences, merges, repeats, blocks in use and layers, with the shapes that flow between them.

Nothing is unrolled: a repeat of equal copies holds its body once, and uses of one block with the same arguments and the
same input share one body object. Values are numbered within a body (the model's, or one of a block); an item says which
it reads and which it gives. A layer's rules are an opaque `op`.

Paths are relative. A container counts its items from 0, straight through braces without a name; `Item.number` is that
count, relative to where the structure around it begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Expression, Size
from archdsl.syntax import tree
from archdsl.typed import Any, NamedTuple, TypeAlias


class Tie(NamedTuple):
    """A tensor that a layer does not own: it is the tensor of the same name of the layer that gives the value `of`."""

    tensor: str
    of: int


class Leaf(NamedTuple):
    """One layer. `written` are the expressions that gave its attributes, by their names."""

    op: Any
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    statement: tree.LayerStatement
    written: dict[str, tree.Expr]
    frozen: bool = False
    ties: tuple[Tie, ...] = ()


class Sequence(NamedTuple):
    """Items one after the other: braces, a body, one turn of a `for`. `width` is how many numbers its items take."""

    takes: tuple[int, ...]
    items: tuple[Item, ...]
    gives: tuple[int, ...]
    width: int
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]


class Merge(NamedTuple):
    """Branches on the same input, joined by `op`."""

    op: Any
    inputs: tuple[Shape, ...]  # what the branches give to `op`
    outputs: tuple[Shape, ...]
    branches: tuple[Item, ...]
    width: int
    statement: tree.LayerStatement


class Applied(NamedTuple):
    """How often something runs that is not run once: `runs` are those of all its copies together, at batch 1.

    `copies` is how many of the copies one position uses. `op` is the kind that runs them; `inputs` and `outputs` are
    those of all runs together.
    """

    op: Any
    runs: Size
    copies: int
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]


class Use(NamedTuple):
    """A block in use. `values` are its parameters, in their order; `written` the expressions of the arguments.

    `takes` are the names of its inputs, without optional ones that it is not given.
    A block that SCAN runs step by step is `applied`; its body is that of one step.
    """

    block: tree.Block
    values: tuple[tuple[str, Any], ...]
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    body: Sequence
    statement: tree.LayerStatement
    written: dict[str, tree.Expr]
    takes: tuple[str, ...] = ()
    applied: Applied | None = None


class Run(NamedTuple):
    """Equal copies of one node in a row."""

    node: Node
    copies: Size


class Repeat(NamedTuple):
    """A line written N times. `parallel` copies are branches of a merge; others read one another.

    The experts of MOE are parallel copies that are `applied`, each to some positions of what is read.
    """

    runs: tuple[Run, ...]
    parallel: bool
    statement: tree.LayerStatement
    applied: Applied | None = None

    @property
    def copies(self) -> Size:
        return sum(run.copies for run in self.runs)


class Loop(NamedTuple):
    """A `for`: the values of its names and the body, for each turn."""

    turns: tuple[tuple[tuple[Any, ...], Sequence], ...]
    statement: tree.For


class Conditional(NamedTuple):
    """An `if`: which arm was taken (the last is `else`, None is none) and its body."""

    taken: int | None
    body: Sequence
    statement: tree.If


class Share(NamedTuple):
    """A layer, group or block that runs again: the one whose first result is the value `of`.

    `node` is what runs, on what it reads here; its tensors are those of the first run.
    """

    of: int
    node: Leaf | Sequence | Use
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    statement: tree.LayerStatement
    name: str  # as it is written after SHARE


Node: TypeAlias = Leaf | Sequence | Merge | Use | Repeat | Loop | Conditional | Share


class Item(NamedTuple):
    """A node in its place. Without a label a leaf or a block in use takes its number as its step; others take none."""

    label: str | None
    number: int
    node: Node
    reads: tuple[int, ...]
    gives: tuple[int, ...]
    shapes: tuple[Shape, ...]


class NetworkPort(NamedTuple):
    """An input or output of the model."""

    name: str
    value: int
    shape: tuple[Size, ...]
    dtype: str


class FrozenParts(NamedTuple):
    """Parts that are not trained, by their paths, those with tensors; with `all_but`, the parts that alone are trained.

    `still` says that running averages are held as they are.
    """

    paths: tuple[str, ...]
    all_but: bool
    still: bool
    selectors: tuple[Any, ...] = ()  # the kinds that chose them, where these did


class Network(NamedTuple):
    """A whole model at one setting of its parameters. `thawed` is the body before anything was frozen in it."""

    name: str
    parameters: tuple[tuple[str, Any], ...]
    inputs: tuple[NetworkPort, ...]
    outputs: tuple[NetworkPort, ...]
    body: Sequence
    freezes: tuple[FrozenParts, ...] = ()
    inits: tuple[Any, ...] = ()  # InitialValues, the widest first
    thawed: Sequence | None = None


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside a node; what a SHARE runs is laid elsewhere."""
    match node:
        case Sequence():
            return tuple([item.node for item in node.items])
        case Merge():
            return tuple([item.node for item in node.branches])
        case Use() | Conditional():
            return (node.body,)
        case Repeat():
            return tuple([run.node for run in node.runs])
        case Loop():
            return tuple([body for _, body in node.turns])
        case _:
            return ()


def items_of(nodes: Iterable[Node]) -> list[Item]:
    """What stands in the sequences and merges among some nodes."""
    return [item for node in nodes for item in getattr(node, "items", ()) or getattr(node, "branches", ())]


def executed(node: Node) -> tuple[Node, ...]:
    """The nodes that run inside a node: its children, and what a SHARE runs."""
    return (node.node,) if isinstance(node, Share) else children(node)


def postorder(node: Node, below: Callable[[Node], tuple[Node, ...]] = children) -> Iterator[Node]:
    """Every node `below` and at `node`, inner ones first, an object in several places once; no recursion.

    Addresses tell the nodes apart, for `node` holds all of them until the end.
    """
    done: set[int] = set()
    stack: list[tuple[Node, bool]] = [(node, False)]
    while stack:
        current, ready = stack.pop()
        if id(current) in done:
            continue
        if ready:
            done.add(id(current))
            yield current
            continue
        stack.append((current, True))
        stack.extend((child, False) for child in reversed(below(current)) if id(child) not in done)


def width(node: Node) -> int:
    """How many numbers a node without a label takes in its container."""
    match node:
        case Sequence() | Merge():
            return node.width
        case Conditional():
            return node.body.width
        case Repeat():
            return sum(run.copies * width(run.node) for run in node.runs if isinstance(run.copies, int))
        case Loop():
            return sum(body.width for _, body in node.turns)
        case _:
            return 1


class PlacedNode(NamedTuple):
    """A node with its full path, how deep it lies, and how many equal copies stand in its place.

    `runs` is how often all of these run together, at batch 1: once each, but for what is `applied`.
    """

    path: str
    depth: int
    copies: Size
    item: Item
    node: Node
    parent: str
    runs: Size


def walk(
    body: Sequence, unroll: bool = False, deepest: int | None = None, *, blocks: bool = True
) -> Iterator[PlacedNode]:
    """Every named or numbered node in order, containers before what they hold; equal copies once, with their count.

    With `unroll`, each copy by itself, its count 1. What lies deeper than `deepest` is left out, and costs nothing;
    without `blocks` so are the bodies of blocks in use. No recursion, so nesting of blocks is no matter.
    """
    stack: list[tuple[Item, Node, str, int, int, Size, Size, str | None]] = []

    def push(items: tuple[Item, ...], prefix: str, base: int, depth: int, count: Size, runs: Size) -> None:
        if deepest is not None and depth > deepest:
            return
        for item in reversed(items):
            stack.append((item, item.node, prefix, base + item.number, depth, count, runs, item.label))

    push(body.items, "", 0, 0, 1, 1)
    while stack:
        item, node, prefix, number, depth, count, runs, label = stack.pop()
        step = label if label is not None else str(number)
        path = f"{prefix}.{step}" if prefix else step
        named = label is not None
        inner, begin = (path, 0) if named else (prefix, number)
        if isinstance(node, (Leaf, Share, Use, Merge)) or (named and isinstance(node, (Sequence, Repeat))):
            yield PlacedNode(inner if isinstance(node, Merge) else path, depth, count, item, node, prefix, runs)
        match node:
            case Use():
                often = runs * node.applied.runs if node.applied is not None else runs
                push(node.body.items if blocks else (), path, 0, depth + 1, count, often)
            case Sequence():
                push(node.items, inner, begin, depth + named, count, runs)
            case Merge():
                push(node.branches, inner, begin, depth + 1, count, runs)
            case Conditional():
                push(node.body.items, prefix, number, depth, count, runs)
            case Loop():
                for turn, offset in reversed(_turns(node, number)):
                    push(turn.items, prefix, offset, depth, count, runs)
            case Repeat() if not named or depth != deepest:
                copies = copies_of(node, None if named else number, unroll)
                times_each = shared_out(node, [times for _, _, times in copies])
                for (copy, offset, times), each in reversed([*zip(copies, times_each, strict=True)]):
                    # under a name every copy is a step of its own; without one, only layers and blocks are
                    step_of = str(offset) if named else None
                    stack.append((item, copy, inner, offset, depth + named, count * times, runs * each, step_of))


def _turns(loop: Loop, number: int) -> list[tuple[Sequence, int]]:
    """The turns of a `for`, each with the number at which it begins."""
    found = []
    for _, turn in loop.turns:
        found.append((turn, number))
        number += turn.width
    return found


def shared_out(repeat: Repeat, copies: list[Size]) -> list[Size]:
    """How often so many copies each run: once, or of what is `applied` the runs shared out evenly.

    What does not come out even, and runs whose number is symbolic, fall to the first.
    """
    if repeat.applied is None:
        return copies
    runs, whole = repeat.applied.runs, repeat.copies
    each = [runs * copy // whole if isinstance(runs, int) and isinstance(copy, int) else 0 for copy in copies]
    return [runs - sum(each[1:]), *each[1:]]


def copies_of(repeat: Repeat, number: int | None, unroll: bool = False) -> list[tuple[Node, int, Size]]:
    """The copies of a repeat: node, number of the first, how many. Under a name (`number` None) each takes one."""
    found: list[tuple[Node, int, Size]] = []
    named, number = number is None, number or 0
    for run in repeat.runs:
        step = 1 if named else width(run.node)
        if isinstance(run.copies, Expression):  # alone, and under a name
            return [(run.node, number, run.copies)]
        if unroll:
            found += [(run.node, number + step * copy, 1) for copy in range(run.copies)]
        else:
            found.append((run.node, number, run.copies))
        number += step * run.copies
    return found
