"""Layers that give the same elements other axes in PyTorch, element by element or with einops' own steps."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import torch.nn.functional as F
from torch import Tensor

from support.drawn import Refused
from support.runs.tensors import AXES, DELIBERATE, kept, leading, trailing

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def reshape(judge: Judge, path: str, x: Tensor, sizes: Any, last: bool = False) -> Tensor:
        sizes = list(sizes) if isinstance(sizes, (list, tuple)) else [sizes]
        if min(sizes) < -1:
            raise Refused("a size below -1")
        if last or len(sizes) == 1:
            y = (trailing(x) if last else leading(x)).flatten(1).reshape(len(x), *sizes)
            return kept(y)
        y = leading(x).flatten(1).reshape(len(x), sizes[-1], *sizes[:-1])
        return leading(y)

    @staticmethod
    def permute(judge: Judge, path: str, x: Tensor, order: str) -> Tensor:
        axes = AXES[x.dim() - 2]
        return kept(trailing(x).permute(0, *(1 + axes.index(word) for word in order.strip('"').split())))

    @staticmethod
    def rearrange(judge: Judge, path: str, x: Tensor, pattern: str, **sizes: int) -> Tensor:
        y = trailing(x)
        before, after = (parsed(side) for side in pattern.strip('"').split("->"))
        names = [name for axis in before for name in axis]
        if len(before) != y.dim() - 1 or set(sizes) - set(names) or len(set(names)) != len(names):
            raise Refused("a text that does not fit what is read")
        parts = []
        for axis, size in zip(before, y.shape[1:], strict=True):
            unknown = [name for name in axis if name not in sizes]
            if len(unknown) > 1:
                raise Refused("parts of unknown sizes")
            parts += [sizes.get(name, -1) for name in axis]
            if -1 not in [sizes.get(name, -1) for name in axis] and math.prod(sizes[n] for n in axis) != size:
                raise Refused("parts that do not make their axis")
            if unknown:
                known = math.prod(sizes[name] for name in axis if name in sizes)
                if size % known:
                    raise Refused("parts that do not divide their axis")
                parts[parts.index(-1)] = size // known
        if min(parts, default=1) < 1:
            raise Refused(DELIBERATE["zero"])
        y = y.reshape(len(y), *parts)
        moved = [name for axis in after for name in axis]
        if sorted(moved) != sorted(names):
            raise Refused("parts that differ on both sides")
        lengths = dict(zip(names, parts, strict=True))
        y = y.permute(0, *(1 + names.index(name) for name in moved))
        return kept(y.reshape(len(y), *(math.prod(lengths[name] for name in axis) for axis in after)))

    @staticmethod
    def patches(judge: Judge, path: str, x: Tensor, size: Any, last: bool = False) -> Tensor:
        y, axes = leading(x), x.dim() - 2
        each = size if isinstance(size, tuple) else (size,) * axes
        if len(each) != axes or axes == 0 or min(each) < 1:
            raise Refused("a size for each axis beside the channels")
        if any(length % patch for length, patch in zip(y.shape[2:], each, strict=True)):
            raise Refused("PATCHES leaves nothing over")
        if axes == 2 and not last:
            return F.unfold(y, each, stride=each).transpose(1, 2)
        for place, patch in enumerate(each):
            y = y.unfold(2 + place, patch, patch)
        steps, inner = range(2, 2 + axes), range(2 + axes, 2 + 2 * axes)
        y = y.permute(0, *steps, *((*inner, 1) if last else (1, *inner)))
        return y.flatten(1, axes).flatten(2)


def parsed(side: str) -> list[list[str]]:
    """The parts of each axis of one side; 1 has none."""
    if side.count("(") != side.count(")") or re.search(r"[^a-z1() ]", side):
        raise Refused("a text that einops would not read")
    words = re.findall(r"\(([^()]*)\)|([a-z1])", side)
    return [[name for name in (group or single).split() if name != "1"] for group, single in words]
