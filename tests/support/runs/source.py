"""Sources in PyTorch: parameters and buffers of the module itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from support.drawn import Refused
from support.runs.tensors import DELIBERATE

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch, by the language's names; `batch` is how many samples there are."""

    @staticmethod
    def param(judge: Judge, path: str, sizes: Any, batch: bool = False, value: float | None = None,
              std: float | None = None) -> Tensor:  # fmt: skip
        if value is not None and std is not None:
            raise Refused("a value and noise")
        float(value or 0)
        start = torch.normal(0.0, float(std or 0), stored(sizes, batch))  # refuses a negative deviation
        return judge.stretched(judge.tensor(path, nn.Parameter(start)), batch)

    @staticmethod
    def const(judge: Judge, path: str, sizes: Any = None, batch: bool = False, value: float = 0, saved: bool = False,
              form: str | None = None, values: Any = None) -> Tensor:  # fmt: skip
        if (form is not None) + (values is not None) + bool(value) > 1:
            raise Refused("elements that are said twice")
        if values is not None:
            exact = torch.tensor(values, dtype=torch.float64)  # refuses lists of different lengths
            made = exact.to(judge.dtype)
            if (exact.abs() > torch.finfo(torch.float32).max).logical_and(exact.isfinite()).any():
                raise Refused(DELIBERATE["float32"])
            if made.dim() > 4:
                raise Refused(DELIBERATE["axes"])
            given = sizes if isinstance(sizes, tuple) or sizes is None else (sizes,)
            if given not in (None, tuple(made.shape)):
                raise Refused("values of another shape")
            made = (made if made.dim() < 3 else made.movedim(-1, 0)).reshape(stored(tuple(made.shape), batch))
        elif form is not None:
            made = NAMED[form](*stored(sizes, False)).to(judge.dtype)
            made = made[None] if batch else made
        else:
            made = torch.full(stored(sizes, batch), float(value), dtype=judge.dtype)
        return judge.stretched(judge.tensor(path, made) if saved else made, batch)


def positions(steps: int, channels: int) -> Tensor:
    """Sines and cosines of the positions, one by one (Vaswani et al. 2017, 3.5)."""
    waves = (math.sin, math.cos)
    return torch.tensor(
        [[waves[c % 2](t / 10000 ** ((c - c % 2) / channels)) for c in range(channels)] for t in range(steps)],
        dtype=torch.float64,
    )


NAMED = {
    "sinusoid": positions,
    "identity": lambda rows, columns: torch.eye(rows, columns),
    "arange": lambda count: torch.arange(count),
}


def stored(sizes: Any, batch: bool) -> tuple[int, ...]:
    """The sizes as they are stored: channels first from three axes on."""
    each = sizes if isinstance(sizes, tuple) else (sizes,)
    if len(each) > 4:
        raise Refused(DELIBERATE["axes"])
    if 0 in each:
        raise Refused(DELIBERATE["zero"])
    each = each if len(each) < 3 else (each[-1], *each[:-1])
    return (1, *each) if batch else each
