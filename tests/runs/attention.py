"""Attention in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from drawn import Refused
from torch import Tensor, nn

from runs.tensors import DELIBERATE

if TYPE_CHECKING:
    from judge import Judge

INPUTS = {"ATTENTION": (1, 2, 3), "ATTEND": (1, 2, 3)}


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def attention(judge: Judge, path: str, *inputs: Tensor, heads: int, causal: bool = False, bias: bool = True,
                  dropout: float = 0, biaskv: bool = False, zerokv: bool = False) -> Tensor:  # fmt: skip
        queries, keys, values = three(inputs)
        d, other = queries.shape[2], {"kdim": keys.shape[2], "vdim": values.shape[2]}
        options = {"add_bias_kv": biaskv, "add_zero_attn": zerokv, "batch_first": True}
        module = judge.module(path, nn.MultiheadAttention, d, heads, dropout, bias, **options, **other)
        later = torch.ones(queries.shape[1], keys.shape[1]).triu(1).bool() if causal else None
        return module(queries, keys, values, attn_mask=later)[0]

    @staticmethod
    def attend(judge: Judge, path: str, *inputs: Tensor, heads: int = 1, kvheads: int | None = None,
               causal: bool = False, dropout: float = 0, scale: float | None = None) -> Tensor:  # fmt: skip
        queries, keys, values = three(inputs)
        shared = heads if kvheads is None else kvheads
        if queries.shape[2] % heads or values.shape[2] % shared or heads % shared:
            raise Refused("heads that do not divide")
        size = queries.shape[2] // heads
        keys = keys.reshape(*keys.shape[:2], shared, size)  # refuses a number of channels that is not that
        if len(keys) != len(queries) or keys.shape[1] != values.shape[1]:
            raise Refused("keys and values of different steps")
        nn.Dropout(dropout)  # refuses what is no probability
        found = []
        for head, query in enumerate(queries.split(size, 2)):
            serves = head * shared // heads
            weights = query @ keys[:, :, serves].mT * (size**-0.5 if scale is None else scale)
            if causal:
                weights = weights.masked_fill(torch.ones(weights.shape[1:]).triu(1).bool(), -torch.inf)
            found.append(weights.softmax(2) @ values.chunk(shared, 2)[serves])
        return torch.cat(found, 2)

    @staticmethod
    def rotary(judge: Judge, path: str, x: Tensor, heads: int = 1, base: float = 10_000, dims: int | None = None,
               interleaved: bool = False) -> Tensor:  # fmt: skip
        if x.dim() != 3:
            raise Refused("positions are those of a sequence")
        if base <= 0:
            raise Refused(DELIBERATE["range"])
        each = x.unflatten(2, (heads, -1)).double()
        dims = each.shape[3] if dims is None else dims
        if dims <= 0 or dims % 2 or dims > each.shape[3]:
            raise Refused("pairs of channels of a head")
        rates = torch.tensor([base ** (-2 * i / dims) for i in range(dims // 2)], dtype=torch.float64)
        angles = torch.arange(x.shape[1])[:, None] * rates
        turn = torch.polar(torch.ones_like(angles), angles)[:, None]
        first, rest = each[..., :dims], each[..., dims:]
        pairs = first.unflatten(3, (-1, 2)) if interleaved else first.unflatten(3, (2, -1)).mT
        turned = torch.view_as_real(torch.view_as_complex(pairs.contiguous()) * turn)
        turned = turned if interleaved else turned.mT
        return torch.cat([turned.flatten(3), rest], 3).flatten(2).to(x.dtype)


def three(inputs: tuple[Tensor, ...]) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values."""
    if any(x.dim() != 3 for x in inputs):
        raise Refused("sequences")
    return inputs[0], inputs[min(1, len(inputs) - 1)], inputs[-1]
