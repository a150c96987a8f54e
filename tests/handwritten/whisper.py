"""Whisper by hand, after openai/whisper, with its names."""

import torch
import torch.nn.functional as F
from torch import nn


class Heads(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(d, d)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d)
        self.out = nn.Linear(d, d)

    def forward(self, x, memory, causal=False):
        q, k, v = self.query(x), self.key(memory), self.value(memory)
        q, k, v = (y.unflatten(2, (self.heads, -1)).transpose(1, 2) for y in (q, k, v))
        scores = q @ k.mT / q.shape[3] ** 0.5
        if causal:
            scores = scores.masked_fill(torch.ones_like(scores[0, 0]).triu(1).bool(), -torch.inf)
        return self.out((scores.softmax(3) @ v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, d, heads, cross):
        super().__init__()
        self.attn, self.attn_ln = Heads(d, heads), nn.LayerNorm(d)
        if cross:
            self.cross_attn, self.cross_attn_ln = Heads(d, heads), nn.LayerNorm(d)
        self.mlp, self.mlp_ln = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d)), nn.LayerNorm(d)

    def forward(self, x, memory=None):
        y = self.attn_ln(x)
        x = x + self.attn(y, y, causal=memory is not None)
        if memory is not None:
            x = x + self.cross_attn(self.cross_attn_ln(x), memory)
        return x + self.mlp(self.mlp_ln(x))


class Encoder(nn.Module):
    def __init__(self, bands, d, L, heads):
        super().__init__()
        self.conv1 = nn.Conv1d(bands, d, 3, padding=1)
        self.conv2 = nn.Conv1d(d, d, 3, stride=2, padding=1)
        self.register_buffer("positional_embedding", torch.zeros(1500, d))
        self.blocks = nn.Sequential(*(Block(d, heads, False) for _ in range(L)))
        self.ln_post = nn.LayerNorm(d)

    def forward(self, mel):
        x = F.gelu(self.conv2(F.gelu(self.conv1(mel.mT)))).mT
        return self.ln_post(self.blocks(x + self.positional_embedding))


class Decoder(nn.Module):
    def __init__(self, vocab, d, L, heads):
        super().__init__()
        self.token_embedding = nn.Embedding(vocab, d)
        self.positional_embedding = nn.Parameter(torch.zeros(448, d))
        self.blocks = nn.ModuleList(Block(d, heads, True) for _ in range(L))
        self.ln = nn.LayerNorm(d)

    def forward(self, words, memory):
        x = self.token_embedding(words) + self.positional_embedding[: words.shape[1]]
        for block in self.blocks:
            x = block(x, memory)
        return self.ln(x)


class Whisper(nn.Module):
    def __init__(self, d, L, heads, vocab, bands):
        super().__init__()
        self.encoder = Encoder(bands, d, L, heads)
        self.decoder = Decoder(vocab, d, L, heads)
        self.head = nn.Linear(d, vocab, bias=False)
        self.head.weight = self.decoder.token_embedding.weight

    def forward(self, mel, words):
        return self.head(self.decoder(words, self.encoder(mel)))
