"""Tensors as the second translation keeps them, and what the language refuses on purpose where PyTorch runs.

Vectors are (N, C), sequences (N, T, C), images and volumes (N, C, ...).
"""

from __future__ import annotations

import math
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from support.drawn import Refused

DELIBERATE = {  # the rows of the list of differences in docs/language.md
    "zero": "a size of 0, given or derived: tensors without elements run through many layers",
    "axes": "a value of more than four axes beside the batch: any number of axes, in norms, stacks and activations",
    "scalar": "a value of no axis beside the batch, a scalar: one number for each sample",
    "broadcast": "shapes that differ, unless the line says `broadcast`, and another number of axes always: broadcast silently if possible",
    "gate": "a gate of SCALE that is not one value per channel: any gate that can be broadcast",
    "window": "a window larger than its padded input, with `ceil` too: a pool with `ceil_mode` reads a part of a window",
    "whole": "unequal padding of a pool that is not less than its window, and equal padding beyond half of it, PyTorch's limit: `F.pad` accepts any",
    "negative": "negative padding of PAD or of unequal sides, and a CROP that adds: `F.pad` also crops",
    "eps": "an `eps` below 0, of INSTANCENORM, GN, LN and RMSNORM: any number",
    "momentum": "a `momentum` below 0 or above 1: any number",
    "lrn": "`alpha` or `k` of LRN below 0: any number",
    "divisor": "a `divisor` of AVGPOOL below 1: any integer but 0",
    "clamp": "a `max` of CLAMP below its `min`: all elements become `max`",
    "celu": "an `alpha` of CELU nearer to 0 than 2.94e-39: rejected down to 5.6e-309, and treated as 0 below",
    "maxnorm": "`maxnorm` or `normtype` of EMBED and EMBEDBAG that are not above 0: any number",
    "base": "a `base` of ROTARY that is not above 0: any number, as a formula",
    "scale": "a `scale` of ATTEND that is not above 0: any number, with results that depend on the kernel",
    "float32": "a value that float32 cannot hold, such as 1e300: refused in most layers; the others compute with infinity or 0",
    "infinite": "`inf` as a factor, a rate or an eps, and NaN as any value: accepted, mostly with NaN as the result",
    "truth": "1 for `yes`, 0 for `no`, and `yes` for 1: anything is true or false, and True is 1",
    "tokens": "integers and truth values as input of anything but the kinds that say so, masks apart: added, concatenated and reshaped like floats",
    "windows": "UNFOLD of anything but an image, and FOLD of anything but a sequence: three axes are an image without a batch",
    "pixels": "PIXELSHUFFLE and PIXELUNSHUFFLE of anything but an image: the last three axes of anything",
    "cut": "a range of SLICE that goes beyond its axis: clipped silently",
    "chosen": "indices of GATHER with other sizes on the other axes: a part of each axis is read",
    "choice": "WHERE of features and integers, or of integers and a number: both become features",
    "uneven": "CHUNK into pieces that are not equal: unequal pieces, or fewer",
    "again": "SHARE on an input that would need other weights, or on another number of axes: a module is any code, and may adapt to its input",
    "closed": "SHARE of a group that reads names outside of it, or from which layers are read: a function may use any variable",
    "tie": "`weight=` of other sizes: the weight of a layer may be any tensor",
    "dunder": "a label between two underscores, as `__a__`: a name that may be special in Python",
}
OWN = {  # rules of layers that PyTorch does not have
    "last": "a norm over axes that are the last ones of no tensor",
    "ceil": "LPPOOL has padding or `ceil`, not both",
    "shift": "windows are shifted by less than a window",
    "table": "a connection table lists each map once, a row an output, and goes with neither groups, mode nor position",
}
AXES = (
    ("channels",),
    ("steps", "channels"),
    ("height", "width", "channels"),
    ("frames", "height", "width", "channels"),
)


def leading(x: Tensor) -> Tensor:
    """Channels first."""
    return x.transpose(1, 2) if x.dim() == 3 else x


def trailing(x: Tensor) -> Tensor:
    """Channels last."""
    return x if x.dim() <= 3 else x.movedim(1, -1)


def back(x: Tensor) -> Tensor:
    """From channels first to how values are kept here."""
    return leading(x)  # the same turn


def fits(x: Tensor, kernel: Any, pad: Any = 0, dilation: Any = 1) -> None:
    """Refuse a window larger than its padded input."""
    space = x.shape[2:]
    each = [value if isinstance(value, tuple) else (value,) * len(space) for value in (kernel, pad, dilation)]
    for size, k, p, d in zip(space, *each, strict=True):
        if d * (k - 1) + 1 > size + 2 * p:
            raise Refused(DELIBERATE["window"])


def reads(x: Tensor, kernel: Any, stride: Any, pad: Any, dilation: Any) -> list[list[bool]]:
    """For each axis and each window whether it reads an element; `pad` is a number, one for each axis, or `same`."""
    space = x.shape[2:]
    each = [value if isinstance(value, (tuple, str)) else (value,) * len(space) for value in (kernel, stride, dilation)]
    pads = [pad] * len(space) if isinstance(pad, (int, str)) else pad
    found = []
    for size, p, k, s, d in zip(space, pads, *each, strict=True):
        before, after = same(size, k, s, d) if p == "same" else (p, p)
        starts = range(-before, size + after - d * (k - 1), s)
        found.append([any(0 <= start + d * step < size for step in range(k)) for start in starts])
    return found


def ends(pad: Any, axes: int) -> list[tuple[int, int]]:
    """The elements before and behind each axis; `pad` is a number, or for each axis one or a list of two."""
    each = pad if isinstance(pad, tuple) else (pad,) * axes
    if len(each) != axes or any(isinstance(one, list) and len(one) != 2 for one in each):
        raise Refused("a number, or two, for each axis")
    return [tuple(one) if isinstance(one, list) else (one, one) for one in each]


def padded(x: Tensor, sides: list[tuple[int, int]], mode: str) -> Tensor:
    """With elements before and behind each axis."""
    return F.pad(x, [end for pair in reversed(sides) for end in pair], mode="constant" if mode == "zeros" else mode)


def same(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """The padding before and after an axis that keeps its size, divided by the step and rounded up."""
    total = max(0, (math.ceil(size / stride) - 1) * stride + dilation * (kernel - 1) + 1 - size)
    return total // 2, total - total // 2


def kept(x: Tensor) -> Tensor:
    """From channels last to how values are kept here."""
    return x if x.dim() <= 3 else x.movedim(-1, 1)


def strided_same(x: Tensor, kernel: Any, stride: Any, dilation: Any, mode: str) -> Tensor:
    """Pad so that the step divides the size, rounded up; PyTorch has `same` for a step of 1 only."""
    space = x.shape[2:]
    each = [value if isinstance(value, tuple) else (value,) * len(space) for value in (kernel, stride, dilation)]
    pads: list[int] = []
    for size, k, s, d in zip(space, *each, strict=True):
        pads = [*same(size, k, s, d), *pads]
    return F.pad(x, pads, mode="constant" if mode == "zeros" else mode)


def made_of(make: Any, **names: str) -> Any:
    """A kind that is one module of PyTorch on the values as they are kept: our names of its arguments, and PyTorch's."""

    def run(judge: Any, path: str, x: Tensor, **values: Any) -> Tensor:
        return make(**{names[name]: value for name, value in values.items()}).train(judge.training)(x)

    return staticmethod(run)
