"""Dropout in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from support.runs.tensors import back, leading, made_of

if TYPE_CHECKING:
    from support.judge import Judge

CHANNELS = {1: nn.Dropout1d, 2: nn.Dropout2d, 3: nn.Dropout3d}


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    dropout = made_of(nn.Dropout, p="p")
    alphadropout = made_of(nn.AlphaDropout, p="p")

    @staticmethod
    def channeldropout(judge: Judge, path: str, x: Tensor, p: float = 0.5) -> Tensor:
        return back(CHANNELS[x.dim() - 2](p).train(judge.training)(leading(x)))

    @staticmethod
    def featurealphadropout(judge: Judge, path: str, x: Tensor, p: float = 0.5) -> Tensor:
        return back(nn.FeatureAlphaDropout(p).train(judge.training)(leading(x)))

    @staticmethod
    def stochasticdepth(judge: Judge, path: str, x: Tensor, p: float, mode: str = "row") -> Tensor:
        """One random number for each sample, or for the batch: those of `torch.bernoulli` on as many probabilities."""
        draws = {"row": len(x), "batch": 1}[mode]
        keeps = torch.full((draws,), 1.0 - p, dtype=x.dtype)
        if not 0 <= p <= 1:
            raise ValueError("a probability is between 0 and 1")
        if not judge.training or p == 0:
            return x
        mask = torch.empty_like(keeps).bernoulli_(1 - p)
        return torch.stack([x[i] * mask[i % draws] / (keeps[0] if p < 1 else 1) for i in range(len(x))])
