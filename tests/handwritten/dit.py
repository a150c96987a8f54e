"""DiT by hand, after facebookresearch/DiT, with its names; the sinusoids of the time step are given."""

import torch
from torch import nn


def modulate(x, shift, scale):
    return x * (1 + scale.unsqueeze(1)) + shift.unsqueeze(1)


class Attention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(d, 3 * d)
        self.proj = nn.Linear(d, d)

    def forward(self, x):
        n, steps, d = x.shape
        q, k, v = self.qkv(x).reshape(n, steps, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(2, 3) / (d // self.heads) ** 0.5).softmax(3)
        return self.proj((weights @ v).transpose(1, 2).reshape(n, steps, d))


class Mlp(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x):
        return self.fc2(nn.functional.gelu(self.fc1(x), approximate="tanh"))


class Layer(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(d, eps=1e-6, elementwise_affine=False)
        self.attn = Attention(d, heads)
        self.norm2 = nn.LayerNorm(d, eps=1e-6, elementwise_affine=False)
        self.mlp = Mlp(d)
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(d, 6 * d))

    def forward(self, x, c):
        shift1, scale1, gate1, shift2, scale2, gate2 = self.adaLN_modulation(c).chunk(6, 1)
        x = x + gate1.unsqueeze(1) * self.attn(modulate(self.norm1(x), shift1, scale1))
        return x + gate2.unsqueeze(1) * self.mlp(modulate(self.norm2(x), shift2, scale2))


class FinalLayer(nn.Module):
    def __init__(self, d, patch):
        super().__init__()
        self.norm_final = nn.LayerNorm(d, eps=1e-6, elementwise_affine=False)
        self.linear = nn.Linear(d, patch * patch * 8)
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(d, 2 * d))

    def forward(self, x, c):
        shift, scale = self.adaLN_modulation(c).chunk(2, 1)
        return self.linear(modulate(self.norm_final(x), shift, scale))


class DiT(nn.Module):
    def __init__(self, d, L, heads, patch, side, labels):
        super().__init__()
        self.patch, self.places = patch, side // patch
        self.x_embedder = nn.ModuleDict({"proj": nn.Conv2d(4, d, patch, stride=patch)})
        self.t_embedder = nn.ModuleDict({"mlp": nn.Sequential(nn.Linear(256, d), nn.SiLU(), nn.Linear(d, d))})
        self.y_embedder = nn.ModuleDict({"embedding_table": nn.Embedding(labels + 1, d)})
        self.pos_embed = nn.Parameter(torch.zeros(1, self.places**2, d), requires_grad=False)
        self.blocks = nn.ModuleList(Layer(d, heads) for _ in range(L))
        self.final_layer = FinalLayer(d, patch)

    def forward(self, latent, time, label):
        x = self.x_embedder["proj"](latent).flatten(2).transpose(1, 2) + self.pos_embed
        c = self.t_embedder["mlp"](time[:, 0]) + self.y_embedder["embedding_table"](label[:, 0])
        for layer in self.blocks:
            x = layer(x, c)
        x = self.final_layer(x, c)
        n, h, p = len(x), self.places, self.patch
        x = torch.einsum("nhwpqc->nchpwq", x.reshape(n, h, h, p, p, 8))
        return x.reshape(n, 8, h * p, h * p)
