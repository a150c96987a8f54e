"""Embeddings in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from support.drawn import Refused
from support.runs.tensors import DELIBERATE, kept

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def embed(judge: Judge, path: str, x: Tensor, **values: Any) -> Tensor:
        y = looked_up(judge, path, x, nn.Embedding, **values)
        return y if y.dim() <= 3 else y.movedim(-1, 1)

    @staticmethod
    def embedbag(judge: Judge, path: str, x: Tensor, mode: str = "mean", **values: Any) -> Tensor:
        if x.dim() != 2:
            raise Refused("a bag is a sequence")
        return looked_up(judge, path, x, nn.EmbeddingBag, mode=mode, **values)

    @staticmethod
    def positions(judge: Judge, path: str, x: Tensor, start: int = 0) -> Tensor:
        if x.dim() != (2 if x.dtype == torch.int64 else 3) or start < 0 or not isinstance(start, int):
            raise Refused("the steps of a sequence, counted from 0 or more")
        return torch.stack([torch.tensor([start + step for step in range(x.shape[1])])] * len(x))

    @staticmethod
    def onehot(judge: Judge, path: str, x: Tensor, classes: int) -> Tensor:
        if classes < 1:
            raise Refused("no class")
        judge.tokens = min(judge.tokens, classes)
        return kept(torch.eye(classes)[x])


def looked_up(judge: Judge, path: str, x: Tensor, kind: Any, vocab: int, dim: int, padding: int | None = None,
              maxnorm: float | None = None, normtype: float = 2, scalegrad: bool = False, sparse: bool = False,
              **more: Any) -> Tensor:  # fmt: skip
    """The vectors of integers; the gradient must come out too."""
    if (maxnorm is not None and maxnorm <= 0) or normtype <= 0:
        raise Refused(DELIBERATE["maxnorm"])
    judge.tokens = min(judge.tokens, vocab)
    module = judge.module(path, kind, vocab, dim, padding_idx=padding, max_norm=maxnorm,
                          norm_type=normtype, scale_grad_by_freq=scalegrad, sparse=sparse, **more)  # fmt: skip
    y = module(x)
    if y.requires_grad:
        module(x).sum().backward()
    return y
