"""Pools and subsampling in PyTorch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from support.drawn import Refused
from support.runs.tensors import DELIBERATE, back, fits, leading, reads

if TYPE_CHECKING:
    from support.judge import Judge


MAXPOOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
AVGPOOL = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}
LPPOOL = {1: nn.LPPool1d, 2: nn.LPPool2d, 3: nn.LPPool3d}
UNPOOL = {1: nn.MaxUnpool1d, 2: nn.MaxUnpool2d, 3: nn.MaxUnpool3d}
ADAPTIVE = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}
ADAPTIVEMAX = {1: nn.AdaptiveMaxPool1d, 2: nn.AdaptiveMaxPool2d, 3: nn.AdaptiveMaxPool3d}


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def maxpool(judge: Judge, path: str, x: Tensor, kernel: Any, stride: Any = None, pad: Any = 0, dilation: Any = 1,
                ceil: bool = False) -> Tensor:  # fmt: skip
        y = leading(x)
        fits(y, kernel, pad, dilation)
        judge.fixed(path, [all(map(all, reads(y, kernel, kernel if stride is None else stride, pad, dilation)))])
        return back(MAXPOOL[x.dim() - 2](kernel, stride, pad, dilation, ceil_mode=ceil)(y))

    @staticmethod
    def avgpool(judge: Judge, path: str, x: Tensor, kernel: Any, stride: Any = None, pad: Any = 0, ceil: bool = False,
                countpad: bool = True, divisor: int | None = None) -> Tensor:  # fmt: skip
        y = leading(x)
        fits(y, kernel, pad)
        if divisor is not None and divisor < 0:
            raise Refused(DELIBERATE["divisor"])
        override = {} if divisor is None else {"divisor_override": divisor}
        return back(AVGPOOL[x.dim() - 2](kernel, stride, pad, ceil, countpad, **override)(y))

    @staticmethod
    def lppool(judge: Judge, path: str, x: Tensor, kernel: Any, stride: Any = None, ceil: bool = False,
               norm: float = 2) -> Tensor:  # fmt: skip
        y = leading(x)
        fits(y, kernel)
        kernel, stride = (each[0] if isinstance(each, tuple) and len(each) == 1 else each for each in (kernel, stride))
        return back(LPPOOL[x.dim() - 2](norm, kernel, stride, ceil)(y))

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
        return back(ADAPTIVE[x.dim() - 2](sized(size, x.dim() - 2))(leading(x)))

    @staticmethod
    def adaptivemaxpool(judge: Judge, path: str, x: Tensor, size: Any) -> Tensor:
        return back(ADAPTIVEMAX[x.dim() - 2](sized(size, x.dim() - 2))(leading(x)))

    @staticmethod
    def unpool(judge: Judge, path: str, x: Tensor, before: Tensor, kernel: Any, stride: Any = None, pad: Any = 0,
               ceil: bool = False) -> Tensor:  # fmt: skip
        y, axes = leading(before), x.dim() - 2
        fits(y, kernel, pad)
        _, places = MAXPOOL[axes](kernel, stride, pad, ceil_mode=ceil, return_indices=True)(y)
        return back(UNPOOL[axes](kernel, stride, pad)(leading(x), places, y.shape))


def sized(size: Any, axes: int) -> Any:
    """The sizes of an adaptive pool, None where `same` keeps the axis."""
    if size == "same":
        return (None,) * axes
    return tuple(None if one == "same" else one for one in size) if isinstance(size, (tuple, list)) else size


class PerChannel(nn.Module):
    """A coefficient and a bias for each channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.rand(channels)), nn.Parameter(torch.rand(channels))

    def forward(self, x: Tensor) -> Tensor:
        stretched = (-1, *(1 for _ in x.shape[2:]))
        return x * self.weight.view(stretched) + self.bias.view(stretched)
