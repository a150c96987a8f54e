"""Shares in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from support.runs.tensors import AXES, kept, trailing

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def softmax(judge: Judge, path: str, x: Tensor, axis: str = "channels") -> Tensor:
        return along(nn.Softmax, x, axis)

    @staticmethod
    def logsoftmax(judge: Judge, path: str, x: Tensor, axis: str = "channels") -> Tensor:
        return along(nn.LogSoftmax, x, axis)

    @staticmethod
    def softmin(judge: Judge, path: str, x: Tensor, axis: str = "channels") -> Tensor:
        return along(nn.Softmin, x, axis)


def along(make: type[nn.Module], x: Tensor, axis: str) -> Tensor:
    if axis == "all":
        return make(1)(x.flatten(1)).reshape(x.shape)
    return kept(make(1 + AXES[x.dim() - 2].index(axis))(trailing(x)))
