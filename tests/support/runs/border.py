"""Padding and cropping in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from support.drawn import Refused
from support.runs.tensors import DELIBERATE, back, ends, leading, padded

if TYPE_CHECKING:
    from support.judge import Judge

CONSTANT = {1: nn.ConstantPad1d, 2: nn.ConstantPad2d, 3: nn.ConstantPad3d}


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def pad(judge: Judge, path: str, x: Tensor, space: Any = None, channels: Any = None, mode: str = "zeros",
            value: float | None = None) -> Tensor:  # fmt: skip
        y, axes = leading(x), x.dim() - 2
        if space is None and channels is None:
            raise Refused("PAD without a number")
        if mode != "zeros" and (value is not None or channels is not None):
            raise Refused("PyTorch adds a value, or channels, in one mode")
        sides = ends(space or 0, axes)
        before, behind = (0, channels or 0) if not isinstance(channels, list) else channels
        if min((before, behind, *(end for pair in sides for end in pair))) < 0:
            raise Refused(DELIBERATE["negative"])
        if space is not None and mode == "zeros":  # for a vector there is no such module
            y = CONSTANT[axes]([end for pair in reversed(sides) for end in pair], float(value or 0))(y)
        elif space is not None:
            y = padded(y, sides, mode)
        parts = [torch.full((y.shape[0], each, *y.shape[2:]), float(value or 0)).to(y) for each in (before, behind)]
        return back(torch.cat([parts[0], y, parts[1]], 1))

    @staticmethod
    def crop(judge: Judge, path: str, x: Tensor, space: Any = None, size: Any = None) -> Tensor:
        y, axes = leading(x), x.dim() - 2
        if (space is None) == (size is None) or axes == 0:
            raise Refused("CROP takes what goes or what is left, of axes beside the channels")
        sides = ends(space, axes) if size is None else middle(y.shape[2:], size)
        if min(end for pair in sides for end in pair) < 0:
            raise Refused(DELIBERATE["negative"])
        for axis, (before, behind) in enumerate(sides, 2):
            y = y.narrow(axis, before, y.shape[axis] - before - behind)
        return back(y)


def middle(space: Any, size: Any) -> list[tuple[int, int]]:
    """What goes before and behind each axis, so that the middle is left."""
    each = size if isinstance(size, (list, tuple)) else (size,) * len(space)
    if len(each) != len(space):
        raise Refused("a size for each axis")
    gone = [0 if left == "same" else n - left for n, left in zip(space, each, strict=True)]
    return [(n // 2, n - n // 2) for n in gone]
