"""Embeddings in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

if TYPE_CHECKING:
    from judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def embed(judge: Judge, path: str, x: Tensor, vocab: int, dim: int) -> Tensor:
        judge.tokens = min(judge.tokens, vocab)
        y = judge.module(path, nn.Embedding, vocab, dim)(x)
        return y if y.dim() <= 3 else y.movedim(-1, 1)
