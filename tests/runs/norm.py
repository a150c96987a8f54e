"""Normalisation in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drawn import Refused
from torch import Tensor, nn

from runs.tensors import DELIBERATE, back, leading

if TYPE_CHECKING:
    from judge import Judge


NORM = {0: nn.BatchNorm1d, 1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
NORMS = (nn.modules.batchnorm._BatchNorm,)  # whose weights are scales


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

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
