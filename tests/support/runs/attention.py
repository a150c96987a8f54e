"""Attention in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from support.drawn import Refused
from support.runs.tensors import DELIBERATE, OWN

if TYPE_CHECKING:
    from support.judge import Judge

INPUTS = {"ATTENTION": (1, 2, 3), "ATTEND": (1, 2, 3)}


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def attention(judge: Judge, path: str, *inputs: Tensor, heads: int, causal: bool = False, bias: bool = True,
                  dropout: float = 0, biaskv: bool = False, zerokv: bool = False, outbias: bool | None = None,
                  mask: Any = None, padding: Any = None) -> Tensor:  # fmt: skip
        inputs, hidden = masked(inputs, mask, padding, heads, causal)
        queries, keys, values = three(inputs)
        if bias and outbias is False:
            raise Refused("the last projection has a bias with the others")
        d, other = queries.shape[2], {"kdim": keys.shape[2], "vdim": values.shape[2]}
        options = {"add_bias_kv": biaskv, "add_zero_attn": zerokv, "batch_first": True}
        module = judge.module(path, nn.MultiheadAttention, d, heads, dropout, bias, **options, **other)
        nn.Dropout(dropout)  # refuses what is no probability, and the module only where it is above 1
        if outbias and not bias and module.out_proj.bias is None:
            module.out_proj.bias = nn.Parameter(torch.zeros(d))
        later = torch.ones(queries.shape[1], keys.shape[1]).triu(1).bool() if causal else None
        later = later if hidden is None else hidden.flatten(0, 1)
        return module(queries, keys, values, attn_mask=later, need_weights=hidden is None)[0]

    @staticmethod
    def attend(judge: Judge, path: str, *inputs: Tensor, heads: int = 1, kvheads: int | None = None,
               causal: bool = False, dropout: float = 0, scale: float | None = None, mask: Any = None,
               padding: Any = None) -> Tensor:  # fmt: skip
        inputs, hidden = masked(inputs, mask, padding, heads, causal)
        if scale is not None and scale <= 0:
            raise Refused(DELIBERATE["scale"])
        queries, keys, values = three(inputs)
        shared = heads if kvheads is None else kvheads
        if queries.shape[2] % heads or values.shape[2] % shared or heads % shared:
            raise Refused("heads that do not divide")
        size = queries.shape[2] // heads
        keys.reshape(*keys.shape[:2], shared, size)  # refuses a number of channels that is not that
        if len(keys) != len(queries) or keys.shape[1] != values.shape[1]:
            raise Refused("keys and values of different steps")
        nn.Dropout(dropout)  # refuses what is no probability
        query = queries.unflatten(2, (heads, -1)).transpose(1, 2)
        key, value = (
            x.unflatten(2, (shared, -1)).transpose(1, 2).repeat_interleave(heads // shared, 1) for x in (keys, values)
        )
        weights = query @ key.mT * (size**-0.5 if scale is None else scale)
        if hidden is not None:
            weights = weights + hidden
        elif causal:
            weights = weights.masked_fill(torch.ones(weights.shape[2:]).triu(1).bool(), -torch.inf)
        y = F.dropout(weights.softmax(3), dropout, judge.training) @ value
        return y.transpose(1, 2).flatten(2)

    @staticmethod
    def rotary(judge: Judge, path: str, x: Tensor, heads: int = 1, base: float = 10_000, dims: int | None = None,
               interleaved: bool = False) -> Tensor:  # fmt: skip
        if x.dim() != 3:
            raise Refused("positions are those of a sequence")
        if base <= 0:
            raise Refused(DELIBERATE["base"])
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

    @staticmethod
    def windowattention(judge: Judge, path: str, x: Tensor, heads: int, window: Any, shift: Any = 0, bias: bool = True,
                        outbias: bool = True, dropout: float = 0, outdropout: float = 0) -> Tensor:  # fmt: skip
        if x.dim() != 4:
            raise Refused("windows of an image")
        window, shift = ((each, each) if isinstance(each, int) else each for each in (window, shift))
        if len(window) != 2 or len(shift) != 2 or min(window) < 1 or min(shift) < 0:
            raise Refused("a window with two sides")
        if any(step >= size for step, size in zip(shift, window, strict=True)):
            raise Refused(OWN["shift"])
        module = judge.module(path, Windows, x.shape[1], heads, window, bias, outbias)
        module.dropped = nn.Dropout(dropout).train(judge.training), nn.Dropout(outdropout).train(judge.training)
        return module(x, shift)


class Windows(nn.Module):
    """Attention in windows, pixel by pixel: which window each one is in, and whom it sees there."""

    def __init__(self, channels: int, heads: int, window: tuple[int, int], bias: bool, outbias: bool) -> None:
        super().__init__()
        h, w = window
        self.heads, self.window = heads, window
        self.relative_position_bias_table = nn.Parameter(torch.rand((2 * h - 1) * (2 * w - 1), heads))
        self.register_buffer("relative_position_index", torch.zeros((h * w) ** 2, dtype=torch.int64))
        self.qkv = nn.Linear(channels, 3 * channels, bias)
        self.proj = nn.Linear(channels, channels, outbias)

    def forward(self, x: Tensor, shift: tuple[int, int]) -> Tensor:
        (h, w), (_, channels, height, width) = self.window, x.shape
        high, wide = -(-height // h) * h, -(-width // w) * w
        shift = (shift[0] if high > h else 0, shift[1] if wide > w else 0)
        x = F.pad(x, (0, wide - width, 0, high - height)).flatten(2).mT
        place = torch.cartesian_prod(torch.arange(high), torch.arange(wide))
        moved = (place - torch.tensor(shift)) % torch.tensor([high, wide])  # where each pixel comes to lie
        wrapped = place < torch.tensor(shift)  # carried around the edge
        window, inside = moved // torch.tensor(self.window), moved % torch.tensor(self.window)
        together = (window[:, None] == window).all(2)
        apart = (wrapped[:, None] != wrapped).any(2)
        steps = (inside[:, None] - inside + torch.tensor([h - 1, w - 1])).clamp(0)
        steps = steps.minimum(torch.tensor([2 * h - 2, 2 * w - 2]))
        bias = self.relative_position_bias_table[steps[..., 0] * (2 * w - 1) + steps[..., 1]].permute(2, 0, 1)
        query, key, value = (part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in self.qkv(x).chunk(3, 2))
        weights = query @ key.mT / (channels // self.heads) ** 0.5 + bias - 100 * apart
        pixels, count = h * w, high * wide // (h * w)  # in a window, and windows
        own = window[:, 0] * (wide // w) + window[:, 1], inside[:, 0] * w + inside[:, 1]
        mask = self.dropped[0](x.new_ones(len(x) * count, self.heads, pixels, pixels)).unflatten(0, (-1, count))
        mask = mask[:, own[0][:, None], :, own[1][:, None], own[1]].permute(2, 3, 0, 1)
        y = (weights.masked_fill(~together, -torch.inf).softmax(-1) * mask) @ value
        y = self.proj(y.transpose(1, 2).flatten(2))
        y = (
            y
            * self.dropped[1](y.new_ones(len(x) * count, pixels, channels)).unflatten(0, (-1, count))[:, own[0], own[1]]
        )
        y = y.mT.unflatten(2, (high, wide))
        return y[:, :, :height, :width]


def masked(
    inputs: tuple[Tensor, ...], mask: Any, padding: Any, heads: int, causal: bool
) -> tuple[tuple[Tensor, ...], Tensor | None]:
    """The sequences, and what is added to the products of each sample and head: -inf where a query may not look."""
    *read, last = inputs
    pads = last if padding is not None else None
    read = read if pads is not None else [*read, last]
    *rest, last = read
    mask, read = (last, rest) if mask is not None else (None, read)
    if mask is None and pads is None:
        return tuple(read), None
    queries, keys, _ = three(tuple(read))
    samples, steps, others = len(queries), queries.shape[1], keys.shape[1]
    hidden = queries.new_zeros(samples, heads, steps, others)
    if mask is not None:
        if mask.dtype == torch.int64 or tuple(mask.shape) not in ((samples, steps, others), (*hidden.shape,)):
            raise Refused("a mask of other sizes")
        each = mask if mask.dim() == 4 else mask[:, None].expand_as(hidden)
        hidden = torch.where(each, hidden, -torch.inf) if each.dtype == torch.bool else each
    if pads is not None:
        if pads.dtype != torch.bool or tuple(pads.shape) != (samples, others):
            raise Refused("a padding of other sizes")
        hidden = torch.where(pads[:, None, None], hidden, -torch.inf)
    if causal:
        hidden = hidden + queries.new_full((steps, others), -torch.inf).triu(1)
    return tuple(read), hidden


def three(inputs: tuple[Tensor, ...]) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values."""
    if any(x.dim() != 3 for x in inputs):
        raise Refused("sequences")
    return inputs[0], inputs[min(1, len(inputs) - 1)], inputs[-1]
