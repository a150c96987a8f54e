"""What a network costs: parameters, multiply-accumulates and the other counts of `docs/language.md`, on the tree."""

from __future__ import annotations

from typing import Any, NamedTuple

from archdsl.network.nodes import Leaf, Merge, Node, Repeat, Sequence, Share, executed
from archdsl.sizes.shape import product
from archdsl.sizes.size import Size, tidied, total


class Cost(NamedTuple):
    """The counts of a node, all its copies included. `layers` counts layer lines, `frozen` params not trained."""

    params: Size = 0
    weights: Size = 0
    buffers: Size = 0
    macs: Size = 0
    connections: Size = 0
    units: Size = 0
    layers: Size = 0
    frozen: Size = 0

    def __getitem__(self, key: Any) -> Any:
        """`totals["params"]` as well as `totals.params`, as the JSON has it."""
        if not isinstance(key, str):
            return tuple.__getitem__(self, key)
        if key not in TOTALS:
            raise KeyError(key)
        return getattr(self, key)

    @property
    def trainable(self) -> Size:
        """The params that are not frozen."""
        return self.params - self.frozen

    @property
    def flops(self) -> Size:
        """Two for each multiply-accumulate."""
        return 2 * self.macs


TOTALS = ("params", "trainable", "weights", "buffers", "macs", "flops", "connections", "units")


class Costs:
    """The costs of nodes, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Node, Cost]] = {}  # the node is kept, so that its id stays its own
        self._layers: dict[int, Cost] = {}

    def of(self, node: Node) -> Cost:
        """The cost of a node and everything in it."""
        if isinstance(node, Leaf):
            return self._layer(node)
        known, stack = self._known, [node]
        while stack:  # children first, and none that is known: no recursion, and nothing twice
            current = stack[-1]
            unknown = [child for child in executed(current) if not isinstance(child, Leaf) and id(child) not in known]
            if unknown and id(current) not in known:
                stack += unknown
                continue
            if id(current) not in known:
                known[id(current)] = (current, self._sum(current))
            stack.pop()
        return known[id(node)][1]

    def _sum(self, node: Node) -> Cost:
        if isinstance(node, Repeat):
            return add(*(times(self._one(run.node), run.copies) for run in node.runs))
        if isinstance(node, Merge):
            own = Cost(macs=node.op.macs(node.inputs, node.outputs[0]))
            return add(own, *(self._one(item.node) for item in node.branches))
        if isinstance(node, Share):
            return again(self._one(node.node))
        if isinstance(node, Sequence):
            return add(*(self._one(item.node) for item in node.items))
        return add(*(self._one(child) for child in executed(node)))

    def _one(self, node: Node) -> Cost:
        return self._layer(node) if isinstance(node, Leaf) else self._known[id(node)][1]

    def _layer(self, leaf: Leaf) -> Cost:
        cost = self._layers.get(id(leaf.op))
        if cost is None:
            cost = self._layers[id(leaf.op)] = of_layer(leaf)
        return cost._replace(frozen=cost.params) if leaf.frozen else cost


def of_layer(leaf: Leaf) -> Cost:
    """The cost of one layer, from its tensors and its rules."""
    op, inputs, output = leaf.op, leaf.inputs, leaf.outputs[0]
    params: Size = 0
    weights: Size = 0
    buffers: Size = 0
    lent = {tie.tensor for tie in leaf.ties}
    for tensor in op.tensors(*inputs):
        if tensor.name in lent:
            continue
        elements = product(tensor.sizes)
        if tensor.role == "buffer":
            buffers = buffers + elements
        else:
            params = params + elements
            weights = weights + (elements if tensor.role == "weight" else 0)
    macs, connections, units = op.macs(inputs, output), op.connections(inputs, output), op.units(output)
    cost = Cost(params, weights, buffers, macs, connections, units, 1)
    return cost if all(type(count) is int for count in cost) else Cost(*map(tidied, cost))


def again(cost: Cost) -> Cost:
    """The cost of one more run: what is computed, on tensors that were counted, as one layer line."""
    return Cost(macs=cost.macs, connections=cost.connections, units=cost.units, layers=1)


def add(*costs: Cost) -> Cost:
    """The sum, count by count."""
    if len(costs) == 1:
        return costs[0]
    if all(type(size) is int for cost in costs for size in cost):
        return Cost(*map(sum, zip(*costs, strict=True))) if costs else Cost()
    return Cost(*map(total, zip(*costs, strict=True))) if costs else Cost()


def times(cost: Cost, count: Size) -> Cost:
    """The cost of `count` copies."""
    return cost if count == 1 else Cost(*(count * size for size in cost))
