"""A checked network as rows: its layer lines for scripts, and with its containers for the table."""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.analysis.cost import Cost, run
from archdsl.checker.checked import Checked
from archdsl.diagnostics import ArchError, Diagnostic, Span
from archdsl.limits import Limits, raising
from archdsl.network.nodes import Leaf, Merge, Node, PlacedNode, Repeat, Sequence, Share, Use, walk
from archdsl.reports.attributes import attributes
from archdsl.reports.flow import Flow, LayerFlow, flow, paths, results
from archdsl.reports.line import with_values
from archdsl.reports.records import Json
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size
from archdsl.syntax import tree
from archdsl.typed import Any, NamedTuple

_MOST = Limits().unrolled
_LIGHT = 64  # values, or letters of a text, that a row has beside it


class Row(NamedTuple):
    """A layer line. Equal copies of a repeat are one row: `count` tells how many, the figures are those of one.

    What is computed is that of one of the `runs`.
    """

    path: str
    kind: str
    line: int
    count: Size  # type: ignore[assignment]
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    params: Size
    weights: Size
    macs: Size
    connections: Size
    units: Size
    frozen: bool = False
    file: str = ""
    shares: str | None = None  # the path of what SHARE runs again
    tied: tuple[tuple[str, str], ...] = ()  # tensors that are another layer's: name here, path there
    attributes: dict[str, Json] = {}  # noqa: RUF012 - every attribute of the kind with its value
    reads: tuple[str | None, ...] = ()  # paths of layers and merges, names of inputs; None where a fault leaves it open
    reads_result: tuple[int, ...] = ()  # which result of each
    container: str | None = None  # the path of what is directly around it
    span: Span = Span(0, 0)  # the line in its file
    runs: Size = 1  # how often the copies run together at batch 1: `count` times, but for experts and steps of SCAN
    derivation: str = ""  # how the sizes of the output come about, where that is more than a copy

    @property
    def name(self) -> str:
        return self.path

    @property
    def output(self) -> Shape:
        """The shape of the output; of several results the first."""
        return self.outputs[0]

    @property
    def shape(self) -> tuple[Size, ...]:
        """The sizes of the output, channels last, batch left out."""
        return self.output.sizes

    @property
    def dtype(self) -> str:
        return self.output.dtype


class TableLine(NamedTuple):
    """A line of the table: a layer, or a container. `cost` is that of all its `count` copies.

    An `open` container is followed by what it holds; one folded by `depth` stands for it. `path` is empty where braces
    have no name. `lender` is the path of what owns the params that are not counted here.
    """

    path: str
    depth: int
    text: str
    count: Size  # type: ignore[assignment]
    outputs: tuple[Shape, ...]
    cost: Cost
    open: bool
    lender: str
    inputs: tuple[Shape, ...]
    kernel: str  # 3x3, of what has one
    node: Any  # Node


def leaves(checked: Checked, most: int = _MOST, *, unroll: bool = False) -> list[Row]:
    """The layer lines in order; with `unroll` equal copies one by one. Raises ArchError for more than `most`."""
    return followed(checked, most, unroll=unroll)[0]


def followed(checked: Checked, most: int = _MOST, *, unroll: bool = False) -> tuple[list[Row], Flow]:
    """The layer lines in order, and the flow through them. Raises ArchError where there are more than `most`."""
    found: list[Row] = []
    owners = Owners()
    taken: set[str] = set()
    for placed in _walk(checked, None, most, unroll):
        owners.note(placed)
        taken.add(placed.path)
        if isinstance(placed.node, (Leaf, Share)):
            found.append(_row(checked, placed, placed.node, owners))
    through = flow(checked.network, taken, unroll)
    return [_reading(row, line) for row, line in zip(found, through.lines, strict=True)], through


def _reading(row: Row, line: LayerFlow) -> Row:
    """A row with what it reads."""
    return row._replace(reads=tuple(paths(line.reads)), reads_result=tuple(results(line.reads)), container=line.around)


def rows(checked: Checked, depth: int | None = None, most: int = _MOST, *, source: bool = False) -> list[TableLine]:
    """The layers with the groups, blocks, merges and named repeats around them, `depth` levels of them.

    Their lines have values, or with `source` are as they are written. Raises ArchError where there are more than
    `most`.
    """
    deepest = None if depth is None else depth - 1
    owners = Owners()
    found: list[TableLine] = []
    for placed in _walk(checked, deepest, most):
        owners.note(placed)
        found.append(_entry(checked, placed, deepest, owners, source))
    return found


