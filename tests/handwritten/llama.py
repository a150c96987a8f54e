"""Llama by hand, with the names of the published weights; the channels of a pair that turns are half a head apart."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Norm(nn.Module):
    def __init__(self, d, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d))
        self.eps = eps

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps)


def turned(x, base):
    """Each pair of channels as a complex number, multiplied by one of length 1 whose angle grows with the step."""
    steps, size = x.shape[2:]
    speeds = base ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = torch.outer(torch.arange(steps, dtype=torch.float64), speeds)
    first, second = x.double().chunk(2, 3)
    pairs = torch.complex(first, second) * torch.polar(torch.ones_like(angles), angles)
    return torch.cat((pairs.real, pairs.imag), 3).to(x.dtype)


class Attention(nn.Module):
    def __init__(self, d, heads, kvheads, base):
        super().__init__()
        self.size, self.base = d // heads, base
        self.each = heads // kvheads
        self.q_proj = nn.Linear(d, d, bias=False)
        self.k_proj = nn.Linear(d, kvheads * self.size, bias=False)
        self.v_proj = nn.Linear(d, kvheads * self.size, bias=False)
        self.o_proj = nn.Linear(d, d, bias=False)

    def forward(self, x):
        batch, steps, d = x.shape
        q, k, v = (
            part(x).view(batch, steps, -1, self.size).transpose(1, 2)
            for part in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = turned(q, self.base), turned(k, self.base)
        k, v = k.repeat_interleave(self.each, 1), v.repeat_interleave(self.each, 1)
        later = torch.ones(steps, steps, dtype=torch.bool).triu(1)
        weights = (q @ k.transpose(2, 3) / math.sqrt(self.size)).masked_fill(later, -math.inf).softmax(3)
        return self.o_proj((weights @ v).transpose(1, 2).reshape(batch, steps, d))


class Feedforward(nn.Module):
    def __init__(self, d, wide):
        super().__init__()
        self.gate_proj = nn.Linear(d, wide, bias=False)
        self.up_proj = nn.Linear(d, wide, bias=False)
        self.down_proj = nn.Linear(wide, d, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, d, heads, kvheads, wide, base, eps):
        super().__init__()
        self.input_layernorm = Norm(d, eps)
        self.self_attn = Attention(d, heads, kvheads, base)
        self.post_attention_layernorm = Norm(d, eps)
        self.mlp = Feedforward(d, wide)

    def forward(self, x):
        x = x + self.self_attn(self.input_layernorm(x))
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    def __init__(self, d, L, heads, kvheads, wide, vocab, base, eps):
        super().__init__()
        self.model = nn.ModuleDict(
            {
                "embed_tokens": nn.Embedding(vocab, d),
                "layers": nn.ModuleList(Layer(d, heads, kvheads, wide, base, eps) for _ in range(L)),
                "norm": Norm(d, eps),
            }
        )
        self.lm_head = nn.Linear(d, vocab, bias=False)

    def forward(self, ids):
        x = self.model["embed_tokens"](ids)
        for layer in self.model["layers"]:
            x = layer(x)
        return self.lm_head(self.model["norm"](x))
