"""Normalisation in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch.nn.functional as F
from torch import Tensor, nn

from support.drawn import Refused
from support.runs.tensors import AXES, DELIBERATE, back, kept, leading, trailing

if TYPE_CHECKING:
    from support.judge import Judge


NORM = {0: nn.BatchNorm1d, 1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
INSTANCE = {1: nn.InstanceNorm1d, 2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}
NORMS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)  # whose weights are scales


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def bn(judge: Judge, path: str, x: Tensor, eps: float = 1e-5, momentum: Any = 0.1, affine: bool = True,
           stats: bool = True, bias: bool = True) -> Tensor:  # fmt: skip
        momentum = None if momentum == "cumulative" else momentum
        if momentum is not None and not 0 <= momentum <= 1:
            raise Refused(DELIBERATE["momentum"])
        make = NORM[x.dim() - 2]
        y = leading(x)
        return back(judge.module(path, make, y.shape[1], eps, momentum, affine, stats, bias=bias)(y))

    @staticmethod
    def instancenorm(judge: Judge, path: str, x: Tensor, eps: float = 1e-5, momentum: float = 0.1, affine: bool = False,
                 stats: bool = False, bias: bool = True) -> Tensor:  # fmt: skip
        if eps < 0 or not 0 <= momentum <= 1:
            raise Refused(DELIBERATE["eps" if eps < 0 else "momentum"])
        make = INSTANCE[x.dim() - 2]
        y = leading(x)
        return back(judge.module(path, make, y.shape[1], eps, momentum, affine, stats, bias=bias)(y))

    @staticmethod
    def gn(judge: Judge, path: str, x: Tensor, groups: int, eps: float = 1e-5, affine: bool = True,
           bias: bool = True) -> Tensor:  # fmt: skip
        if eps < 0:
            raise Refused(DELIBERATE["eps"])
        y = leading(x)
        return back(judge.module(path, nn.GroupNorm, groups, y.shape[1], eps, affine, bias=bias)(y))

    @staticmethod
    def l2norm(judge: Judge, path: str, x: Tensor, p: float = 2, axis: str = "channels", eps: float = 1e-12) -> Tensor:
        if axis == "all":
            return F.normalize(x.flatten(1), p, 1, eps).reshape(x.shape)
        return kept(F.normalize(trailing(x), p, 1 + AXES[x.dim() - 2].index(axis), eps))

    @staticmethod
    def lrn(
        judge: Judge, path: str, x: Tensor, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2
    ) -> Tensor:
        if alpha < 0 or k < 0:
            raise Refused(DELIBERATE["lrn"])
        return back(nn.LocalResponseNorm(size, alpha * size, beta, k)(leading(x)))
