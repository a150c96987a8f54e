"""Merges in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from support.drawn import Refused
from support.runs.tensors import AXES, DELIBERATE, kept, trailing


def equal(inputs: list[Tensor], broadcast: bool = False) -> list[Tensor]:
    """Refuse what PyTorch would stretch unasked; equal numbers of axes in any case."""
    sizes = {x.shape for x in inputs}
    if len(sizes) > 1 and (not broadcast or len({len(each) for each in sizes}) > 1):
        raise Refused(DELIBERATE["broadcast"])
    return inputs


def add(inputs: list[Tensor], broadcast: bool = False, number: float | None = None) -> Tensor:
    if number is not None:
        return one(inputs) + number
    return sum(equal(inputs, broadcast)[1:], inputs[0])


def mul(inputs: list[Tensor], broadcast: bool = False, number: float | None = None) -> Tensor:
    if number is not None:
        return one(inputs) * number
    found = equal(inputs, broadcast)[0]
    for x in inputs[1:]:
        found = found * x
    return found


def one(inputs: list[Tensor]) -> Tensor:
    """The input beside a number."""
    if len(inputs) != 1:
        raise Refused("one input is read")
    return inputs[0]


def apart(inputs: list[Tensor]) -> Tensor:
    first, second = equal(inputs)
    return torch.maximum(first, second) - torch.minimum(first, second)


def two(inputs: list[Tensor]) -> list[Tensor]:
    """Refuse more or fewer inputs than two."""
    if len(inputs) != 2:
        raise Refused("two inputs are read")
    return inputs


def of_two(function: Callable[[Any, Any], Tensor]) -> Callable[..., Tensor]:
    """Arithmetic of a first and a second value."""

    def run(inputs: list[Tensor], broadcast: bool = False, number: float | None = None) -> Tensor:
        if number is not None:
            return function(one(inputs), number)
        return function(*equal(two(inputs), broadcast))

    return run


def matmul(inputs: list[Tensor], transpose: bool = False) -> Tensor:
    first, second = map(trailing, two(inputs))
    if first.dim() < 3 or first.shape[:-2] != second.shape[:-2]:
        raise Refused(DELIBERATE["broadcast"])
    return kept(first @ (second.transpose(-1, -2) if transpose else second))


def concat(inputs: list[Tensor], axis: str = "channels") -> Tensor:
    position = AXES[inputs[0].dim() - 2].index(axis)
    return kept(torch.cat([trailing(x) for x in inputs], 1 + position))


def stack(inputs: list[Tensor]) -> Tensor:
    return kept(torch.stack([trailing(x) for x in inputs], 1)) if len(inputs) > 1 else inputs[0]


def scale(inputs: list[Tensor]) -> Tensor:
    x, gate = inputs
    wanted = trailing(x)
    if tuple(trailing(gate).shape[1:]) not in (
        (wanted.shape[-1],),
        (*(1 for _ in wanted.shape[1:-1]), wanted.shape[-1]),
    ):
        raise Refused(DELIBERATE["gate"])
    return kept(wanted * gate.reshape(len(gate), *(1 for _ in wanted.shape[1:-1]), wanted.shape[-1]))


MERGES = {
    "ADD": add,
    "MUL": mul,
    "ABSDIFF": apart,
    "SUB": of_two(torch.sub),
    "DIV": of_two(torch.div),
    "POW": of_two(torch.pow),
    "MATMUL": matmul,
    "MAX": lambda inputs: torch.stack(inputs).amax(0),
    "MIN": lambda inputs: torch.stack(inputs).amin(0),
    "MEAN": lambda inputs: torch.stack(inputs).mean(0),
    "CONCAT": concat,
    "STACK": stack,
    "SCALE": scale,
}
