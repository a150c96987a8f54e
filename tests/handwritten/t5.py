"""T5 by hand, with the names of the published weights; each distance goes to a bucket by the words of the paper."""

import math

import torch
from torch import nn


def bucket(distance, later):
    """Which of 32 numbers a key has that lies `distance` steps after the query; with `later` half are for those after it."""
    first, count = 0, 32
    if later:
        count = 16
        first = 16 if distance > 0 else 0
        distance = abs(distance)
    else:
        distance = max(-distance, 0)
    half = count // 2
    if distance < half:
        return first + distance
    far = half + int(math.log(distance / half) / math.log(128 / half) * (count - half) + 1e-9)
    return first + min(far, count - 1)


class Norm(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d))

    def forward(self, x):
        return self.weight * x / (x.square().mean(-1, keepdim=True) + 1e-6).sqrt()


class Heads(nn.Module):
    def __init__(self, d, heads, size, table=False):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v = (nn.Linear(d, heads * size, bias=False) for _ in range(3))
        self.o = nn.Linear(heads * size, d, bias=False)
        if table:
            self.relative_attention_bias = nn.Embedding(32, heads)

    def forward(self, x, memory, bias):
        q, k, v = (
            y.unflatten(2, (self.heads, -1)).transpose(1, 2) for y in (self.q(x), self.k(memory), self.v(memory))
        )
        return self.o((((q @ k.mT) + bias).softmax(3) @ v).transpose(1, 2).flatten(2))


class Sublayer(nn.Module):
    def __init__(self, d, **parts):
        super().__init__()
        self.layer_norm = Norm(d)
        for name, part in parts.items():
            self.add_module(name, part)


class Layer(nn.Module):
    def __init__(self, d, heads, size, wide, first, cross):
        super().__init__()
        feed = nn.ModuleDict({"wi": nn.Linear(d, wide, bias=False), "wo": nn.Linear(wide, d, bias=False)})
        layers = [Sublayer(d, SelfAttention=Heads(d, heads, size, first))]
        layers += [Sublayer(d, EncDecAttention=Heads(d, heads, size))] if cross else []
        self.layer = nn.ModuleList([*layers, Sublayer(d, DenseReluDense=feed)])

    def forward(self, x, bias, memory=None):
        y = self.layer[0].layer_norm(x)
        x = x + self.layer[0].SelfAttention(y, y, bias)
        if memory is not None:
            x = x + self.layer[1].EncDecAttention(self.layer[1].layer_norm(x), memory, 0)
        last = self.layer[-1]
        return x + last.DenseReluDense["wo"](last.DenseReluDense["wi"](last.layer_norm(x)).relu())


class Stack(nn.Module):
    def __init__(self, d, L, heads, size, wide, cross):
        super().__init__()
        self.block = nn.ModuleList(Layer(d, heads, size, wide, i == 0, cross) for i in range(L))
        self.final_layer_norm = Norm(d)

    def forward(self, x, memory=None):
        n, causal = x.shape[1], memory is not None
        numbers = torch.tensor([[bucket(key - query, not causal) for key in range(n)] for query in range(n)])
        bias = self.block[0].layer[0].SelfAttention.relative_attention_bias(numbers).permute(2, 0, 1)
        if causal:
            bias = bias.masked_fill(torch.ones(n, n).triu(1).bool(), -torch.inf)
        for layer in self.block:
            x = layer(x, bias, memory)
        return self.final_layer_norm(x)


class T5(nn.Module):
    def __init__(self, d, L, heads, size, wide, vocab):
        super().__init__()
        self.shared = nn.Embedding(vocab, d)
        self.encoder = Stack(d, L, heads, size, wide, False)
        self.decoder = Stack(d, L, heads, size, wide, True)
        self.lm_head = nn.Linear(d, vocab, bias=False)
        self.lm_head.weight = self.shared.weight

    def forward(self, source, target):
        x = self.decoder(self.shared(target), self.encoder(self.shared(source)))
        return self.lm_head(x * x.shape[2] ** -0.5)
