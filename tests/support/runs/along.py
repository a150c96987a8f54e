"""Layers along an axis in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from support.drawn import Refused
from support.runs.select import axis_of
from support.runs.tensors import AXES, DELIBERATE, kept, trailing

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def flip(judge: Judge, path: str, x: Tensor, axis: Any) -> Tensor:
        names = AXES[x.dim() - 2] if axis == "all" else [axis] if isinstance(axis, str) else axis
        return kept(torch.flip(trailing(x), [axis_of(x, name) for name in names]))

    @staticmethod
    def cumsum(judge: Judge, path: str, x: Tensor, axis: str) -> Tensor:
        return kept(trailing(x).cumsum(axis_of(x, axis)))

    @staticmethod
    def argmax(judge: Judge, path: str, x: Tensor, axis: str, keep: bool = False) -> Tensor:
        found = trailing(x).argmax(axis_of(x, axis), keepdim=keep)
        if not 2 <= found.dim() <= 4:
            raise Refused(DELIBERATE["scalar"])
        return found

    @staticmethod
    def topk(judge: Judge, path: str, x: Tensor, k: int, axis: str = "channels", largest: bool = True) -> list[Tensor]:
        if x.dim() > 4 or k < 1:
            raise Refused(DELIBERATE["zero"])
        values, places = torch.topk(trailing(x), k, axis_of(x, axis), largest)
        return [kept(values), places]

    @staticmethod
    def gather(judge: Judge, path: str, x: Tensor, places: Tensor, axis: str) -> Tensor:
        if not x.is_floating_point() or places.dtype != torch.int64 or x.dim() > 4:
            raise Refused(DELIBERATE["tokens"])
        y, along = trailing(x), axis_of(x, axis)
        judge.tokens = min(judge.tokens, y.shape[along])
        if places.dim() == 2:  # sample by sample
            return kept(torch.stack([one.index_select(along - 1, at) for one, at in zip(y, places, strict=True)]))
        others = [size for at, size in enumerate(places.shape) if at != along]
        if places.dim() == y.dim() and others != [size for at, size in enumerate(y.shape) if at != along]:
            raise Refused(DELIBERATE["chosen"])
        return kept(torch.gather(y, along, places))
