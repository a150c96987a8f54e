"""A second translation of a drawn network: straight to PyTorch on real tensors, to say whether it runs and what comes out.

It knows neither the checker's rules nor its compiler. Vectors are (N, C), sequences (N, T, C), images and volumes
(N, C, ...). Where PyTorch runs a network that the language refuses on purpose, `DELIBERATE` says so; nothing else may differ.
"""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from drawn import Network, Refused, Walk
from torch import Tensor, nn

DELIBERATE = {
    "zero": "no size is ever zero: PyTorch runs empty tensors through many layers",
    "window": "a window larger than its padded input: PyTorch pools it all the same when it rounds up",
    "blind": "a dilated window that reads nothing but padding: PyTorch's pools write outside of the tensor in training, "
    "its convolutions end the process",
    "broadcast": "nothing is stretched unless the line says so, and never an axis that is not there",
    "gate": "SCALE takes one value per channel and stretches nothing else",
    "tokens": "whole numbers are read by EMBED alone: PyTorch adds and joins them too",
    "axes": "a value has at most four axes beside the batch: PyTorch stacks and normalises more",
    "dunder": "names between two underscores are Python's, those too that PyTorch does not use",
    "range": "constants that make no sense: a BN with eps of 0 or a momentum beyond 1, a PAD that cuts off, a negative LRN",
    "table": "a connection table lists each map once, a row an output, and goes with neither groups, mode nor position",
}
FAULTS = (
    Refused,
    RuntimeError,
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    AttributeError,
    NotImplementedError,
    ZeroDivisionError,
)

