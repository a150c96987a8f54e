"""Dropout in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

if TYPE_CHECKING:
    from judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def dropout(judge: Judge, path: str, x: Tensor, p: float = 0.5) -> Tensor:
        return nn.Dropout(p).train(judge.training)(x)
