"""What a checked network wants of a checkpoint: the names, sizes and dtypes of its module's `state_dict`."""

from __future__ import annotations

from typing import NamedTuple

from archdsl.analysis.check import Checked
from archdsl.checkpoints.header import refusal
from archdsl.ir.network import Leaf, walk
from archdsl.ir.size import Size
from archdsl.limits import Limits

_SPELLED = {"float32": "F32", "int64": "I64"}


class Wanted(NamedTuple):
    """A tensor of the `state_dict`: PyTorch's name and sizes, the dtype as safetensors spells it."""

    name: str
    dtype: str
    sizes: tuple[Size, ...]


def wanted_tensors(checked: Checked, limits: Limits) -> list[Wanted]:
    """Parameters and saved buffers in the order of the network, every copy of a repeat by itself.

    Raises ArchError (`limit`) where the module would have more layers than `unrolled` allows.
    """
    layers = checked.totals.layers
    if checked.network is None or not isinstance(layers, int) or layers > limits.unrolled:
        message = f"the module would have {layers:,} layers; the limit is {limits.unrolled:,}"
        raise refusal("limit", message, checked.source.name, "raise it with --limit unrolled=N")
    found: list[Wanted] = []
    for placed in walk(checked.network.body, unroll=True):
        if isinstance(placed.node, Leaf):
            for tensor in placed.node.op.tensors(*placed.node.inputs):
                if tensor.saved:
                    found.append(Wanted(tensor.path(placed.path), _SPELLED[tensor.dtype], tensor.sizes))
    return found
