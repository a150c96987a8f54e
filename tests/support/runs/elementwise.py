"""Functions of each element in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from support.drawn import Refused
from support.runs.tensors import DELIBERATE

if TYPE_CHECKING:
    from support.judge import Judge


def applied(function: object) -> object:
    """A kind that is a function of each element."""

    def run(judge: Judge, path: str, x: Tensor) -> Tensor:
        return function(x)  # type: ignore[operator]

    return staticmethod(run)


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    exp = applied(torch.exp)
    log = applied(torch.log)
    sqrt = applied(torch.sqrt)
    rsqrt = applied(torch.rsqrt)
    square = applied(torch.square)
    reciprocal = applied(torch.reciprocal)
    abs = applied(torch.abs)
    neg = applied(torch.neg)
    sin = applied(torch.sin)
    cos = applied(torch.cos)
    erf = applied(torch.erf)

    @staticmethod
    def clamp(judge: Judge, path: str, x: Tensor, min: float | None = None, max: float | None = None) -> Tensor:
        if min is not None and max is not None and max < min:
            raise Refused(DELIBERATE["clamp"])
        return torch.clamp(x, min, max)
