"""Activations that bend in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from support.runs.tensors import made_of

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    hardtanh = made_of(nn.Hardtanh, low="min_val", high="max_val")
    tanhshrink = made_of(nn.Tanhshrink)
    softsign = made_of(nn.Softsign)
    sigmoid = made_of(nn.Sigmoid)
    hardsigmoid = made_of(nn.Hardsigmoid)
    logsigmoid = made_of(nn.LogSigmoid)
    softplus = made_of(nn.Softplus, beta="beta", threshold="threshold")
    silu = made_of(nn.SiLU)
    hardswish = made_of(nn.Hardswish)
    gelu = made_of(nn.GELU, approximate="approximate")
    mish = made_of(nn.Mish)

    @staticmethod
    def tanh(judge: Judge, path: str, x: Tensor, amplitude: float = 1, slope: float = 1) -> Tensor:
        return amplitude * torch.tanh(slope * x)