def _weight(node: Node) -> int:
    """How much the values of a line hold: a long list in a block that is used many times is as much as many rows."""
    if isinstance(node, Use):
        values = [value for _, value in node.values]
    elif isinstance(node, (Leaf, Merge)):
        values = [node.op.__dict__[name] for name in node.op.attributes]
    else:
        return 0
    return sum(len(value) if isinstance(value, str) else getattr(value, "weight", 0) for value in values)


class Owners:
    """The paths of what was passed on a walk, to say whose weights a layer has."""

    def __init__(self) -> None:
        self._paths: dict[int, str] = {}

    def note(self, placed: PlacedNode) -> None:
        """Pass a node: its first result stands for it."""
        self._paths.update(dict.fromkeys(placed.item.gives[:1], placed.path))

    def lender(self, node: Node) -> str:
        """The path of what owns the weights of a node; what lies below the depth of the walk as it is written."""
        if isinstance(node, Share):
            return self._paths.get(node.of, node.name)
        if not isinstance(node, Leaf):
            return ""
        written = node.op.__dict__
        return next((self._paths.get(tie.of, written[tie.tensor].text) for tie in node.ties), "")

    def tied(self, node: Node) -> tuple[tuple[str, str], ...]:
        """The tensors of a layer that are another one's, with their paths there."""
        ties = node.ties if isinstance(node, Leaf) else ()
        return tuple((tie.tensor, f"{self._paths[tie.of]}.{tie.tensor}") for tie in ties)


def _walk(checked: Checked, deepest: int | None, most: int, unroll: bool = False) -> Iterator[PlacedNode]:
    if checked.network is None:
        return
    number = 0
    for placed in walk(checked.network.body, unroll, deepest):
        number += 1 + _weight(placed.node) // _LIGHT
        if number > most:
            message = f"more than {most:,} rows: blocks used by blocks many times over"
            hint = f"fold the table with --depth N, or {raising('unrolled')}"
            raise ArchError([Diagnostic("limit", message, Span(0, 0), checked.source, hint=hint)])
        yield placed


def _row(checked: Checked, placed: PlacedNode, node: Leaf | Share, owners: Owners) -> Row:
    cost = checked.costs.of(node)
    source, span = checked.source.at(node.statement)
    line, file = source.position(span.start)[0], source.name
    figures = (cost.params, cost.weights, cost.macs, cost.connections, cost.units)
    row = (placed.path, line, placed.copies, node.inputs, node.outputs, *figures)
    if isinstance(node, Share):
        values = attributes(node.node.op) if isinstance(node.node, Leaf) else {}
        share = Row(row[0], "SHARE", *row[1:], file=file, shares=owners.lender(node), attributes=values, span=span)
        return share._replace(runs=placed.runs)
    found = Row(
        row[0], node.op.name, *row[1:], node.frozen, file, tied=owners.tied(node), attributes=attributes(node.op)
    )
    return found._replace(span=span, runs=placed.runs, derivation=node.op.derivation(*node.inputs) or "")


def _entry(checked: Checked, placed: PlacedNode, deepest: int | None, owners: Owners, source: bool) -> TableLine:
    node = placed.node
    nameless = isinstance(node, Merge) and placed.path == placed.parent
    cost = run(checked.costs.of(node), placed.copies, placed.runs)
    count = placed.copies * node.copies if isinstance(node, Repeat) else placed.copies
    opened = not isinstance(node, (Leaf, Share)) and (deepest is None or placed.depth < deepest)
    text = layer_text(checked.source.text, node, source=source)
    inputs = () if isinstance(node, Repeat) else node.inputs  # type: ignore[union-attr]
    outputs = node.outputs if isinstance(node, (Leaf, Merge, Share, Use, Sequence)) else placed.item.shapes
    path, lender, kernel = "" if nameless else placed.path, owners.lender(node), _kernel(node)
    return TableLine(path, placed.depth, text, count, outputs, cost, opened, lender, inputs, kernel, node)


def _kernel(node: Node) -> str:
    """The window of a layer: `3x3`."""
    kernel = getattr(node.op, "kernel", None) if isinstance(node, Leaf) else None
    return "x".join(map(str, kernel)) if isinstance(kernel, tuple) else ""


def layer_text(text: str, node: object, *, source: bool = False) -> str:
    """A layer with its values, or as it is written, without its name, its repeat, its braces and its claims."""
    statement = getattr(node, "statement", None)
    experts = isinstance(node, Repeat) and node.applied is not None
    if not isinstance(statement, tree.LayerStatement) or statement.kind is None or experts:
        return "{ }"
    if isinstance(node, (Leaf, Merge, Use)) and not source:
        words = with_values(node, text)
    else:
        words = tree.words(statement, text)
    reads = ", ".join(token.text for token in statement.reads)
    return f"{words} <- {reads}" if reads else words
