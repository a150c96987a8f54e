"""Comparisons, truth values and noise in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from support.drawn import Refused
from support.runs.tensors import DELIBERATE

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def noise(judge: Judge, path: str, x: Tensor, training: bool = False) -> Tensor:
        return torch.zeros_like(x) if training and not judge.training else torch.randn_like(x)

    @staticmethod
    def logicalnot(judge: Judge, path: str, x: Tensor) -> Tensor:
        if x.dtype != torch.bool:
            raise Refused(DELIBERATE["tokens"])
        return torch.logical_not(x)


def alike(inputs: list[Tensor], broadcast: bool) -> list[Tensor]:
    """Equal sizes, unless they are to be stretched; equal numbers of axes in any case."""
    sizes = {tuple(x.shape) for x in inputs}
    if len(sizes) > 1 and (not broadcast or len({len(each) for each in sizes}) > 1):
        raise Refused(DELIBERATE["broadcast"])
    return inputs


def written(x: Tensor) -> Tensor:
    """Truth values of integers, which lie as they are written, as values are kept."""
    return x if x.dim() <= 3 else x.movedim(-1, 1)


def compared(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A comparison of two values, or of one and a number."""

    def run(inputs: list[Tensor], broadcast: bool = False, number: float | None = None) -> Tensor:
        if len({x.dtype for x in inputs}) > 1 or inputs[0].dtype == torch.bool:
            raise Refused(DELIBERATE["tokens"])
        if len(inputs) != (2 if number is None else 1):
            raise Refused("two inputs, or one and a number")
        second = number if number is not None else alike(inputs, broadcast)[1]
        found = function(inputs[0], second)
        return written(found) if inputs[0].dtype == torch.int64 else found

    return run


def combined(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Truth values, one after the other."""

    def run(inputs: list[Tensor], broadcast: bool = False) -> Tensor:
        if any(x.dtype != torch.bool for x in inputs):
            raise Refused(DELIBERATE["tokens"])
        found, *rest = alike(inputs, broadcast)
        for x in rest:
            found = function(found, x)
        return found

    return run


def where(
    inputs: list[Tensor], then: float | None = None, otherwise: float | None = None, broadcast: bool = False
) -> Tensor:
    condition, *values = inputs
    numbers = sum(one is not None for one in (then, otherwise))
    if condition.dtype != torch.bool or len(values) + numbers != 2:
        raise Refused("truth values, and two values or numbers")
    if len({x.dtype for x in values}) > 1 or any(x.dtype == torch.bool for x in values):
        raise Refused(DELIBERATE["choice"])
    if values and values[0].dtype == torch.int64:
        if numbers:
            raise Refused(DELIBERATE["choice"])
        condition = condition if condition.dim() <= 3 else condition.movedim(1, -1)
    alike([condition, *values], broadcast)
    first = float(then) if then is not None else values.pop(0)
    second = float(otherwise) if otherwise is not None else values.pop(0)
    return torch.where(condition, first, second)


MERGES = {
    "GREATER": compared(torch.gt),
    "GREATEREQUAL": compared(torch.ge),
    "LESS": compared(torch.lt),
    "LESSEQUAL": compared(torch.le),
    "EQUAL": compared(torch.eq),
    "NOTEQUAL": compared(torch.ne),
    "LOGICALAND": combined(torch.logical_and),
    "LOGICALOR": combined(torch.logical_or),
    "WHERE": where,
}