CONV = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
CONV_CALL = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
MAXPOOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
AVGPOOL = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}
ADAPTIVE = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}
NORM = {0: nn.BatchNorm1d, 1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
ZEROS = {1: nn.ZeroPad1d, 2: nn.ZeroPad2d, 3: nn.ZeroPad3d}
AXES = (
    ("channels",),
    ("steps", "channels"),
    ("height", "width", "channels"),
    ("frames", "height", "width", "channels"),
)


class Made(NamedTuple):
    """What one layer gave: its path, its kind, and the shape of its result, channels last."""

    path: str
    kind: str
    shape: tuple[int, ...]


class Judge(Walk):
    """One network in PyTorch. Modules are made on the first run and kept by their paths."""

    def __init__(self, network: Network) -> None:
        super().__init__({block.name: block for block in network.blocks})
        self.drawn = network
        self.modules: dict[str, nn.Module] = {}
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
        return {f"{path}.{name}": p for path, module in self.modules.items() for name, p in module.named_parameters()}

    def buffers(self) -> dict[str, Tensor]:
        return {f"{path}.{name}": b for path, module in self.modules.items() for name, b in module.named_buffers()}

    def weights(self) -> int:
        """Elements without biases and without scale and shift of norms."""
        modules = [
            module for module in self.modules.values() if not isinstance(module, nn.modules.batchnorm._BatchNorm)
        ]
        return sum(p.numel() for module in modules for name, p in module.named_parameters() if name != "bias")

    def load(self, source: nn.Module) -> None:
        """Take over all parameters and buffers of another module, by their names."""
        for module in self.modules.values():
            module.double()
        theirs = dict(source.named_parameters()) | dict(source.named_buffers())
        with torch.no_grad():
            for name, tensor in (self.parameters() | self.buffers()).items():
                tensor.copy_(theirs[name])

    # ---- layers and merges

    def channels(self, value: Tensor) -> int:
        return value.shape[-1] if value.dtype == torch.int64 or value.dim() <= 3 else value.shape[1]

    def layer(self, kind: str, values: dict[str, Any], inputs: list[Tensor], path: str) -> Tensor:
        kind = kind.upper()
        if any(made.path == path for made in self.layers):
            raise Refused(f"the path {path} is given twice")
        if kind in MERGES:
            result = self.joined(kind, values, inputs)
        else:
            (x,) = inputs
            if (x.dtype == torch.int64) != (kind == "EMBED"):
                raise Refused(DELIBERATE["tokens"])
            result = getattr(Kinds, kind.lower())(self, path, x, **values)
        self.layers.append(Made(path, kind, shape(result)))
        return result

    def merge(self, kind: str, values: dict[str, Any], inputs: list[Tensor], path: str) -> Tensor:
        result = self.joined(kind, values, inputs)
        self.merges.append(Made(path, kind, shape(result)))
        return result

    def joined(self, kind: str, values: dict[str, Any], inputs: list[Tensor]) -> Tensor:
        if any(x.dtype == torch.int64 for x in inputs):
            raise Refused(DELIBERATE["tokens"])
        return MERGES[kind](inputs, **values)

    def module(self, path: str, make: Any, *arguments: Any, **options: Any) -> Any:
        """The module of a path, made when it is first needed."""
        if path not in self.modules:
            self.modules[path] = make(*arguments, **options)
        return self.modules[path].train(self.training)


def shape(x: Tensor) -> tuple[int, ...]:
    """The sizes as the language writes them; refuses empty tensors and more than four axes."""
    sizes = tuple(x.shape[1:])
    if 0 in sizes:
        raise Refused(DELIBERATE["zero"])
    if len(sizes) > 4:
        raise Refused(DELIBERATE["axes"])
    return sizes if len(sizes) < 3 or x.dtype == torch.int64 else (*sizes[1:], sizes[0])


def leading(x: Tensor) -> Tensor:
    """Channels first."""
    return x.transpose(1, 2) if x.dim() == 3 else x


def trailing(x: Tensor) -> Tensor:
    """Channels last."""
    return x if x.dim() <= 3 else x.movedim(1, -1)


def back(x: Tensor) -> Tensor:
    """From channels first to how values are kept here."""
    return leading(x)  # the same turn


def fits(x: Tensor, kernel: Any, pad: Any = 0, dilation: Any = 1) -> None:
    """Refuse a window larger than its padded input."""
    space = x.shape[2:]
    each = [value if isinstance(value, tuple) else (value,) * len(space) for value in (kernel, pad, dilation)]
    for size, k, p, d in zip(space, *each, strict=True):
        if d * (k - 1) + 1 > size + 2 * p:
            raise Refused(DELIBERATE["window"])


def sees(x: Tensor, kernel: Any, stride: Any, pad: Any, dilation: Any) -> None:
    """Refuse a dilated window whose elements all lie in the padding; `pad` is a number, one for each axis, or `same`."""
    space = x.shape[2:]
    each = [value if isinstance(value, (tuple, str)) else (value,) * len(space) for value in (kernel, stride, dilation)]
    pads = [pad] * len(space) if isinstance(pad, (int, str)) else pad
    for size, p, k, s, d in zip(space, pads, *each, strict=True):
        before, after = same(size, k, s, d) if p == "same" else (p, p)
        starts = range(-before, size + after - d * (k - 1), s)
        if d > 1 and any(not any(0 <= start + d * step < size for step in range(k)) for start in starts):
            raise Refused(DELIBERATE["blind"])


def same(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """The padding before and after an axis that keeps its size, divided by the step and rounded up."""
    total = max(0, (math.ceil(size / stride) - 1) * stride + dilation * (kernel - 1) + 1 - size)
    return total // 2, total - total // 2


class Kinds:
    """Each kind of layer in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def conv(judge: Judge, path: str, x: Tensor, out: int, kernel: Any, stride: Any = 1, pad: Any = 0, dilation: Any = 1,
             groups: int = 1, bias: Any = True, table: Any = None, mode: str = "zeros") -> Tensor:  # fmt: skip
        axes = x.dim() - 2
        y, pad = leading(x), 0 if pad == "valid" else pad
        if out == 0:
            raise Refused(DELIBERATE["zero"])
        if mode == "zeros":
            sees(y, kernel, stride, pad, dilation)
        if pad == "same" and stride not in (1, (1,) * axes):
            y, pad = strided_same(y, kernel, stride, dilation, mode), 0
        options = {"stride": stride, "padding": pad, "dilation": dilation, "padding_mode": mode}
        if table is not None:
            if groups != 1 or bias == "position" or mode != "zeros":
                raise Refused(DELIBERATE["table"])
            module = judge.module(path, Table, y.shape[1], out, kernel, table, bias, axes, options)
        elif bias == "position":
            module = judge.module(
                path, Position, CONV[axes](y.shape[1], out, kernel, groups=groups, bias=False, **options)
            )
        else:
            module = judge.module(path, CONV[axes], y.shape[1], out, kernel, groups=groups, bias=bias, **options)
        return back(module(y))

    @staticmethod
    def maxpool(judge: Judge, path: str, x: Tensor, kernel: Any, stride: Any = None, pad: Any = 0, dilation: Any = 1,
                ceil: bool = False) -> Tensor:  # fmt: skip
        y = leading(x)
        fits(y, kernel, pad, dilation)
        sees(y, kernel, kernel if stride is None else stride, pad, dilation)
        return back(MAXPOOL[x.dim() - 2](kernel, stride, pad, dilation, ceil_mode=ceil)(y))

    @staticmethod
    def avgpool(judge: Judge, path: str, x: Tensor, kernel: Any, stride: Any = None, pad: Any = 0, ceil: bool = False,
                countpad: bool = True) -> Tensor:  # fmt: skip
        y = leading(x)
        fits(y, kernel, pad)
        return back(AVGPOOL[x.dim() - 2](kernel, stride, pad, ceil_mode=ceil, count_include_pad=countpad)(y))

    @staticmethod
    def subsample(judge: Judge, path: str, x: Tensor, kernel: Any, stride: Any = None) -> Tensor:
        y = leading(x)
        area = math.prod(kernel) if isinstance(kernel, tuple) else kernel ** (x.dim() - 2)
        y = area * AVGPOOL[x.dim() - 2](kernel, stride)(y)
        return back(judge.module(path, PerChannel, y.shape[1])(y))

    @staticmethod
    def globalavgpool(judge: Judge, path: str, x: Tensor) -> Tensor:
        return leading(x).flatten(2).mean(-1)

    @staticmethod
    def globalmaxpool(judge: Judge, path: str, x: Tensor) -> Tensor:
        return leading(x).flatten(2).max(-1).values

    @staticmethod
    def adaptiveavgpool(judge: Judge, path: str, x: Tensor, size: Any) -> Tensor:
        return back(ADAPTIVE[x.dim() - 2](size)(leading(x)))

    @staticmethod
    def fc(judge: Judge, path: str, x: Tensor, out: int, bias: bool = True) -> Tensor:
        y = leading(x).flatten(1)
        return judge.module(path, nn.Linear, y.shape[1], out, bias)(y)

    @staticmethod
    def linear(judge: Judge, path: str, x: Tensor, out: int, bias: bool = True) -> Tensor:
        y = judge.module(path, nn.Linear, trailing(x).shape[-1], out, bias)(trailing(x))
        return y if y.dim() <= 3 else y.movedim(-1, 1)

    @staticmethod
    def rbf(judge: Judge, path: str, x: Tensor, out: int) -> Tensor:
        y = leading(x).flatten(1)
        return judge.module(path, Distances, y.shape[1], out)(y)

    @staticmethod
    def embed(judge: Judge, path: str, x: Tensor, vocab: int, dim: int) -> Tensor:
        judge.tokens = min(judge.tokens, vocab)
        y = judge.module(path, nn.Embedding, vocab, dim)(x)
        return y if y.dim() <= 3 else y.movedim(-1, 1)

    @staticmethod
    def bn(judge: Judge, path: str, x: Tensor, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True,
           stats: bool = True) -> Tensor:  # fmt: skip
        if eps <= 0 or not 0 <= momentum <= 1:
            raise Refused(DELIBERATE["range"])
        return back(
            judge.module(path, NORM[x.dim() - 2], leading(x).shape[1], eps, momentum, affine, stats)(leading(x))
        )

    @staticmethod
    def lrn(
        judge: Judge, path: str, x: Tensor, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2
    ) -> Tensor:
        if alpha < 0 or k < 0:
            raise Refused(DELIBERATE["range"])
        return back(nn.LocalResponseNorm(size, alpha * size, beta, k)(leading(x)))

    @staticmethod
    def relu(judge: Judge, path: str, x: Tensor) -> Tensor:
        return nn.ReLU()(x)

    @staticmethod
    def tanh(judge: Judge, path: str, x: Tensor, amplitude: float = 1, slope: float = 1) -> Tensor:
        return amplitude * torch.tanh(slope * x)

    @staticmethod
    def sigmoid(judge: Judge, path: str, x: Tensor) -> Tensor:
        return torch.sigmoid(x)

    @staticmethod
    def softmax(judge: Judge, path: str, x: Tensor, axis: str = "channels") -> Tensor:
        if axis == "all":
            return torch.softmax(x.flatten(1), 1).reshape(x.shape)
        return kept(torch.softmax(trailing(x), 1 + AXES[x.dim() - 2].index(axis)))

    @staticmethod
    def dropout(judge: Judge, path: str, x: Tensor, p: float = 0.5) -> Tensor:
        return nn.Dropout(p).train(judge.training)(x)

    @staticmethod
    def flatten(judge: Judge, path: str, x: Tensor, last: bool = False) -> Tensor:
        return (trailing(x) if last else leading(x)).flatten(1)

    @staticmethod
    def id(judge: Judge, path: str, x: Tensor) -> Tensor:
        return x

    @staticmethod
    def pad(judge: Judge, path: str, x: Tensor, space: Any = None, channels: int | None = None) -> Tensor:
        y, axes = leading(x), x.dim() - 2
        if space is None and channels is None:
            raise Refused("PAD without a number")
        ends = space if isinstance(space, tuple) else (space or 0,) * axes
        if len(ends) != axes:
            raise Refused("PAD has a number for each axis")
        if min((*ends, channels or 0)) < 0:
            raise Refused(DELIBERATE["range"])
        if space is not None:  # for a vector there is no such module
            y = ZEROS[axes](tuple(end for one in reversed(ends) for end in (one, one)))(y)
        more = torch.zeros(y.shape[0], channels or 0, *y.shape[2:], dtype=y.dtype)
        return back(torch.cat([y, more], 1))


def kept(x: Tensor) -> Tensor:
    """From channels last to how values are kept here."""
    return x if x.dim() <= 3 else x.movedim(-1, 1)


def strided_same(x: Tensor, kernel: Any, stride: Any, dilation: Any, mode: str) -> Tensor:
    """Pad so that the step divides the size, rounded up; PyTorch has `same` for a step of 1 only."""
    space = x.shape[2:]
    each = [value if isinstance(value, tuple) else (value,) * len(space) for value in (kernel, stride, dilation)]
    pads: list[int] = []
    for size, k, s, d in zip(space, *each, strict=True):
        pads = [*same(size, k, s, d), *pads]
    return F.pad(x, pads, mode="constant" if mode == "zeros" else mode)


class Table(nn.Module):
    """A convolution by a connection table: one small convolution for each output map."""

    def __init__(self, channels: int, out: int, kernel: Any, table: Any, bias: bool, axes: int, options: Any) -> None:
        super().__init__()
        if len(table) != out or any(len(set(row)) != len(row) for row in table):
            raise Refused(DELIBERATE["table"])
        pairs = sum(len(row) for row in table)
        self.weight = nn.Parameter(torch.rand(CONV[axes](pairs, pairs, kernel, groups=pairs).weight.shape))
        self.bias = nn.Parameter(torch.zeros(out)) if bias else None
        self.register_buffer("sources", torch.tensor([source for row in table for source in row]))
        self.register_buffer("targets", torch.tensor([target for target, row in enumerate(table) for _ in row]))
        self.table, self.call = table, CONV_CALL[axes]
        self.options = {name: value for name, value in options.items() if name != "padding_mode"}

    def forward(self, x: Tensor) -> Tensor:
        maps, start = [], 0
        for number, row in enumerate(self.table):
            weight = self.weight[start : start + len(row)].transpose(0, 1)
            bias = None if self.bias is None else self.bias[number : number + 1]
            maps.append(self.call(x[:, row], weight, bias, **self.options))
            start += len(row)
        return torch.cat(maps, 1)


class Position(nn.Module):
    """A convolution and a bias for each position, whose sizes the first result gives."""

    def __init__(self, conv: nn.Module) -> None:
        super().__init__()
        self.conv = [conv]  # in a list: its weight is listed once, as ours
        self.weight = conv.weight
        self.bias: nn.Parameter | None = None

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv[0](x)
        if self.bias is None:
            self.bias = nn.Parameter(torch.rand(y.shape[1:]))
        return y + self.bias


class PerChannel(nn.Module):
    """A coefficient and a bias for each channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.rand(channels)), nn.Parameter(torch.rand(channels))

    def forward(self, x: Tensor) -> Tensor:
        stretched = (-1, *(1 for _ in x.shape[2:]))
        return x * self.weight.view(stretched) + self.bias.view(stretched)


class Distances(nn.Module):
    """Squared distances to fixed points."""

    def __init__(self, features: int, out: int) -> None:
        super().__init__()
        self.register_buffer("prototypes", torch.ones(out, features))

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([((x - point) ** 2).sum(1) for point in self.prototypes], 1)


# ---- merges


def equal(inputs: list[Tensor], broadcast: bool = False) -> list[Tensor]:
    """Refuse what PyTorch would stretch unasked; equal numbers of axes in any case."""
    sizes = {x.shape for x in inputs}
    if len(sizes) > 1 and (not broadcast or len({len(each) for each in sizes}) > 1):
        raise Refused(DELIBERATE["broadcast"])
    return inputs


def add(inputs: list[Tensor], broadcast: bool = False) -> Tensor:
    return sum(equal(inputs, broadcast)[1:], inputs[0])


def mul(inputs: list[Tensor], broadcast: bool = False) -> Tensor:
    found = equal(inputs, broadcast)[0]
    for x in inputs[1:]:
        found = found * x
    return found


def concat(inputs: list[Tensor], axis: str = "channels") -> Tensor:
    position = AXES[inputs[0].dim() - 2].index(axis)
    return kept(torch.cat([trailing(x) for x in inputs], 1 + position))


def stack(inputs: list[Tensor]) -> Tensor:
    return kept(torch.stack([trailing(x) for x in inputs], 1)) if len(inputs) > 1 else inputs[0]


def scale(inputs: list[Tensor]) -> Tensor:
    x, gate = inputs
    wanted = trailing(x)
    if tuple(trailing(gate).shape[1:]) not in (
        (wanted.shape[-1],),
        (*(1 for _ in wanted.shape[1:-1]), wanted.shape[-1]),
    ):
        raise Refused(DELIBERATE["gate"])
    return kept(wanted * gate.reshape(len(gate), *(1 for _ in wanted.shape[1:-1]), wanted.shape[-1]))


MERGES = {
    "ADD": add,
    "MUL": mul,
    "MAX": lambda inputs: torch.stack(inputs).amax(0),
    "MEAN": lambda inputs: torch.stack(inputs).mean(0),
    "CONCAT": concat,
    "STACK": stack,
    "SCALE": scale,
}


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
