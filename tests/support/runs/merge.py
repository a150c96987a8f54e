"""Merges in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from support.drawn import Refused
from support.runs import logic
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


def matmul(inputs: list[Tensor], transpose: bool = False, broadcast: bool = False) -> Tensor:
    first, second = map(trailing, two(inputs))
    if first.dim() < 3 or first.dim() != second.dim() or (not broadcast and first.shape[:-2] != second.shape[:-2]):
        raise Refused(DELIBERATE["broadcast"])
    return kept(first @ (second.transpose(-1, -2) if transpose else second))


def einsum(inputs: list[Tensor], equation: str) -> Tensor:
    """Every axis in a place of its own, products of all, and sums over what is not wanted."""
    left, _, right = equation.strip('"').partition("->")
    terms, output = [term.split() for term in left.split(",")], right.split()
    every = sorted({name for term in terms for name in term})
    odd = len(set(output)) < len(output) or not set(output) <= set(every) or len(output) > 4
    if odd or not output or len(terms) != len(inputs) or len(terms) > 2:
        raise Refused("no such text")
    sizes: dict[str, int] = {}
    found: Any = 1.0
    for term, x in zip(terms, map(trailing, inputs), strict=True):
        if len(term) != x.dim() - 1:
            raise Refused("a name for each axis")
        for name, size in zip(term, x.shape[1:], strict=True):
            if sizes.setdefault(name, size) != size:
                raise Refused(DELIBERATE["broadcast"])
        found = found * placed(x, term, every)
    gone = [1 + every.index(name) for name in every if name not in output]
    kept_names = [name for name in every if name in output]
    found = (found.sum(gone) if gone else found).permute(0, *(1 + kept_names.index(name) for name in output))
    return kept(found.contiguous())


def placed(x: Tensor, term: list[str], every: list[str]) -> Tensor:
    """A value whose axes have these names, with an axis for every name; of a name given twice the diagonal."""
    names = list(term)
    while len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        first, second = [1 + place for place, name in enumerate(names) if name == twice][:2]
        x = torch.diagonal(x, 0, first, second)
        names = [name for place, name in enumerate(names) if 1 + place not in (first, second)] + [twice]
    order = sorted(names)
    x = x.permute(0, *(1 + names.index(name) for name in order))
    return x.reshape(x.shape[0], *(x.shape[1 + order.index(name)] if name in order else 1 for name in every))


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
    "EINSUM": einsum,
    "MAX": lambda inputs: torch.stack(inputs).amax(0),
    "MIN": lambda inputs: torch.stack(inputs).amin(0),
    "MEAN": lambda inputs: torch.stack(inputs).mean(0),
    "CONCAT": concat,
    "STACK": stack,
    "SCALE": scale,
    **logic.MERGES,
}
