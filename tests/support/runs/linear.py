"""Fully connected layers in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from support.runs.tensors import kept, leading, trailing

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def fc(judge: Judge, path: str, x: Tensor, out: int, bias: bool = True) -> Tensor:
        y = leading(x).flatten(1)
        return judge.module(path, nn.Linear, y.shape[1], out, bias)(y)

    @staticmethod
    def linear(judge: Judge, path: str, x: Tensor, out: int, bias: bool = True) -> Tensor:
        y = judge.module(path, nn.Linear, trailing(x).shape[-1], out, bias)(trailing(x))
        return y if y.dim() <= 3 else y.movedim(-1, 1)

    @staticmethod
    def bilinear(judge: Judge, path: str, x: Tensor, z: Tensor, out: int, bias: bool = True) -> Tensor:
        first, second = trailing(x), trailing(z)
        return kept(judge.module(path, nn.Bilinear, first.shape[-1], second.shape[-1], out, bias)(first, second))

    @staticmethod
    def rbf(judge: Judge, path: str, x: Tensor, out: int) -> Tensor:
        y = leading(x).flatten(1)
        return judge.module(path, Distances, y.shape[1], out)(y)


class Distances(nn.Module):
    """Squared distances to fixed points."""

    def __init__(self, features: int, out: int) -> None:
        super().__init__()
        self.register_buffer("prototypes", torch.ones(out, features))

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([((x - point) ** 2).sum(1) for point in self.prototypes], 1)
