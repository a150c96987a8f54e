"""Layers that only turn, cut or pad in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from support.runs.tensors import leading, trailing

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def flatten(judge: Judge, path: str, x: Tensor, last: bool = False) -> Tensor:
        return (trailing(x) if last else leading(x)).flatten(1)

    @staticmethod
    def id(judge: Judge, path: str, x: Tensor) -> Tensor:
        return x
