"""Convolutions in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from support.drawn import Refused
from support.runs.tensors import DELIBERATE, OWN, back, ends, leading, padded, reads, strided_same

if TYPE_CHECKING:
    from support.judge import Judge


CONV = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
UPCONV = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
CONV_CALL = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def conv(judge: Judge, path: str, x: Tensor, out: int, kernel: Any, stride: Any = 1, pad: Any = 0, dilation: Any = 1,
             groups: int = 1, bias: Any = True, table: Any = None, mode: str = "zeros") -> Tensor:  # fmt: skip
        axes = x.dim() - 2
        if out == 0:
            raise Refused(DELIBERATE["zero"])
        before = leading(x).clone(memory_format=torch.contiguous_format)  # PyTorch 2.13 can crash on other ways to lie
        y, pad = widened(before, kernel, stride, pad, dilation, mode)
        pads = [after - size for after, size in zip(y.shape, before.shape, strict=True)]
        judge.fixed(
            path, [pads, any(reads(y, kernel, stride, pad, dilation)[-1])]
        )  # what reads nothing is made otherwise
        options = {"stride": stride, "padding": pad, "dilation": dilation, "padding_mode": mode}
        if table is not None:
            if groups != 1 or bias == "position" or mode != "zeros":
                raise Refused(OWN["table"])
            module = judge.module(path, Table, y.shape[1], out, kernel, table, bias, axes, options)
        elif bias == "position":
            module = judge.module(
                path, Position, CONV[axes](y.shape[1], out, kernel, groups=groups, bias=False, **options)
            )
        else:
            module = judge.module(path, CONV[axes], y.shape[1], out, kernel, groups=groups, bias=bias, **options)
        return back(module(y))

    @staticmethod
    def dwconv(judge: Judge, path: str, x: Tensor, kernel: Any, stride: Any = 1, pad: Any = 0, dilation: Any = 1,
               multiplier: int = 1, bias: bool = True, mode: str = "zeros") -> Tensor:  # fmt: skip
        channels = leading(x).shape[1]
        out = multiplier * channels
        return Runs.conv(judge, path, x, out, kernel, stride, pad, dilation, channels, bias, None, mode)

    @staticmethod
    def upconv(judge: Judge, path: str, x: Tensor, out: int, kernel: Any, stride: Any = 1, pad: Any = 0,
               outpad: Any = 0, dilation: Any = 1, groups: int = 1, bias: bool = True) -> Tensor:  # fmt: skip
        if out == 0:
            raise Refused(DELIBERATE["zero"])
        arguments = (kernel, stride, pad, outpad, groups, bias, dilation)
        return back(judge.module(path, UPCONV[x.dim() - 2], leading(x).shape[1], out, *arguments)(leading(x)))


def widened(y: Tensor, kernel: Any, stride: Any, pad: Any, dilation: Any, mode: str) -> tuple[Tensor, Any]:
    """The input with what PyTorch's convolutions cannot pad, and the padding that is left to them."""
    axes = y.dim() - 2
    if pad == "valid":
        pad = 0
    if pad != "same":
        sides = ends(pad, axes)
        if min(map(min, sides)) < 0:
            raise Refused(DELIBERATE["negative"])
        if any(before != behind for before, behind in sides):
            return padded(y, sides, mode), 0
        pad = tuple(before for before, _ in sides)
    if pad == "same" and stride not in (1, (1,) * axes):
        return strided_same(y, kernel, stride, dilation, mode), 0
    return y, pad


class Table(nn.Module):
    """A convolution by a connection table: one small convolution for each output map."""

    def __init__(self, channels: int, out: int, kernel: Any, table: Any, bias: bool, axes: int, options: Any) -> None:
        super().__init__()
        if len(table) != out or any(len(set(row)) != len(row) for row in table):
            raise Refused(OWN["table"])
        pairs = sum(len(row) for row in table)
        self.weight = nn.Parameter(torch.rand(CONV[axes](pairs, pairs, kernel, groups=pairs).weight.shape))
        self.bias = nn.Parameter(torch.zeros(out)) if bias else None
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
        if self.bias.shape != y.shape[1:]:
            raise Refused(DELIBERATE["broadcast"])
        return y + self.bias
