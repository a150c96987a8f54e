"""A second translation of a drawn network: straight to PyTorch on real tensors, to say whether it runs and what comes out.

It knows neither the checker's rules nor its compiler. Vectors are (N, C), sequences (N, T, C), images and volumes
(N, C, ...). Where PyTorch runs a network that the language refuses on purpose, `DELIBERATE` says so; nothing else may differ.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import torch
from drawn import EITHER, SOURCES, TOKENS, Network, Refused, Walk
from runs import FAMILIES, attention, merge, norm, recurrent
from runs.tensors import DELIBERATE
from torch import Tensor, nn

FAULTS = (
    Refused,
    RuntimeError,
    ValueError,
    AssertionError,
    TypeError,
    IndexError,
    KeyError,
    AttributeError,
    NotImplementedError,
    AssertionError,
    ZeroDivisionError,
)


LARGEST = torch.finfo(torch.float32).max


class Made(NamedTuple):
    """What one layer gave: its path, its kind, and the shapes of its results, channels last."""

    path: str
    kind: str
    shapes: tuple[tuple[int, ...], ...]


class Judge(Walk):
    """One network in PyTorch. Modules are made on the first run and kept by their paths."""

    def __init__(self, network: Network) -> None:
        super().__init__({block.name: block for block in network.blocks})
        self.drawn = network
        self.modules: dict[str, nn.Module] = {}
        self.tensors: dict[str, Tensor] = {}  # of sources
        self.samples = 2
        self.tokens = 1_000  # the smallest vocabulary
        self.training = True
        self.layers: list[Made] = []
        self.merges: list[Made] = []

    def run(self, inputs: list[Tensor], training: bool) -> list[Tensor]:
        """The results; raises one of FAULTS where the network does not run."""
        self.training, self.layers, self.merges = training, [], []
        return self.network(self.drawn, inputs)

    def name(self, label: str) -> None:
        """PyTorch refuses names that its containers have themselves."""
        if re.fullmatch("__.*__", label):
            raise Refused(DELIBERATE["dunder"])
        for container in (nn.Sequential(), nn.ModuleList()):
            container.add_module(label, nn.Identity())

    # ---- what it owns

    def parameters(self) -> dict[str, Tensor]:
        """Every parameter by its path, in order."""
        own = {path: p for path, p in self.tensors.items() if isinstance(p, nn.Parameter)}
        modules = self.modules.items()
        return own | {f"{path}.{name}": p for path, module in modules for name, p in module.named_parameters()}

    def buffers(self) -> dict[str, Tensor]:
        own = {path: b for path, b in self.tensors.items() if not isinstance(b, nn.Parameter)}
        modules = self.modules.items()
        return own | {f"{path}.{name}": b for path, module in modules for name, b in module.named_buffers()}

    def weights(self) -> int:
        """Elements without biases and without scale and shift of norms."""
        modules = [module for module in self.modules.values() if not isinstance(module, norm.NORMS)]
        own = sum(p.numel() for p in self.tensors.values() if isinstance(p, nn.Parameter))
        return own + sum(p.numel() for module in modules for name, p in module.named_parameters() if not is_bias(name))

    def load(self, source: nn.Module) -> None:
        """Take over all parameters and buffers of another module, by their names."""
        for module in self.modules.values():
            module.double()
        for path, tensor in self.tensors.items():
            self.tensors[path] = type(tensor)(tensor.double()) if isinstance(tensor, nn.Parameter) else tensor.double()
        theirs = dict(source.named_parameters()) | dict(source.named_buffers())
        with torch.no_grad():
            for name, tensor in (self.parameters() | self.buffers()).items():
                tensor.copy_(theirs[name])

    # ---- layers and merges

    def channels(self, value: Tensor) -> int:
        return value.shape[-1] if value.dtype == torch.int64 or value.dim() <= 3 else value.shape[1]

    def layer(self, kind: str, values: dict[str, Any], inputs: list[Tensor], path: str) -> list[Tensor]:
        kind = kind.upper()
        if any(made.path == path for made in self.layers):
            raise Refused(f"the path {path} is given twice")
        if any(isinstance(value, float) and abs(value) > LARGEST for value in values.values()):
            raise Refused(DELIBERATE["float32"])
        if kind in merge.MERGES:
            result = self.joined(kind, values, inputs)
        else:
            if kind not in EITHER and any((x.dtype == torch.int64) != (kind in TOKENS) for x in inputs):
                raise Refused(DELIBERATE["tokens"])
            if len(inputs) not in INPUTS.get(kind, (1,)):
                raise Refused(f"{kind} does not read {len(inputs)} inputs")
            result = getattr(Kinds, kind.lower())(self, path, *inputs, **values)
        results = result if isinstance(result, list) else [result]
        self.layers.append(Made(path, kind, tuple(map(shape, results))))
        return results

    def merge(self, kind: str, values: dict[str, Any], inputs: list[Tensor], path: str) -> Tensor:
        result = self.joined(kind, values, inputs)
        self.merges.append(Made(path, kind, (shape(result),)))
        return result

    def joined(self, kind: str, values: dict[str, Any], inputs: list[Tensor]) -> Tensor:
        if any(x.dtype == torch.int64 for x in inputs):
            raise Refused(DELIBERATE["tokens"])
        return merge.MERGES[kind](inputs, **values)

    def tensor(self, path: str, start: Tensor) -> Tensor:
        """The tensor of a source, made when it is first needed."""
        return self.tensors.setdefault(path, start)

    def stretched(self, tensor: Tensor, batch: bool) -> Tensor:
        """The tensor of a source for each sample."""
        return torch.stack([tensor[0] if batch else tensor] * self.samples)

    def module(self, path: str, make: Any, *arguments: Any, **options: Any) -> Any:
        """The module of a path, made when it is first needed."""
        if path not in self.modules:
            self.modules[path] = make(*arguments, **options)
        return self.modules[path].train(self.training)


def is_bias(name: str) -> bool:
    """Whether the last step of a path is a bias: `bias`, `bias_hh_l0`, `in_proj_bias`."""
    step = name.rpartition(".")[2]
    return step.startswith("bias") or step.endswith("bias")


def shape(x: Tensor) -> tuple[int, ...]:
    """The sizes as the language writes them; refuses empty tensors and more than four axes."""
    sizes = tuple(x.shape[1:])
    if 0 in sizes:
        raise Refused(DELIBERATE["zero"])
    if len(sizes) > 4:
        raise Refused(DELIBERATE["axes"])
    return sizes if len(sizes) < 3 or x.dtype == torch.int64 else (*sizes[1:], sizes[0])


# how many inputs a kind reads that does not read one
INPUTS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(SOURCES, (0,)),
    "UNPOOL": (2,),
    "BILINEAR": (2,),
    **recurrent.INPUTS,
    **attention.INPUTS,
}


class Kinds(*(family.Runs for family in FAMILIES)):  # type: ignore[misc]
    """Every kind that is no merge."""


# ---- the verdict


class Verdict(NamedTuple):
    """Whether it runs, and why not; the judge that ran it."""

    accepted: bool
    reason: str
    judge: Judge


def judge(network: Network) -> Verdict:
    """Run a network at batch 2 in training and in evaluation."""
    found = Judge(network)
    try:
        found.run(example(network, 1), True)
        with torch.no_grad():
            found.run(example(network, found.tokens), False)
    except FAULTS as fault:
        return Verdict(False, f"{type(fault).__name__}: {fault}", found)
    return Verdict(True, "", found)


def example(network: Network, tokens: int, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Random inputs, two samples each; whole numbers below `tokens`."""
    inputs = []
    for one in network.inputs:
        if one.dtype == "int64":
            inputs.append(torch.randint(0, tokens, (2, *one.sizes)))
        else:
            sizes = one.sizes if len(one.sizes) < 3 else (one.sizes[-1], *one.sizes[:-1])
            inputs.append(torch.randn(2, *sizes, dtype=dtype))
    return inputs
