"""CLIP by hand, after openai/CLIP, with its names; `end` is given, and each image meets its own text."""

import torch
from torch import nn


class Mlp(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.c_fc = nn.Linear(d, 4 * d)
        self.c_proj = nn.Linear(4 * d, d)

    def forward(self, x):
        x = self.c_fc(x)
        return self.c_proj(x * torch.sigmoid(1.702 * x))


class Layer(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.ln_1 = nn.LayerNorm(d)
        self.attn = nn.MultiheadAttention(d, d // 64, batch_first=True)
        self.ln_2 = nn.LayerNorm(d)
        self.mlp = Mlp(d)

    def forward(self, x, mask=None):
        y = self.ln_1(x)
        x = x + self.attn(y, y, y, attn_mask=mask, need_weights=False)[0]
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, d, L):
        super().__init__()
        self.resblocks = nn.ModuleList(Layer(d) for _ in range(L))

    def forward(self, x, mask=None):
        for layer in self.resblocks:
            x = layer(x, mask)
        return x


class Visual(nn.Module):
    def __init__(self, patch, d, L, space, side):
        super().__init__()
        self.conv1 = nn.Conv2d(3, d, patch, stride=patch, bias=False)
        self.class_embedding = nn.Parameter(torch.zeros(d))
        self.positional_embedding = nn.Parameter(torch.zeros((side // patch) ** 2 + 1, d))
        self.ln_pre = nn.LayerNorm(d)
        self.transformer = Transformer(d, L)
        self.ln_post = nn.LayerNorm(d)
        self.proj = nn.Parameter(torch.zeros(d, space))

    def forward(self, x):
        x = self.conv1(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_embedding.expand(len(x), 1, -1), x], 1) + self.positional_embedding
        x = self.transformer(self.ln_pre(x))
        return self.ln_post(x[:, 0]) @ self.proj


class CLIP(nn.Module):
    def __init__(self, patch, d, L, text_d, text_L, vocab, context, space, side):
        super().__init__()
        self.visual = Visual(patch, d, L, space, side)
        self.token_embedding = nn.Embedding(vocab, text_d)
        self.positional_embedding = nn.Parameter(torch.zeros(context, text_d))
        self.transformer = Transformer(text_d, text_L)
        self.ln_final = nn.LayerNorm(text_d)
        self.text_projection = nn.Parameter(torch.zeros(text_d, space))
        self.logit_scale = nn.Parameter(torch.zeros(1))

    def forward(self, image, text, end):
        later = torch.ones(text.shape[1], text.shape[1], dtype=torch.bool).triu(1)
        x = self.transformer(self.token_embedding(text) + self.positional_embedding, later)
        texts = self.ln_final(x)[torch.arange(len(x)), end[:, 0]] @ self.text_projection
        images = self.visual(image)
        images = images / images.norm(dim=1, keepdim=True)
        texts = texts / texts.norm(dim=1, keepdim=True)
        logits = (self.logit_scale.exp() * images @ texts.T).diagonal()
        return logits[:, None, None], images[:, None], texts[:, None]
