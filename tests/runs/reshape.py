"""Layers that only turn, cut or pad in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from drawn import Refused
from torch import Tensor, nn

from runs.tensors import DELIBERATE, back, leading, trailing

if TYPE_CHECKING:
    from judge import Judge


ZEROS = {1: nn.ZeroPad1d, 2: nn.ZeroPad2d, 3: nn.ZeroPad3d}


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def flatten(judge: Judge, path: str, x: Tensor, last: bool = False) -> Tensor:
        return (trailing(x) if last else leading(x)).flatten(1)

    @staticmethod
    def id(judge: Judge, path: str, x: Tensor) -> Tensor:
        return x

    @staticmethod
    def pad(judge: Judge, path: str, x: Tensor, space: Any = None, channels: int | None = None) -> Tensor:
        y, axes = leading(x), x.dim() - 2
        if space is None and channels is None:
            raise Refused("PAD without a number")
        ends = space if isinstance(space, tuple) else (space or 0,) * axes
        if len(ends) != axes:
            raise Refused("PAD has a number for each axis")
        if min((*ends, channels or 0)) < 0:
            raise Refused(DELIBERATE["range"])
        if space is not None:  # for a vector there is no such module
            y = ZEROS[axes](tuple(end for one in reversed(ends) for end in (one, one)))(y)
        more = torch.zeros(y.shape[0], channels or 0, *y.shape[2:], dtype=y.dtype)
        return back(torch.cat([y, more], 1))
