"""Tensors as the second translation keeps them, and what the language refuses on purpose where PyTorch runs.

Vectors are (N, C), sequences (N, T, C), images and volumes (N, C, ...).
"""

from __future__ import annotations

import math
from typing import Any

import torch.nn.functional as F
from drawn import Refused
from torch import Tensor

DELIBERATE = {
    "zero": "no size is ever zero: PyTorch runs empty tensors through many layers",
    "window": "a window larger than its padded input: PyTorch pools it all the same when it rounds up",
    "windows": "UNFOLD reads images and FOLD sequences: PyTorch takes what has three axes for an image without a batch",
    "pixels": "PIXELSHUFFLE reads images: PyTorch takes the last three axes of anything for one",
    "broadcast": "nothing is stretched unless the line says so, and never an axis that is not there",
    "gate": "SCALE takes one value per channel and stretches nothing else",
    "tokens": "whole numbers are read by EMBED, EMBEDBAG and POSITIONS alone: PyTorch adds and joins them too",
    "again": "what runs again is the same modules in the same order, on as many axes: in Python a part could change",
    "closed": "a group that runs again reads nothing from around it, and nothing reads into it: functions may close over "
    "values",
    "tie": "a weight of two layers has the sizes of both: a layer of PyTorch takes any tensor for its weight",
    "axes": "a value has at most four axes beside the batch: PyTorch stacks and normalises more",
    "scale": "the products of an ATTEND are scaled by more than 0: PyTorch's kernels differ from its formula otherwise",
    "shift": "windows are shifted by less than a window",
    "dunder": "names between two underscores are Python's, those too that PyTorch does not use",
    "scalar": "a value has an axis beside the batch: PyTorch has numbers alone",
    "cut": "a range lies on its axis: PyTorch cuts off in silence what lies beyond",
    "uneven": "CHUNK gives equal pieces, as many as it says: PyTorch gives unequal ones, or fewer",
    "range": "constants that make no sense: a momentum beyond 1, an eps below 0, a PAD that cuts off or a CROP that adds, "
    "a negative LRN, an AVGPOOL with a negative divisor, a ROTARY whose base is not above 0, an EMBED whose maxnorm or "
    "normtype is not",
    "float32": "constants that float32 does not hold: PyTorch refuses them in most kinds, and the others give 0 or infinity",
    "infinite": "inf is a fill, a bound, a threshold or the p of a norm: PyTorch takes it as a factor too, and gives no numbers",
    "last": "a norm over axes that are the last ones of no tensor: PyTorch cannot be asked for it",
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
