"""A checked network as rows: its layer lines for scripts, and with its containers for the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archdsl.analysis.check import Checked
from archdsl.analysis.cost import Cost, times
from archdsl.diagnostics import ArchError, Diagnostic, Span
from archdsl.ir.network import Leaf, Merge, Placed, Repeat, Use, walk
from archdsl.ir.shape import Shape
from archdsl.ir.size import Size
from archdsl.limits import Limits
from archdsl.syntax import tree

_MOST = Limits().unrolled


class Row(NamedTuple):
    """A layer line. Equal copies of a repeat are one row: `count` tells how many, the figures are those of one."""

    path: str
    kind: str
    line: int
    count: Size  # type: ignore[assignment]
    inputs: tuple[Shape, ...]
    output: Shape
    params: Size
    weights: Size
    macs: Size
    connections: Size
    units: Size
    frozen: bool = False
    file: str = ""

    @property
    def name(self) -> str:
        return self.path

    @property
    def shape(self) -> tuple[Size, ...]:
        """The sizes of the output, channels last, batch left out."""
        return self.output.sizes

    @property
    def dtype(self) -> str:
        return self.output.dtype


class Entry(NamedTuple):
    """A line of the table: a layer, or a container. `cost` is that of all its `count` copies.

    An `open` container is followed by what it holds; one folded by `depth` stands for it. `path` is empty where braces
    have no name.
    """

    path: str
    depth: int
    text: str
    count: Size  # type: ignore[assignment]
    outputs: tuple[Shape, ...]
    cost: Cost
    open: bool


def leaves(checked: Checked, most: int = _MOST) -> list[Row]:
    """The layer lines in order. Raises ArchError where there are more than `most`."""
    found: list[Row] = []
    for placed in _walk(checked, None, most):
        if isinstance(placed.node, Leaf):
            found.append(_row(checked, placed, placed.node))
    return found


def rows(checked: Checked, depth: int | None = None, most: int = _MOST) -> list[Entry]:
    """The layers with the groups, blocks, merges and named repeats around them, `depth` levels of them.

    Raises ArchError where there are more than `most`.
    """
    deepest = None if depth is None else depth - 1
    return [_entry(checked, placed, deepest) for placed in _walk(checked, deepest, most)]


def _walk(checked: Checked, deepest: int | None, most: int) -> Iterator[Placed]:
    if checked.network is None:
        return
    for number, placed in enumerate(walk(checked.network.body, deepest=deepest)):
        if number >= most:
            message = f"more than {most:,} rows: blocks used by blocks many times over"
            hint = "raise the limit with --limit unrolled=N, or fold the table with --depth N"
            raise ArchError([Diagnostic("limit", message, Span(0, 0), checked.source, hint=hint)])
        yield placed


def _row(checked: Checked, placed: Placed, leaf: Leaf) -> Row:
    cost, output = checked.costs.of(leaf), leaf.outputs[0]
    at = leaf.statement.start
    line, file = checked.source.position(at)[0], checked.source.part(at).name
    figures = (cost.params, cost.weights, cost.macs, cost.connections, cost.units)
    return Row(placed.path, leaf.op.name, line, placed.copies, leaf.inputs, output, *figures, leaf.frozen, file)


def _entry(checked: Checked, placed: Placed, deepest: int | None) -> Entry:
    node = placed.node
    nameless = isinstance(node, Merge) and placed.path == placed.parent
    cost = times(checked.costs.of(node), placed.copies)
    count = placed.copies * node.copies if isinstance(node, Repeat) else placed.copies
    opened = not isinstance(node, Leaf) and (deepest is None or placed.depth < deepest)
    text = layer_text(checked.source.text, node)
    outputs = node.outputs if isinstance(node, (Leaf, Merge, Use)) else placed.item.shapes
    return Entry("" if nameless else placed.path, placed.depth, text, count, outputs, cost, opened)


def layer_text(text: str, node: object) -> str:
    """A layer as written, without its name, its repeat, what stands in its braces and its claims."""
    statement = getattr(node, "statement", None)
    if not isinstance(statement, tree.Layer) or statement.kind is None:
        return "{ }"
    end = statement.arguments[-1].end if statement.arguments else statement.kind.end
    words = " ".join(text[statement.kind.start : end].replace("\\\n", " ").split())
    reads = ", ".join(token.text for token in statement.reads)
    return f"{words} <- {reads}" if reads else words
