"""What a checked network wants of a checkpoint: the names, sizes and dtypes of its module's `state_dict`."""

from __future__ import annotations

from archdsl.checkpoints.header import refusal
from archdsl.limits import Limits, raising
from archdsl.network.nodes import Leaf, Network, walk
from archdsl.sizes.size import Size
from archdsl.typed import NamedTuple

_SPELLED = {"float32": "F32", "int64": "I64"}


class WantedTensor(NamedTuple):
    """A tensor of the `state_dict`: PyTorch's name and sizes, the dtype as safetensors spells it.

    One of two names for one tensor has the first of them as `of`.
    """

    name: str
    dtype: str
    sizes: tuple[Size, ...]
    of: str = ""


def wanted_tensors(network: Network, layers: Size, file: str, limits: Limits) -> list[WantedTensor]:
    """Parameters and saved buffers in the order of the network, every copy of a repeat by itself.

    `layers` is how many the network has, copies counted, and `file` is where it is written. Raises ArchError
    (`limit`) where the module would have more layers than `unrolled` allows.
    """
    if not isinstance(layers, int) or layers > limits.unrolled:
        message = f"the module would have {layers:,} layers; the limit is {limits.unrolled:,}"
        raise refusal("limit", message, file, raising("unrolled"))
    found: list[WantedTensor] = []
    paths: dict[int, str] = {}
    for placed in walk(network.body, unroll=True):
        paths.update(dict.fromkeys(placed.item.gives[:1], placed.path))
        if isinstance(placed.node, Leaf):
            owners = {tie.tensor: f"{paths[tie.of]}.{tie.tensor}" for tie in placed.node.ties}
            for tensor in placed.node.op.tensors(*placed.node.inputs):
                if tensor.saved:
                    name, of = tensor.path(placed.path), owners.get(tensor.name, "")
                    found.append(WantedTensor(name, _SPELLED[tensor.dtype], tensor.sizes, of))
    return found
