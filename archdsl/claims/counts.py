"""How a count comes about: the tensors of a layer, used at so many positions; or the counts of several parts."""

from __future__ import annotations

from collections.abc import Sequence as Row
from typing import NamedTuple

from archdsl.analysis.cost import Costs
from archdsl.layers.base import Tensor
from archdsl.network.nodes import Conditional, Item, Leaf, Loop, Node, Repeat, Sequence, Use
from archdsl.sizes.shape import product
from archdsl.sizes.size import Size

_MOST_SUMMANDS = 4
_MOST_TENSORS = 8
_PRODUCTS = ("macs", "flops", "connections")


class _Summand(NamedTuple):
    """A part of a sum: what stands before and behind its figure, and how many of it there are."""

    node: Node
    name: str = ""
    turn: str = ""
    copies: Size = 1


class Sums:
    """How a count of several items comes about; worked out where a claim of it fails, once for each unit."""

    def __init__(self, items: Row[Item], costs: Costs) -> None:
        self._items, self._costs = items, costs
        self._texts: dict[str, str] = {}

    def text(self, unit: str) -> str:
        """The largest of the items, and how many more there are."""
        if unit not in self._texts:
            parts = _parts(self._items)
            self._texts[unit] = _summed([(part, getattr(self._costs.of(part.node), unit)) for part in parts], unit)
        return self._texts[unit]


def of_leaves(leaves: Row[Leaf], unit: str) -> str:
    """How a count of layers comes about."""
    return _joined([part for leaf in leaves for part in _of_leaf(leaf, unit)])


def _joined(parts: list[str]) -> str:
    rest = len(parts) - _MOST_TENSORS
    return " + ".join(parts if rest <= 0 else [*parts[:_MOST_TENSORS], f"{rest} more"])


def _parts(items: Row[Item]) -> list[_Summand]:
    """The items of a line; of one block, braces, loop or repeat alone, what stands in it."""
    while len(items) == 1:
        node = items[0].node
        if isinstance(node, Repeat):
            return [_Summand(run.node, copies=run.copies) for run in node.runs]
        if isinstance(node, Loop):
            names = ", ".join(name.text for name in node.statement.names)
            return [_Summand(body, turn=f" ({names} = {', '.join(map(str, values))})") for values, body in node.turns]
        if isinstance(node, Sequence):
            items = node.items
        elif isinstance(node, (Use, Conditional)):
            items = node.body.items
        else:
            break
    return [_Summand(item.node, f"{_called(item)} ") for item in items]


def _summed(figures: list[tuple[_Summand, Size]], unit: str) -> str:
    """The largest of some counts; of one alone, how it comes about."""
    known = [(part, figure) for part, figure in figures if isinstance(figure, int) and figure]
    if not known or len(known) < len([figure for _, figure in figures if figure != 0]):
        return ""
    if len(known) == 1:
        return _of_one(*known[0], unit)
    if known[0][0].name or len(known) > _MOST_SUMMANDS:  # the copies of one line stand in their order
        known.sort(key=lambda entry: -entry[1])
    shown = " + ".join(f"{part.name}{_times_of(part)}{figure:,}{part.turn}" for part, figure in known[:_MOST_SUMMANDS])
    rest = len(known) - _MOST_SUMMANDS
    return f"{shown} + {rest} more" if rest > 0 else shown


def _of_one(part: _Summand, figure: int, unit: str) -> str:
    """How the count of the only part that has one comes about."""
    if isinstance(part.node, Leaf):
        inner = of_leaves((part.node,), unit)
        return f"{_times_of(part)}({inner})" if inner and part.copies != 1 else inner
    return f"{_times_of(part)}{figure:,}" if part.copies != 1 else ""


def _times_of(part: _Summand) -> str:
    return f"{part.copies} * " if part.copies != 1 else ""


def _called(item: Item) -> str:
    """What an item is called in a sum: its label, else its kind."""
    statement = getattr(item.node, "statement", None)
    kind = getattr(statement, "kind", None)
    return item.label or (kind.text if kind else "braces")


def _of_leaf(leaf: Leaf, unit: str) -> list[str]:
    if unit in _PRODUCTS:
        return _products(leaf, unit)
    if unit == "units":
        output = leaf.outputs[0]
        return [_times(output.sizes)] if leaf.op.units(output) == output.elements else []
    tensors = leaf.op.tensors(*leaf.inputs)
    if unit == "buffers":
        counted = [tensor for tensor in tensors if tensor.role == "buffer"]
    else:
        lent = {tie.tensor for tie in leaf.ties}
        counted = [tensor for tensor in tensors if tensor.role != "buffer" and tensor.name not in lent]
        counted = [tensor for tensor in counted if unit != "weights" or tensor.role == "weight"]
    return [_tensor(tensor) for tensor in counted]


def _tensor(tensor: Tensor) -> str:
    """A tensor by its name and its sizes; those of a module of another package have no names."""
    return f"{tensor.name if tensor.saved else 'tensors'} {_times(tensor.sizes)}".strip()


def _products(leaf: Leaf, unit: str) -> list[str]:
    """The weights at every position that they are used at; else how many products each output has."""
    output, macs = leaf.outputs[0], leaf.op.macs(leaf.inputs, leaf.outputs[0])
    biases = _biases(leaf) if unit == "connections" else ""
    if biases is None:
        return []
    weights = [tensor for tensor in leaf.op.tensors(*leaf.inputs) if tensor.role == "weight"]
    whole: Size = sum(product(tensor.sizes) for tensor in weights)
    twice = "2 * " if unit == "flops" else ""
    for shape, word in ((output, "positions"), *((one, "positions of the input") for one in leaf.inputs[:1])):
        if weights and macs == whole * product(shape.space):
            at = f"{_times(shape.space)} {word} * " if shape.space else ""
            names = _joined([_tensor(tensor) for tensor in weights])
            return [f"{twice}{at}{f'({names})' if len(weights) > 1 and (at or twice) else names}{biases}"]
    each = macs // output.elements if isinstance(macs, int) and isinstance(output.elements, int) else 0
    if not each or each * output.elements != macs:
        return []
    return [f"{twice}{_times(output.sizes)} outputs * {each:,} products{biases}"]


def _biases(leaf: Leaf) -> str | None:
    """What the connections of a layer are beside its products: none, or one for each output; None where another."""
    output = leaf.outputs[0]
    more = leaf.op.connections(leaf.inputs, output) - leaf.op.macs(leaf.inputs, output)
    return "" if more == 0 else f" + {_times(output.sizes)} biases" if more == output.elements else None


def _times(sizes: tuple[Size, ...]) -> str:
    return "*".join(map(str, sizes)) or "1"
