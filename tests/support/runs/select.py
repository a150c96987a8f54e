"""Layers that take out, part, move and sum up in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from support.drawn import Refused
from support.runs.tensors import AXES, DELIBERATE, kept, trailing

if TYPE_CHECKING:
    from support.judge import Judge


def axis_of(x: Tensor, word: str) -> int:
    """The dimension of an axis where the channels come last."""
    return 1 + AXES[x.dim() - 2].index(word)


def whole(y: Tensor) -> Tensor:
    """A result as values are kept; one without an axis beside the batch is refused."""
    if y.dim() < 2:
        raise Refused(DELIBERATE["scalar"])
    return kept(y)


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def slice(judge: Judge, path: str, x: Tensor, **spans: Any) -> Tensor:
        if not spans:
            raise Refused("SLICE without an axis")
        y = trailing(x)
        index: list[Any] = [slice(None)] * y.dim()
        for word, span in spans.items():
            size = y.shape[axis_of(x, word)]
            if isinstance(span, str):
                span = [int(part) if part else None for part in span.strip('"').split(":")]
            if not isinstance(span, int):
                start, stop = span[0] or 0, size if span[1] is None else span[1]
                if not -size <= start <= size or not -size <= stop <= size:
                    raise Refused(DELIBERATE["cut"])
                span = slice(*span)
            index[axis_of(x, word)] = span
        return whole(y[tuple(index)])

    @staticmethod
    def split(judge: Judge, path: str, x: Tensor, sizes: Any, axis: str = "channels") -> list[Tensor]:
        sizes = list(sizes) if isinstance(sizes, tuple) else sizes
        return [kept(part) for part in torch.split(trailing(x), sizes, axis_of(x, axis))]

    @staticmethod
    def chunk(judge: Judge, path: str, x: Tensor, chunks: int, axis: str = "channels") -> list[Tensor]:
        parts = torch.chunk(trailing(x), chunks, axis_of(x, axis))
        if len(parts) != chunks or len({part.shape for part in parts}) > 1:
            raise Refused(DELIBERATE["uneven"])
        return [kept(part) for part in parts]

    @staticmethod
    def shift(judge: Judge, path: str, x: Tensor, by: Any = None, channels: int | None = None) -> Tensor:
        if by is None and channels is None:
            raise Refused("SHIFT without a number")
        axes = x.dim() - 2
        if by is not None and axes == 0:
            raise Refused("a vector has no axis beside the channels")
        each = tuple(by) if isinstance(by, (tuple, list)) else (by or 0,) * axes
        y = trailing(x)
        return kept(torch.roll(y, (*each, channels or 0), tuple(range(1, y.dim()))))

    @staticmethod
    def reduce(judge: Judge, path: str, x: Tensor, how: str, axis: Any, keep: bool = False) -> Tensor:
        functions = {"mean": torch.mean, "max": torch.amax, "min": torch.amin, "sum": torch.sum}
        names = AXES[x.dim() - 2] if axis == "all" else [axis] if isinstance(axis, str) else axis
        return whole(functions[how](trailing(x), [axis_of(x, name) for name in names], keepdim=keep))
