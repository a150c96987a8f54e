"""Members side by side: the same place in every use of a block, as one family of nodes."""

from __future__ import annotations

from archdsl.network.nodes import (
    Conditional,
    Item,
    Leaf,
    Loop,
    Merge,
    Node,
    Repeat,
    Sequence,
    Share,
    Use,
    children,
    postorder,
)
from archdsl.network.table import ByIdentity, NodeTable
from archdsl.typed import Any, TypeAlias

Family: TypeAlias = dict[int, Any]  # member -> node, or item


class Mismatch(Exception):
    """Members that differ by more than their numbers; they need classes of their own."""


def first(family: Family) -> Any:
    """The node of the first member; what all members share is read from it."""
    return next(iter(family.values()))


def items(family: Family, of: str = "items") -> list[Family]:
    """The items of a family of sequences or merges, place by place."""
    columns = {member: getattr(node, of) for member, node in family.items()}
    length = len(first(columns))
    if any(len(column) != length for column in columns.values()):
        raise Mismatch
    return [{member: column[place] for member, column in columns.items()} for place in range(length)]


def nodes(family: Family) -> Family:
    """The nodes of a family of items; they must be alike."""
    found = {member: item.node for member, item in family.items()}
    head = first(found)
    for member, node in found.items():
        if type(node) is not type(head) or _statement(node) is not _statement(head):
            raise Mismatch
        if family[member].label != first(family).label or family[member].number != first(family).number:
            raise Mismatch
    return found


def _statement(node: Node) -> Any:
    return None if isinstance(node, Sequence) else node.statement


def structures(roots: list[Node]) -> NodeTable[int]:
    """A number for each node below some roots; nodes that differ in sizes only have the same number."""
    numbers: dict[Any, int] = {}
    known: NodeTable[int] = NodeTable()
    for root in roots:
        for node in postorder(root):
            if node not in known:
                known[node] = numbers.setdefault(_structure(node, known), len(numbers))
    return known


def _structure(node: Node, known: NodeTable[int]) -> Any:
    below = tuple(known[child] for child in children(node))
    match node:
        case Leaf():
            return ("leaf", ByIdentity(node.statement), type(node.op))
        case Sequence():
            return ("sequence", _labels(node.items), below)
        case Merge():
            return ("merge", ByIdentity(node.statement), type(node.op), _labels(node.branches), below)
        case Use():
            return ("use", ByIdentity(node.statement), ByIdentity(node.block), below)
        case Repeat():
            return ("repeat", ByIdentity(node.statement), tuple(run.copies > 1 for run in node.runs), below)
        case Loop():
            return ("loop", ByIdentity(node.statement), below)
        case Conditional():
            return ("choice", ByIdentity(node.statement), node.taken, below)
        case Share():
            return ("share", ByIdentity(node.statement))


def _labels(entries: tuple[Item, ...]) -> tuple[Any, ...]:
    return tuple((item.label, item.number) for item in entries)


def common_shape(row: Family, position: int) -> str:
    """The shape of a result, where all members agree."""
    texts = {str(item.shapes[position]) for item in row.values() if position < len(item.shapes)}
    return texts.pop() if len(texts) == 1 else ""
