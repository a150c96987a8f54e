"""GPT-2 by hand, with the names of the published weights; c_attn, c_proj and c_fc are `nn.Linear`."""

import math

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.c_attn = nn.Linear(d, 3 * d)
        self.c_proj = nn.Linear(d, d)

    def forward(self, x):
        batch, steps, d = x.shape
        q, k, v = (
            part.view(batch, steps, self.heads, d // self.heads).transpose(1, 2) for part in self.c_attn(x).split(d, 2)
        )
        scores = q @ k.transpose(2, 3) / math.sqrt(d // self.heads)
        later = torch.ones(steps, steps, dtype=torch.bool).triu(1)
        found = scores.masked_fill(later, -math.inf).softmax(3) @ v
        return self.c_proj(found.transpose(1, 2).reshape(batch, steps, d))


class Feedforward(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.c_fc = nn.Linear(d, 4 * d)
        self.c_proj = nn.Linear(4 * d, d)

    def forward(self, x):
        x = self.c_fc(x)
        x = 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
        return self.c_proj(x)


class Layer(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.ln_1 = nn.LayerNorm(d, eps=1e-5)
        self.attn = Attention(d, heads)
        self.ln_2 = nn.LayerNorm(d, eps=1e-5)
        self.mlp = Feedforward(d)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT2(nn.Module):
    def __init__(self, d, L, heads, vocab, context):
        super().__init__()
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(vocab, d),
                "wpe": nn.Embedding(context, d),
                "h": nn.ModuleList(Layer(d, heads) for _ in range(L)),
                "ln_f": nn.LayerNorm(d, eps=1e-5),
            }
        )
        self.lm_head = nn.Linear(d, vocab, bias=False)
        self.lm_head.weight = self.transformer["wte"].weight

    def forward(self, ids):
        x = self.transformer["wte"](ids) + self.transformer["wpe"](torch.arange(ids.shape[1]))
        for layer in self.transformer["h"]:
            x = layer(x)
        return self.lm_head(self.transformer["ln_f"](x))
