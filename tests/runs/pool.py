"""Pools and subsampling in PyTorch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from runs.tensors import back, fits, leading, sees

if TYPE_CHECKING:
    from judge import Judge


MAXPOOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
AVGPOOL = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}
ADAPTIVE = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

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


class PerChannel(nn.Module):
    """A coefficient and a bias for each channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.rand(channels)), nn.Parameter(torch.rand(channels))

    def forward(self, x: Tensor) -> Tensor:
        stretched = (-1, *(1 for _ in x.shape[2:]))
        return x * self.weight.view(stretched) + self.bias.view(stretched)
