"""Pools and subsampling in PyTorch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from support.drawn import Refused
from support.runs.tensors import DELIBERATE, OWN, back, ends, fits, leading, same

if TYPE_CHECKING:
    from support.judge import Judge


MAXPOOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
AVGPOOL = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}
LPPOOL = {1: nn.LPPool1d, 2: nn.LPPool2d, 3: nn.LPPool3d}
UNPOOL = {1: nn.MaxUnpool1d, 2: nn.MaxUnpool2d, 3: nn.MaxUnpool3d}
ADAPTIVE = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}
ADAPTIVEMAX = {1: nn.AdaptiveMaxPool1d, 2: nn.AdaptiveMaxPool2d, 3: nn.AdaptiveMaxPool3d}


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def maxpool(judge: Judge, path: str, x: Tensor, kernel: Any, stride: Any = None, pad: Any = 0, dilation: Any = 1,
                ceil: bool = False) -> Tensor:  # fmt: skip
        y, axes = leading(x), x.dim() - 2
        slid = Slid(y, kernel, kernel if stride is None else stride, pad, dilation, ceil)
        judge.fixed(path, [slid.reads()])
        if slid.alike() and pad != "same":
            return back(MAXPOOL[axes](kernel, stride, slid.before(), dilation, ceil_mode=ceil)(y))
        made = MAXPOOL[axes](kernel, stride, dilation=dilation)(slid.padded(y, -math.inf))
        judge.fixed(path, slid.form(MAXPOOL[axes], y, made.shape, (dilation,)))
        return back(made)

    @staticmethod
    def avgpool(judge: Judge, path: str, x: Tensor, kernel: Any, stride: Any = None, pad: Any = 0, ceil: bool = False,
                countpad: Any = None, divisor: int | None = None) -> Tensor:  # fmt: skip
        y, axes = leading(x), x.dim() - 2
        slid = Slid(y, kernel, kernel if stride is None else stride, pad, 1, ceil)
        if divisor is not None and divisor < 0:
            raise Refused(DELIBERATE["divisor"])
        counts = pad != "same" if countpad is None else countpad
        override = {} if divisor is None else {"divisor_override": divisor}
        own = AVGPOOL[axes](kernel, stride, slid.before(), ceil, counts, **override)
        if slid.alike() and pad != "same":
            return back(own(y))
        pool = AVGPOOL[axes](kernel, stride)
        ones = torch.ones_like(y)
        counted = slid.beyond(F.pad(ones, slid.sides(), value=1.0)) if counts else slid.padded(ones, 0)
        total = pool(slid.padded(y, 0))
        made = total * slid.area() / divisor if divisor is not None else total / pool(counted)
        judge.fixed(path, slid.form(AVGPOOL[axes], y, made.shape, (), alike=divisor is not None or not counts))
        return back(made)

    @staticmethod
    def lppool(judge: Judge, path: str, x: Tensor, kernel: Any, stride: Any = None, pad: Any = 0, ceil: bool = False,
               norm: float = 2) -> Tensor:  # fmt: skip
        y = leading(x)
        slid = Slid(y, kernel, kernel if stride is None else stride, pad, 1, False)
        slid.check_half()
        if ceil and pad != "same" and any(slid.sides()):
            raise Refused(OWN["ceil"])
        judge.fixed(path, slid.sides())
        kernel, stride = (each[0] if isinstance(each, tuple) and len(each) == 1 else each for each in (kernel, stride))
        return back(LPPOOL[x.dim() - 2](norm, kernel, stride, ceil and pad != "same")(F.pad(y, slid.sides())))

    @staticmethod
    def subsample(judge: Judge, path: str, x: Tensor, kernel: Any, stride: Any = None, pad: Any = 0) -> Tensor:
        y = leading(x)
        slid = Slid(y, kernel, kernel if stride is None else stride, pad, 1, False)
        slid.check_half()
        judge.fixed(path, slid.sides())
        y = slid.area() * AVGPOOL[x.dim() - 2](kernel, stride)(F.pad(y, slid.sides()))
        return back(judge.module(path, PerChannel, y.shape[1])(y))

    @staticmethod
    def globalavgpool(judge: Judge, path: str, x: Tensor) -> Tensor:
        return leading(x).flatten(2).mean(-1)

    @staticmethod
    def globalmaxpool(judge: Judge, path: str, x: Tensor) -> Tensor:
        return leading(x).flatten(2).max(-1).values

    @staticmethod
    def adaptiveavgpool(judge: Judge, path: str, x: Tensor, size: Any) -> Tensor:
        return back(ADAPTIVE[x.dim() - 2](sized(size, x.dim() - 2))(leading(x)))

    @staticmethod
    def adaptivemaxpool(judge: Judge, path: str, x: Tensor, size: Any) -> Tensor:
        return back(ADAPTIVEMAX[x.dim() - 2](sized(size, x.dim() - 2))(leading(x)))

    @staticmethod
    def unpool(judge: Judge, path: str, x: Tensor, before: Tensor, kernel: Any, stride: Any = None, pad: Any = 0,
               ceil: bool = False) -> Tensor:  # fmt: skip
        y, axes = leading(before), x.dim() - 2
        fits(y, kernel, pad)
        _, places = MAXPOOL[axes](kernel, stride, pad, ceil_mode=ceil, return_indices=True)(y)
        return back(UNPOOL[axes](kernel, stride, pad)(leading(x), places, y.shape))


def sized(size: Any, axes: int) -> Any:
    """The sizes of an adaptive pool, None where `same` keeps the axis."""
    if size == "same":
        return (None,) * axes
    return tuple(None if one == "same" else one for one in size) if isinstance(size, (tuple, list)) else size


class Slid:
    """The windows of a pool, axis by axis, and the padding around what it reads; refuses what fits no window."""

    def __init__(self, y: Tensor, kernel: Any, stride: Any, pad: Any, dilation: Any, ceil: bool) -> None:
        self.space, axes = list(y.shape[2:]), y.dim() - 2
        each = [value if isinstance(value, tuple) else (value,) * axes for value in (kernel, stride, dilation)]
        if any(len(values) != axes for values in each):
            raise Refused("a number for each axis")
        self.rows = list(zip(self.space, *each, strict=True))
        self.kernel, self.stride, self.ceil = kernel, stride, ceil
        self.whole = pad == "same"
        fixed = [] if self.whole else ends(0 if pad == "valid" else pad, axes)
        self.ends = [same(*row) for row in self.rows] if self.whole else fixed
        for (size, k, _, d), (before, behind) in zip(self.rows, self.ends, strict=True):
            if min(before, behind) < 0:
                raise Refused(DELIBERATE["negative"])
            if k < 1 or d < 1:
                raise Refused("an empty window")
            if not self.whole and not self.alike() and max(before, behind) > d * (k - 1):
                raise Refused(DELIBERATE["whole"])
            if d * (k - 1) + 1 > size + before + behind:
                raise Refused(DELIBERATE["window"])

    def check_half(self) -> None:
        """PyTorch's bound of its own padding, for pools that have none."""
        if (
            not self.whole
            and self.alike()
            and any(b > k // 2 for b, (_, k, _, _) in zip(self.before(), self.rows, strict=True))
        ):
            raise Refused(DELIBERATE["whole"])

    def alike(self) -> bool:
        """Whether both ends of each axis have the same padding."""
        return all(before == behind for before, behind in self.ends)

    def before(self) -> tuple[int, ...]:
        return tuple(before for before, _ in self.ends)

    def area(self) -> int:
        return math.prod(k for _, k, _, _ in self.rows)

    def sides(self) -> list[int]:
        """As F.pad has it."""
        return [end for pair in reversed(self.ends) for end in pair]

    def reads(self) -> bool:
        """Whether each window reads an element."""
        return all(
            any(0 <= start + d * step < size for step in range(k))
            for (size, k, _, d), starts in zip(self.rows, self.starts(), strict=True)
            for start in starts
        )

    def starts(self) -> list[range]:
        """Where the windows begin; with `ceil` one more that begins in the input or before it, where some is left."""
        found = []
        for (size, k, s, d), (before, behind) in zip(self.rows, self.ends, strict=True):
            last = size + behind - d * (k - 1) - 1
            count = (last + before) // s + 1
            more = self.ceil and not self.whole and (last + before) % s > 0 and count * s - before < size
            found.append(range(-before, -before + (count + more) * s, s))
        return found

    def padded(self, y: Tensor, value: float) -> Tensor:
        """With padding around it, as far as the last windows reach."""
        return self.beyond(F.pad(y, self.sides(), value=value), value)

    def beyond(self, y: Tensor, value: float = 0) -> Tensor:
        """The padded input as far as its last windows reach."""
        more: list[int] = []
        for starts, (_, k, _, d), (before, _), size in zip(
            self.starts(), self.rows, self.ends, y.shape[2:], strict=True
        ):
            more = [0, starts[-1] + before + d * (k - 1) + 1 - size, *more]
        return F.pad(y, [max(0, each) for each in more], value=value)

    def form(self, pool: Any, y: Tensor, shape: Any, more: tuple[Any, ...], alike: bool = True) -> Any:
        """PyTorch's own padding and `ceil_mode` that give as many windows, where these read the same; or the padding."""
        for ceil in (False, True) if alike or self.alike() else ():
            try:
                if pool(self.kernel, self.stride, self.before(), *more, ceil_mode=ceil)(y).shape == shape:
                    return [self.before(), ceil]
            except (RuntimeError, ValueError):
                continue
        return self.sides()


class PerChannel(nn.Module):
    """A coefficient and a bias for each channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.rand(channels)), nn.Parameter(torch.rand(channels))

    def forward(self, x: Tensor) -> Tensor:
        stretched = (-1, *(1 for _ in x.shape[2:]))
        return x * self.weight.view(stretched) + self.bias.view(stretched)
