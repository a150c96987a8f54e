"""Mamba by hand, with the names of the published weights: the recurrence step by step, as in the paper's Algorithm 2."""

import torch
import torch.nn.functional as F
from torch import nn


class Norm(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d))

    def forward(self, x):
        return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * self.weight


class Mixer(nn.Module):
    def __init__(self, d, states):
        super().__init__()
        self.sizes = [-(-d // 16), states, states]
        self.in_proj = nn.Linear(d, 4 * d, bias=False)
        self.conv1d = nn.Conv1d(2 * d, 2 * d, 4, groups=2 * d, padding=3)
        self.x_proj = nn.Linear(2 * d, sum(self.sizes), bias=False)
        self.dt_proj = nn.Linear(self.sizes[0], 2 * d)
        self.A_log = nn.Parameter(torch.zeros(2 * d, states))
        self.D = nn.Parameter(torch.ones(2 * d))
        self.out_proj = nn.Linear(2 * d, d, bias=False)

    def forward(self, x):
        x, z = self.in_proj(x).chunk(2, 2)
        x = F.silu(self.conv1d(x.mT)[:, :, :-3].mT)
        rate, b, c = self.x_proj(x).split(self.sizes, 2)
        rate = F.softplus(self.dt_proj(rate))
        state, found = 0, []
        for t in range(x.shape[1]):
            fade = torch.exp(rate[:, t, :, None] * -self.A_log.exp())
            state = fade * state + (rate[:, t] * x[:, t])[:, :, None] * b[:, t, None, :]
            found.append((state * c[:, t, None, :]).sum(2))
        return self.out_proj((torch.stack(found, 1) + self.D * x) * F.silu(z))


class Layer(nn.Module):
    def __init__(self, d, states):
        super().__init__()
        self.norm = Norm(d)
        self.mixer = Mixer(d, states)

    def forward(self, x):
        return x + self.mixer(self.norm(x))


class Mamba(nn.Module):
    def __init__(self, d, L, states, vocab):
        super().__init__()
        layers = nn.Sequential(*(Layer(d, states) for _ in range(L)))
        parts = {"embeddings": nn.Embedding(vocab, d), "layers": layers, "norm_f": Norm(d)}
        self.backbone = nn.ModuleDict(parts)
        self.lm_head = nn.Linear(d, vocab, bias=False)
        self.lm_head.weight = self.backbone["embeddings"].weight

    def forward(self, ids):
        x = self.backbone["layers"](self.backbone["embeddings"](ids))
        return self.lm_head(self.backbone["norm_f"](x))
