"""What a network costs: parameters, multiply-accumulates and the other counts of `docs/language.md`, on the tree."""

from __future__ import annotations

from collections.abc import Set

from archdsl.layers.base import Tensor
from archdsl.layers.worked import NOTHING, Worked
from archdsl.network.nodes import Applied, Leaf, Merge, Node
from archdsl.network.table import NodeTable
from archdsl.sizes.size import Size, tidied, total
from archdsl.typed import Any, NamedTuple, SupportsIndex, new, overload


class Cost(NamedTuple):
    """The counts of a node, all its copies included. `layers` counts layer lines, `frozen` params not trained.

    `active` are the params that one position uses: of routed experts those of the chosen ones.
    """

    params: Size = 0
    weights: Size = 0
    buffers: Size = 0
    macs: Size = 0
    connections: Size = 0
    units: Size = 0
    layers: Size = 0
    frozen: Size = 0
    active: Size = 0

    @overload
    def __getitem__(self, key: str | SupportsIndex) -> Size: ...

    @overload
    def __getitem__(self, key: slice) -> tuple[Size, ...]: ...

    def __getitem__(self, key: str | SupportsIndex | slice) -> Size | tuple[Size, ...]:
        """`totals["params"]` as well as `totals.params`, as the JSON has it."""
        if not isinstance(key, str):
            return tuple.__getitem__(self, key)
        if key not in TOTALS:
            raise KeyError(key)
        count: Size = getattr(self, key)
        return count

    @property
    def trainable(self) -> Size:
        """The params that are not frozen."""
        return self.params - self.frozen

    @property
    def flops(self) -> Size:
        """Two for each multiply-accumulate."""
        return 2 * self.macs


TOTALS = ("params", "trainable", "weights", "buffers", "macs", "flops", "connections", "units", "active")


_INTEGERS = {int}
_SEVERAL = 2
_COMPUTED = ("macs", "connections", "units")  # of every run; the other counts are of tensors


class Costs:
    """The costs of nodes, each worked out once; `symbolic` where sizes may be."""

    def __init__(self, *, symbolic: bool = False) -> None:
        self._add = add if symbolic else _add_integers
        self._nodes = NodeTable[Cost]()
        self._layers: dict[Any, Cost] = {}  # equal lines share their layer, which is the key itself

    def of(self, node: Node) -> Cost:
        """The cost of a node and everything in it."""
        return self._nodes.fold(node, self._own, self._add, times, again, applied)

    def _own(self, node: Leaf | Merge) -> Cost:
        if isinstance(node, Merge):
            return Cost(macs=node.op.macs(node.inputs, node.outputs[0]).figure)
        cost = self._layers.get(node.op)
        if cost is None:
            cost = self._layers[node.op] = of_layer(node)
        return cost._replace(frozen=cost.params) if node.frozen else cost


def of_layer(leaf: Leaf) -> Cost:
    """The cost of one layer, from its tensors and its rules."""
    params, weights, buffers, macs, connections, units = (each.figure for each in _worked(leaf))
    cost = Cost(params, weights, buffers, macs, connections, units, 1, 0, params)
    return cost if all(type(count) is int for count in cost) else Cost(*map(tidied, cost))


def worked(node: Leaf | Merge, unit: str) -> Worked:
    """How a count of a layer, or of what a merge does beside its branches, comes about: its figure is the count."""
    if unit == "flops":
        return worked(node, "macs").times(2)
    if isinstance(node, Merge):
        return node.op.macs(node.inputs, node.outputs[0]) if unit == "macs" else NOTHING
    if unit == "active":
        return worked(node, "params")
    if unit == "trainable":
        return NOTHING if node.frozen else worked(node, "params")
    return _worked(node)[Cost._fields.index(unit)]


def _worked(leaf: Leaf) -> tuple[Worked, ...]:
    """How the counts of a layer come about, in the order in which `Cost` has them, as far as rules say them."""
    op, inputs, output = leaf.op, leaf.inputs, leaf.outputs[0]
    return (
        *_of_tensors(op.tensors(*inputs), {tie.tensor for tie in leaf.ties}),
        op.macs(inputs, output),
        op.connections(inputs, output),
        op.units(output),
    )


def _of_tensors(tensors: tuple[Tensor, ...], lent: Set[str]) -> tuple[Worked, Worked, Worked]:
    """Params, weights and buffers: the elements of the tensors, without those that another layer owns."""
    if not tensors:
        return NOTHING, NOTHING, NOTHING
    own = [each for each in tensors if each.name not in lent]
    return (
        Worked(*[(each.factor,) for each in own if each.role != "buffer"]),
        Worked(*[(each.factor,) for each in own if each.role == "weight"]),
        Worked(*[(each.factor,) for each in own if each.role == "buffer"]),
    )


def again(cost: Cost) -> Cost:
    """The cost of one more run: what is computed, on tensors that were counted, as one layer line."""
    return Cost(macs=cost.macs, connections=cost.connections, units=cost.units, layers=1)


def add(*costs: Cost) -> Cost:
    """The sum, count by count."""
    if len(costs) < _SEVERAL:
        return costs[0] if costs else Cost()
    counts = [*zip(*costs, strict=True)]
    known = all(set(map(type, each)) == _INTEGERS for each in counts)
    return new(Cost, map(sum if known else total, counts))


def _add_integers(*costs: Cost) -> Cost:
    """The sum of counts that are all integers."""
    if len(costs) < _SEVERAL:
        return costs[0] if costs else Cost()
    return new(Cost, map(sum, zip(*costs, strict=True)))


def times(cost: Cost, count: Size) -> Cost:
    """The cost of `count` copies."""
    return cost if count == 1 else Cost(*(count * size for size in cost))


def run(cost: Cost, count: Size, runs: Size) -> Cost:
    """The cost of `count` copies that run so often together."""
    if count is runs or count == runs:
        return times(cost, count)
    return times(cost, count)._replace(**{name: runs * getattr(cost, name) for name in _COMPUTED})


def applied(cost: Cost, count: Size, how: Applied, first: bool) -> Cost:
    """The cost of `count` copies that do not run once each; all runs together count with the `first` of the copies."""
    runs, used = (how.runs, how.copies) if first else (0, 0)
    return run(cost, count, runs)._replace(active=used * cost.active)
