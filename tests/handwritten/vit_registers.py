"""DINOv2 with registers by hand, after facebookresearch/dinov2, with its names, without mask_token."""

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(d, 3 * d), nn.Linear(d, d)

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        weights = (q @ k.mT / q.shape[3] ** 0.5).softmax(3)
        return self.proj((weights @ v).transpose(1, 2).flatten(2))


class Scaled(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(d))

    def forward(self, x):
        return x * self.gamma


class Layer(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.norm1, self.attn, self.ls1 = nn.LayerNorm(d, eps=1e-6), Attention(d, heads), Scaled(d)
        self.norm2, self.ls2 = nn.LayerNorm(d, eps=1e-6), Scaled(d)
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(d, 4 * d), "fc2": nn.Linear(4 * d, d)})

    def forward(self, x):
        x = x + self.ls1(self.attn(self.norm1(x)))
        return x + self.ls2(self.mlp["fc2"](F.gelu(self.mlp["fc1"](self.norm2(x)))))


class ViTRegisters(nn.Module):
    def __init__(self, d, L, heads, registers, side):
        super().__init__()
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, d, 14, stride=14)})
        self.cls_token = nn.Parameter(torch.zeros(1, 1, d))
        self.pos_embed = nn.Parameter(torch.zeros(1, (side // 14) ** 2 + 1, d))
        self.register_tokens = nn.Parameter(torch.zeros(1, registers, d))
        self.blocks = nn.Sequential(*(Layer(d, heads) for _ in range(L)))
        self.norm = nn.LayerNorm(d, eps=1e-6)

    def forward(self, image):
        x = self.patch_embed["proj"](image).flatten(2).mT
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        x = torch.cat([x[:, :1], self.register_tokens.expand(len(x), -1, -1), x[:, 1:]], 1)
        x = self.norm(self.blocks(x))
        return x[:, 0], x
