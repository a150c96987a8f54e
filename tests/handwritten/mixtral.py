"""Mixtral by hand, with the names of the published weights: every token goes alone through the experts that it chose."""

import importlib.util
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

_found = importlib.util.spec_from_file_location("by_hand_llama", Path(__file__).with_name("llama.py"))
llama = importlib.util.module_from_spec(_found)
_found.loader.exec_module(llama)


class Expert(nn.Module):
    def __init__(self, d, wide):
        super().__init__()
        self.w1 = nn.Linear(d, wide, bias=False)
        self.w2 = nn.Linear(wide, d, bias=False)
        self.w3 = nn.Linear(d, wide, bias=False)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class Sparse(nn.Module):
    def __init__(self, d, wide, experts, top):
        super().__init__()
        self.top = top
        self.gate = nn.Linear(d, experts, bias=False)
        self.experts = nn.ModuleList(Expert(d, wide) for _ in range(experts))

    def token(self, x):
        best, chosen = self.gate(x).topk(self.top)
        weights = best.softmax(0)
        return sum(weight * self.experts[int(one)](x) for weight, one in zip(weights, chosen, strict=True))

    def forward(self, x):
        return torch.stack([torch.stack([self.token(token) for token in text]) for text in x])


class Layer(nn.Module):
    def __init__(self, d, heads, kvheads, wide, experts, top):
        super().__init__()
        self.input_layernorm = llama.Norm(d, 1e-5)
        self.self_attn = llama.Attention(d, heads, kvheads, 1_000_000)
        self.post_attention_layernorm = llama.Norm(d, 1e-5)
        self.block_sparse_moe = Sparse(d, wide, experts, top)

    def forward(self, x):
        x = x + self.self_attn(self.input_layernorm(x))
        return x + self.block_sparse_moe(self.post_attention_layernorm(x))


class Mixtral(nn.Module):
    def __init__(self, d, L, heads, kvheads, wide, experts, top, vocab):
        super().__init__()
        self.model = nn.ModuleDict(
            {
                "embed_tokens": nn.Embedding(vocab, d),
                "layers": nn.ModuleList(Layer(d, heads, kvheads, wide, experts, top) for _ in range(L)),
                "norm": llama.Norm(d, 1e-5),
            }
        )
        self.lm_head = nn.Linear(d, vocab, bias=False)

    def forward(self, ids):
        x = self.model["embed_tokens"](ids)
        for layer in self.model["layers"]:
            x = layer(x)
        return self.lm_head(self.model["norm"](x))
