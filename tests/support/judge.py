"""A second translation of a drawn network: straight to PyTorch on real tensors, to say whether it runs and what comes out.

It knows neither the checker's rules nor its compiler. Vectors are (N, C), sequences (N, T, C), images and volumes
(N, C, ...). Where PyTorch runs a network that the language refuses on purpose, `DELIBERATE` says so; nothing else may differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isinf
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from support.attributes import SWITCHES
from support.drawn import EITHER, OPERANDS, SOURCES, TOKENS, Name, Network, Part, Refused, Walk
from support.runs import FAMILIES, attention, merge, norm, recurrent
from support.runs.tensors import DELIBERATE

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
INFINITE = {  # values that may be infinite: fills, bounds, thresholds, the p of a norm
    *(("PAD", "value"), ("CONST", "value"), ("PARAM", "value"), ("THRESHOLD", "value"), ("THRESHOLD", "threshold")),
    *(("HARDTANH", "low"), ("HARDTANH", "high"), ("HARDSHRINK", "bound"), ("SOFTPLUS", "threshold")),
    *(("WHERE", "then"), ("WHERE", "otherwise")),
    *(("CLAMP", "min"), ("CLAMP", "max"), ("LPPOOL", "norm"), ("L2NORM", "p")),
    *((kind, name) for kind in ("EMBED", "EMBEDBAG") for name in ("maxnorm", "normtype")),
}


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
        self.dtype = torch.float32
        self.tokens = 1_000  # the smallest vocabulary
        self.training = True
        self.layers: list[Made] = []
        self.merges: list[Made] = []
        self.first: dict[str, list[str]] = {}  # what a layer was made of when it ran first, by its path
        self.reruns: list[set[str]] = []  # the paths of the parts that run again just now
        self.lent = ""  # the layer whose weight the next module has

    def run(self, inputs: list[Tensor], training: bool) -> list[Tensor]:
        """The results; raises one of FAULTS where the network does not run."""
        self.training, self.layers, self.merges, self.first, self.reruns = training, [], [], {}, []
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
        found, seen = dict(own), set()
        for path, module in self.modules.items():
            for name, p in module.named_parameters():
                if id(p) not in seen:  # a tensor of two layers has the first of its names
                    found[f"{path}.{name}"] = p
                seen.add(id(p))
        return found

    def buffers(self) -> dict[str, Tensor]:
        own = {path: b for path, b in self.tensors.items() if not isinstance(b, nn.Parameter)}
        modules = self.modules.items()
        return own | {f"{path}.{name}": b for path, module in modules for name, b in module.named_buffers()}

    def weights(self) -> int:
        """Elements without biases and without scale and shift of norms."""
        norms = {path for path, module in self.modules.items() if isinstance(module, norm.NORMS)}
        owners = ((name, p, *name.rpartition(".")[::2]) for name, p in self.parameters().items())
        return sum(
            p.numel()
            for name, p, path, last in owners
            if name in self.tensors or (path not in norms and not is_bias(last))
        )

    def load(self, source: nn.Module) -> None:
        """Take over all parameters and buffers of another module, by their names."""
        self.dtype = torch.float64
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
        self.lent = values.pop("weight", "") if kind in ("FC", "LINEAR", "EMBED") else ""
        if any(made.path == path for made in self.layers) and not self.reruns:
            raise Refused(f"the path {path} is given twice")
        values = {name: self.value(kind, name, value) for name, value in values.items()}
        self.fixed(path, [kind, values, [x.dim() for x in inputs]])
        if kind in merge.MERGES:
            result = self.joined(kind, values, inputs)
        else:
            read = inputs[: len(inputs) - sum(isinstance(values.get(name), Name) for name in OPERANDS)]
            if kind not in EITHER and not all(_fits(x, kind in TOKENS) for x in read):
                raise Refused(DELIBERATE["tokens"])
            if len(read) not in INPUTS.get(kind, (1,)):
                raise Refused(f"{kind} does not read {len(read)} inputs")
            self.incoming(kind, values.pop("in", None), inputs)
            values.pop("inplace", None)  # where the numbers are written, not what they are
            result = getattr(Kinds, kind.lower())(self, path, *inputs, **values)
        results = result if isinstance(result, list) else [result]
        made = Made(path, kind, tuple(map(shape, results)))
        self.layers += [] if self.reruns else [made]
        return results

    def incoming(self, kind: str, stated: Any, inputs: list[Tensor]) -> None:
        """Hold `in=8`, the first argument of PyTorch's module, against what the line reads."""
        if stated is None:
            return
        found = inputs[0][0].numel() if kind == "FC" else self.channels(inputs[0])
        if stated != found:
            raise Refused(f"the module would read {stated} and {found} come in")

    def value(self, kind: str, name: str, value: Any) -> Any:
        """A value as Python has it: what is whole as an integer; refuses what the language does on purpose."""
        switch = name in SWITCHES[kind]
        if (switch and not isinstance(value, bool) and value != "position") or (isinstance(value, bool) and not switch):
            raise Refused(DELIBERATE["truth"])
        if not isinstance(value, float):
            return value
        if isinf(value) and (kind, name) not in INFINITE:
            raise Refused(DELIBERATE["infinite"])
        if abs(value) > LARGEST and not isinf(value):
            raise Refused(DELIBERATE["float32"])
        return int(value) if value.is_integer() and abs(value) < 2**53 else value

    def merge(self, kind: str, values: dict[str, Any], inputs: list[Tensor], path: str) -> Tensor:
        result = self.joined(kind, values, inputs)
        self.merges += [] if self.reruns else [Made(path, kind, (shape(result),))]
        return result

    def joined(self, kind: str, values: dict[str, Any], inputs: list[Tensor]) -> Tensor:
        if kind not in EITHER and any(not x.is_floating_point() for x in inputs):
            raise Refused(DELIBERATE["tokens"])
        return merge.MERGES[kind](inputs, **values)

    def tensor(self, path: str, start: Tensor) -> Tensor:
        """The tensor of a source, made when it is first needed."""
        return self.tensors.setdefault(path, start)

    def stretched(self, tensor: Tensor, batch: bool) -> Tensor:
        """The tensor of a source for each sample."""
        return torch.stack([tensor[0] if batch else tensor] * self.samples)

    # ---- shared weights

    def fixed(self, path: str, what: Any) -> None:
        """Refuse a layer that runs again and would be made of something else than at first."""
        if not self.reruns:
            self.first.setdefault(path, []).append(repr(what))
        elif repr(what) not in self.first.get(path, ()):
            raise Refused(DELIBERATE["again"])
        for paths in self.reruns:
            paths.add(path)

    def rerun(self, part: Part, inputs: list[Tensor], path: str, run: Callable[[], list[Tensor]]) -> list[Tensor]:
        """Run a part again: the same layers, made of the same, on as many axes."""
        if [x.dim() for x in inputs] != [x.dim() for x in part.inputs]:
            raise Refused(DELIBERATE["again"])
        self.reruns.append(set())
        results = run()
        ran, whole = self.reruns.pop(), f"{part.path}."
        if ran != {each for each in self.first if f"{each}.".startswith(whole)}:
            raise Refused(DELIBERATE["again"])
        if not self.reruns:
            self.layers.append(Made(path, "SHARE", tuple(map(shape, results))))
        return results

    def tied(self, module: nn.Module) -> nn.Module:
        """A new module, with the weight of another layer where its line names one."""
        if self.lent:
            weight = getattr(self.modules.get(self.lent), "weight", None)
            if weight is None or weight.shape != module.weight.shape:
                raise Refused(DELIBERATE["tie"])
            module.weight = weight
        return module

    def module(self, path: str, make: Any, *arguments: Any, **options: Any) -> Any:
        """The module of a path, made when it is first needed."""
        self.fixed(path, [make, arguments, options])
        if path not in self.modules:
            self.modules[path] = self.tied(make(*arguments, **options))
        return self.modules[path].train(self.training)


def is_bias(name: str) -> bool:
    """Whether the last step of a path is a bias: `bias`, `bias_hh_l0`, `in_proj_bias`."""
    step = name.rpartition(".")[2]
    return step.startswith("bias") or step.endswith("bias")


def _fits(x: Tensor, tokens: bool) -> bool:
    """Whether what a kind reads is integers, or features."""
    return x.dtype == torch.int64 if tokens else x.is_floating_point()


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
    "POSITIONS": (1, 2),
    "BILINEAR": (2,),
    "GATHER": (2,),
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
    """Random inputs, two samples each; integers below `tokens`."""
    inputs = []
    for one in network.inputs:
        if one.dtype == "int64":
            inputs.append(torch.randint(0, tokens, (2, *one.sizes)))
        else:
            sizes = one.sizes if len(one.sizes) < 3 else (one.sizes[-1], *one.sizes[:-1])
            values = torch.randn(2, *sizes, dtype=dtype)
            values[..., 0] = -1 if one.dtype == "bool" else values[..., 0]  # a query has something to look at
            inputs.append(values < 0.5 if one.dtype == "bool" else values)
    return inputs
