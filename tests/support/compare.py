"""What the tests read off a checked model and off a PyTorch module, in one form, to be held against each other."""

from __future__ import annotations

from typing import Any

from archdsl.network.nodes import Leaf, walk
from archdsl.sizes.shape import Shape


def static_tensors(model: Any) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    """Path and sizes of each parameter and each buffer that the check derives, every copy by itself.

    A tensor of two layers stands under its first name, as PyTorch lists it.
    """
    parameters: dict[str, tuple[int, ...]] = {}
    buffers: dict[str, tuple[int, ...]] = {}
    for placed in unrolled(model):
        if isinstance(placed.node, Leaf):
            for tensor in placed.node.op.tensors(*placed.node.inputs):
                if tensor.name in {tie.tensor for tie in placed.node.ties}:
                    continue  # listed under the name of the layer that owns it
                found = buffers if tensor.role == "buffer" else parameters
                found[tensor.path(placed.path)] = tensor.sizes
    return parameters, buffers


def unrolled(model: Any) -> list[Any]:
    """Every layer in its place; the branches of a repeat in a merge each by itself."""
    return list(walk(model.network.body, unroll=True))


def torch_tensors(module: Any) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    """Path and sizes of each parameter and each buffer of a module."""
    parameters = {name: tuple(tensor.shape) for name, tensor in module.named_parameters()}
    return parameters, {name: tuple(tensor.shape) for name, tensor in module.named_buffers()}


def tensor_sizes(shape: Shape | Any, batch: int = 2, symbols: dict[str, int] | None = None) -> tuple[int, ...]:
    """The sizes of the tensor of a value: batch first, images channels first, sequences steps before channels."""
    sizes = tuple(
        size if isinstance(size, int) else evaluated(size, symbols or {})
        for size in getattr(shape, "sizes", None) or shape.shape
    )
    if shape.dtype != "int64" and len(sizes) >= 3:
        sizes = (sizes[-1], *sizes[:-1])
    return (batch, *sizes)


def evaluated(size: Any, symbols: dict[str, int]) -> int:
    """A symbolic size with numbers put in: its text, read as Python."""
    return int(eval(str(size), {"__builtins__": {"max": max}}, dict(symbols)))


def example_inputs(model: Any, batch: int = 2, device: str = "cpu", symbols: dict[str, int] | None = None) -> list[Any]:
    """Random inputs of a model."""
    import torch

    found = []
    for port in model.inputs:
        sizes = tensor_sizes(port, batch, symbols)
        if port.dtype == "int64":
            found.append(torch.zeros(sizes, dtype=torch.int64, device=device))
        elif port.dtype == "bool":
            truths = torch.rand(sizes, device=device) < 0.7
            truths[..., 0] = True  # a query has something to look at
            found.append(truths)
        else:
            found.append(torch.rand(sizes, device=device))
    return found


def flops(module: Any, inputs: list[Any]) -> int:
    """What FlopCounterMode counts for one forward pass on the device of the inputs, nn.Bilinear added."""
    from torch import ops
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False, custom_mapping={ops.aten._trilinear: _trilinear})
    with counter:
        module.eval().to(inputs[0].device if inputs else "meta")(*inputs)
    return int(counter.get_total_flops())


def _trilinear(first: Any, weight: Any, *rest: Any, **options: Any) -> int:
    """Flops of nn.Bilinear, for which PyTorch has no formula: a multiply and an add for each weight, at each position."""
    return 2 * int(first[0] * weight[0] * weight[1] * weight[2])


__all__ = ["evaluated", "example_inputs", "flops", "static_tensors", "tensor_sizes", "torch_tensors", "unrolled"]
