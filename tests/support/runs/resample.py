"""Resampling in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from support.drawn import Refused
from support.runs.tensors import DELIBERATE, back, leading

if TYPE_CHECKING:
    from support.judge import Judge

LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def upsample(judge: Judge, path: str, x: Tensor, scale: Any = None, size: Any = None, mode: str = "nearest",
                 align: bool = False, recompute: bool = False) -> Tensor:  # fmt: skip
        if scale is not None and size is not None:
            raise Refused("both a scale and a size")
        name = LINEAR[x.dim() - 2] if mode == "linear" else mode.replace("_", "-")
        scale = tuple(map(float, scale)) if isinstance(scale, tuple) else scale
        return back(nn.Upsample(size, scale, name, align or None, recompute or None)(leading(x)))

    @staticmethod
    def pixelshuffle(judge: Judge, path: str, x: Tensor, factor: int) -> Tensor:
        return nn.PixelShuffle(factor)(image(x))

    @staticmethod
    def pixelunshuffle(judge: Judge, path: str, x: Tensor, factor: int) -> Tensor:
        return nn.PixelUnshuffle(factor)(image(x))

    @staticmethod
    def channelshuffle(judge: Judge, path: str, x: Tensor, groups: int) -> Tensor:
        return back(nn.ChannelShuffle(groups)(leading(x)))


def image(x: Tensor) -> Tensor:
    """Refuse what is none."""
    if x.dim() != 4:
        raise Refused(DELIBERATE["pixels"])
    return x
