"""Windows as steps in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from support.drawn import Refused
from support.runs.tensors import DELIBERATE, back, leading

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def unfold(judge: Judge, path: str, x: Tensor, kernel: Any, stride: Any = 1, pad: Any = 0,
               dilation: Any = 1) -> Tensor:  # fmt: skip
        if x.dim() != 4:
            raise Refused(DELIBERATE["windows"])
        return back(nn.Unfold(kernel, dilation, pad, stride)(leading(x)))

    @staticmethod
    def fold(judge: Judge, path: str, x: Tensor, size: Any, kernel: Any, stride: Any = 1, pad: Any = 0,
             dilation: Any = 1) -> Tensor:  # fmt: skip
        if x.dim() != 3:
            raise Refused(DELIBERATE["windows"])
        return back(nn.Fold(size, kernel, dilation, pad, stride)(leading(x)))
