"""Gates in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from support.runs.tensors import AXES, kept, trailing

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def glu(judge: Judge, path: str, x: Tensor, axis: str = "channels") -> Tensor:
        return kept(nn.GLU(1 + AXES[x.dim() - 2].index(axis))(trailing(x)))

    @staticmethod
    def swiglu(judge: Judge, path: str, x: Tensor, axis: str = "channels") -> Tensor:
        y, place = trailing(x), 1 + AXES[x.dim() - 2].index(axis)
        first, second = y.unflatten(place, (2, -1)).unbind(place)
        return kept(nn.SiLU()(first) * second)
