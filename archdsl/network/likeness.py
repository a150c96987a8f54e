"""Whether two networks are one: equal layers on equal values, whatever their names, however their texts are written."""

from __future__ import annotations

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
from archdsl.syntax.tree import Token
from archdsl.typed import Any


class Likeness:
    """Numbers networks, equal ones alike; time grows with their nodes, and no nesting is too deep for it."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}

    def of(self, network: Network) -> int:
        """The number of a network, the same for every other that is equal to it."""
        known: NodeTable[int] = NodeTable()
        for node in postorder(network.body, executed):
            known[node] = self._number(_own(node, known))
        ports = tuple((port.value, repr(port.shape), port.dtype) for port in network.inputs)
        gives = tuple(port.value for port in network.outputs)
        return self._number(("network", ports, known[network.body], gives, network.freezes))

    def _number(self, key: tuple[Any, ...]) -> int:
        return self._numbers.setdefault(key, len(self._numbers))


def _own(node: Node, known: NodeTable[int]) -> tuple[Any, ...]:
    """All that a node is, those within it by their numbers."""
    match node:
        case Leaf():
            return "layer", *_rules(node.op), repr(node.inputs), repr(node.outputs), node.frozen, node.ties
        case Sequence():
            return "sequence", node.takes, _items(node.items, known), node.gives, repr(node.outputs)
        case Merge():
            return "merge", *_rules(node.op), _items(node.branches, known), repr(node.inputs)
        case Use():
            return "use", known[node.body], _applied(node.applied)
        case Repeat():
            runs = tuple((known[run.node], str(run.copies)) for run in node.runs)
            return "repeat", runs, node.parallel, _applied(node.applied)
        case Loop():
            return "loop", tuple(known[turn] for _, turn in node.turns)
        case Conditional():
            return "choice", known[node.body]
        case Share():
            return "share", node.of, known[node.node]


def _applied(how: Applied | None) -> tuple[str, ...]:
    if how is None:
        return ()
    rules = (repr(how.op),) if isinstance(how.op, tuple) else _rules(how.op)
    return *rules, str(how.runs)


def _rules(op: Any) -> tuple[str, str]:
    """The kind of a layer, and its values."""
    values = ((name, each.text if isinstance(each, Token) else each) for name, each in op.__dict__.items())
    return type(op).__name__, repr(sorted(values))


def _items(items: tuple[Item, ...], known: NodeTable[int]) -> tuple[tuple[Any, ...], ...]:
    return tuple((known[each.node], each.reads, each.gives) for each in items)
