"""Sources in PyTorch: parameters and buffers of the module itself."""

from __future__ import annotations

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
    def const(
        judge: Judge, path: str, sizes: Any, batch: bool = False, value: float = 0, saved: bool = False
    ) -> Tensor:
        made = torch.full(stored(sizes, batch), float(value), dtype=judge.dtype)
        return judge.stretched(judge.tensor(path, made) if saved else made, batch)


def stored(sizes: Any, batch: bool) -> tuple[int, ...]:
    """The sizes as they are stored: channels first from three axes on."""
    each = sizes if isinstance(sizes, tuple) else (sizes,)
    if len(each) > 4:
        raise Refused(DELIBERATE["axes"])
    if 0 in each:
        raise Refused(DELIBERATE["zero"])
    each = each if len(each) < 3 else (each[-1], *each[:-1])
    return (1, *each) if batch else each
