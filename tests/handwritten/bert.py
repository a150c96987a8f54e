"""BERT by hand, with the names of the published weights."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Heads(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(d, d)
        self.key = nn.Linear(d, d)
        self.value = nn.Linear(d, d)

    def forward(self, x):
        batch, steps, d = x.shape
        q, k, v = (
            part(x).view(batch, steps, self.heads, d // self.heads).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        weights = (q @ k.transpose(2, 3) / math.sqrt(d // self.heads)).softmax(3)
        return (weights @ v).transpose(1, 2).reshape(batch, steps, d)


class Output(nn.Module):
    def __init__(self, inner, d):
        super().__init__()
        self.dense = nn.Linear(inner, d)
        self.LayerNorm = nn.LayerNorm(d, eps=1e-12)

    def forward(self, found, before):
        return self.LayerNorm(self.dense(found) + before)


class Layer(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.attention = nn.ModuleDict({"self": Heads(d, heads), "output": Output(d, d)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(d, 4 * d)})
        self.output = Output(4 * d, d)

    def forward(self, x):
        x = self.attention["output"](self.attention["self"](x), x)
        return self.output(F.gelu(self.intermediate["dense"](x)), x)


class BERT(nn.Module):
    def __init__(self, d, L, heads, vocab, context):
        super().__init__()
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": nn.Embedding(vocab, d),
                "position_embeddings": nn.Embedding(context, d),
                "token_type_embeddings": nn.Embedding(2, d),
                "LayerNorm": nn.LayerNorm(d, eps=1e-12),
            }
        )
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(Layer(d, heads) for _ in range(L))})
        self.pooler = nn.ModuleDict({"dense": nn.Linear(d, d)})

    def forward(self, ids, types):
        parts = self.embeddings
        places = parts["position_embeddings"](torch.arange(ids.shape[1]))
        x = parts["LayerNorm"](parts["word_embeddings"](ids) + places + parts["token_type_embeddings"](types))
        for layer in self.encoder["layer"]:
            x = layer(x)
        return x, torch.tanh(self.pooler["dense"](x[:, 0]))
