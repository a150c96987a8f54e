"""Layers and containers as records of JSON."""

from __future__ import annotations

from collections.abc import Iterable

from archdsl.analysis.cost import Cost
from archdsl.checker.checked import Checked
from archdsl.faults.problem import placed
from archdsl.network.nodes import Loop, Merge, Node, Repeat, Sequence, Use, children
from archdsl.reports.attributes import arguments, attributes
from archdsl.reports.flow import Container, paths, results
from archdsl.reports.records import ContainerRecord, Count, Json, LayerRecord
from archdsl.reports.rows import Row
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size
from archdsl.typed import Any

_OF_A_LAYER = ("params", "weights", "macs", "connections", "units")
_OF_A_CONTAINER = ("params", "trainable", "weights", "macs", "connections", "units")


def layer_record(row: Row) -> LayerRecord:
    """A layer line."""
    return {
        "path": row.path,
        "kind": row.kind,
        "file": row.file,
        "line": row.line,
        "count": size(row.count),
        "runs": size(row.runs),
        "inputs": _shapes(row.inputs),
        "output": sizes(row.output.sizes),
        "outputs": _shapes(row.outputs),
        "params": size(row.params),
        "weights": size(row.weights),
        "macs": size(row.macs),
        "connections": size(row.connections),
        "units": size(row.units),
        "frozen": row.frozen,
        "shares": row.shares,
        "tied": dict(row.tied),
        "attributes": row.attributes,
        "reads": list(row.reads),
        "reads_result": list(row.reads_result),
        "container": row.container,
        "formulas": formulas(row, _OF_A_LAYER),
    }


def container_record(checked: Checked, container: Container) -> ContainerRecord:
    """A container; its figures are those of all that is in it, once."""
    node, cost = container.node, checked.costs.of(container.node)
    at = _place(node)
    inputs, outputs = _ends(container)
    return {
        "path": container.path,
        "type": container.type,
        "kind": _kind(node),
        "label": container.label,
        "container": container.around,
        "file": checked.source.part(at).name if at is not None else checked.source.name,
        "line": checked.source.position(at)[0] if at is not None else None,
        "count": size(container.count),
        "copies": _copies(node),
        "inputs": _shapes(inputs),
        "outputs": _shapes(outputs),
        "reads": paths(container.reads),
        "reads_result": results(container.reads),
        "gives": paths(container.gives),
        "gives_result": results(container.gives),
        "attributes": _attributes(node),
        "params": size(cost.params),
        "trainable": size(cost.trainable),
        "weights": size(cost.weights),
        "macs": size(cost.macs),
        "connections": size(cost.connections),
        "units": size(cost.units),
        "formulas": formulas(cost, _OF_A_CONTAINER),
    }


def _kind(node: Node) -> str | None:
    """The name of a block, the kind of a merge."""
    return str(node.op.name) if isinstance(node, Merge) else node.block.name.text if isinstance(node, Use) else None


def _attributes(node: Node) -> dict[str, Json]:
    """The attributes of a merge, the parameters of a block."""
    return attributes(node.op) if isinstance(node, Merge) else arguments(node.values) if isinstance(node, Use) else {}


def _copies(node: Node) -> Count | None:
    return size(node.copies) if isinstance(node, Repeat) else len(node.turns) if isinstance(node, Loop) else None


def _place(node: Node) -> int | None:
    """Where a container is written; of braces, which the network does not place, what they hold first."""
    while isinstance(node, Sequence):
        if not node.items:
            return None
        node = node.items[0].node
    return placed(node.statement).start


def _ends(container: Container) -> tuple[tuple[Shape, ...], tuple[Shape, ...]]:
    """The shapes that a container reads and gives; what equal branches give once."""
    node = container.node
    if isinstance(node, Merge):
        return container.branches, node.outputs
    if isinstance(node, (Repeat, Use)) and node.applied is not None:
        return node.applied.inputs, node.applied.outputs
    copies: tuple[Any, ...] = children(node) if isinstance(node, (Repeat, Loop)) else (node,)
    if not copies:
        return (), ()
    if len(container.gives) == len(copies) > 1:  # branches of a merge
        return copies[0].inputs, tuple(copy.outputs[0] for copy in copies)
    return copies[0].inputs, copies[-1].outputs[: len(container.gives)]


def formulas(counts: Row | Cost, names: Iterable[str]) -> dict[str, str]:
    """The counts that depend on symbols, as Python writes them: `96*T - 192`."""
    found = {name: getattr(counts, name) for name in names}
    return {name: str(count) for name, count in found.items() if not isinstance(count, int)}


def _shapes(shapes: tuple[Shape, ...]) -> list[list[Count]]:
    return [sizes(shape.sizes) for shape in shapes]


def sizes(shape: tuple[Size, ...]) -> list[Count]:
    """A shape, channels last."""
    return [size(each) for each in shape]


def size(size: Size) -> Count:
    """A number; text where it depends on a symbol."""
    return size if isinstance(size, int) else str(size)
