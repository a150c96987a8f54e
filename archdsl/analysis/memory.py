"""Bytes of parameters, inputs and outputs of layers, in a number format."""

from __future__ import annotations

from archdsl.analysis.cost import Costs
from archdsl.network.nodes import Network, Node
from archdsl.network.table import NodeTable
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, tidied
from archdsl.sizes.size import total as sum_of
from archdsl.typed import NamedTuple

BYTES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}
_OTHERS = {"int64": 8, "bool": 1}  # bytes of what is no float


class Memory(NamedTuple):
    """Bytes: of the parameters, of a batch of inputs, and of what all layers give for it, added up."""

    parameters: Size
    inputs: Size
    outputs: Size


def memory(network: Network, costs: Costs, batch: int = 1, dtype: str = "float32") -> Memory:
    """The bytes of a network that stands; raises ValueError for a dtype that is none of `BYTES`."""
    if dtype not in BYTES:
        raise ValueError(f"unknown dtype {dtype!r}; choose one of {', '.join(BYTES)}")
    width = BYTES[dtype]
    ports = (Shape(port.shape, port.dtype) for port in network.inputs)
    inputs = sum_of(_bytes(shape, width) for shape in ports)
    outputs = tidied(batch * output_bytes(network.body, dtype))
    return Memory(width * costs.of(network.body).params, batch * inputs, outputs)


def output_bytes(body: Node, dtype: str, known: NodeTable[Size] | None = None) -> Size:
    """What all layers and merges in a node give, each run by itself, at batch 1; on the tree, without unrolling.

    `known` keeps what was found, for further nodes of the network in the same number format.
    """
    width = BYTES[dtype]
    return (NodeTable[Size]() if known is None else known).fold(
        body,
        own=lambda node: sum_of(_bytes(shape, width) for shape in node.outputs),
        total=lambda *sizes: sum_of(sizes),
        times=lambda size, copies: copies * size,
        applied=lambda size, _, how, first: how.runs * size if first else 0,
    )


def _bytes(shape: Shape, width: int) -> Size:
    return _OTHERS.get(shape.dtype, width) * shape.elements
