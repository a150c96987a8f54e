"""Activations in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from runs.tensors import AXES, kept, trailing

if TYPE_CHECKING:
    from judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

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
