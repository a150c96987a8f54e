"""Embeddings in PyTorch."""

from __future__ import annotations

import math
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
    def positions(judge: Judge, path: str, *inputs: Tensor, start: int = 0, relative: bool = False,
                  buckets: int | None = None, longest: int | None = None, onesided: bool = False) -> Tensor:  # fmt: skip
        x = inputs[0]
        image = any(one.dim() - (one.dtype != torch.int64) > 2 for one in inputs)
        if (buckets, longest, onesided) != (None, None, False) and (image or not relative):
            raise Refused("buckets of what has none")
        if relative:
            if start or type(start) is not int:
                raise Refused("a start of distances")
            found = pixels(*inputs) if image else distances(*inputs, buckets, longest, onesided)
            return torch.stack([found] * len(x))
        if (
            len(inputs) > 1
            or x.dim() != (2 if x.dtype == torch.int64 else 3)
            or start < 0
            or not isinstance(start, int)
        ):
            raise Refused("the steps of a sequence, counted from 0 or more")
        return torch.stack([torch.tensor([start + step for step in range(x.shape[1])])] * len(x))

    @staticmethod
    def onehot(judge: Judge, path: str, x: Tensor, classes: int) -> Tensor:
        if classes < 1:
            raise Refused("no class")
        judge.tokens = min(judge.tokens, classes)
        return kept(torch.eye(classes)[x])


def steps(x: Tensor) -> int:
    """How many steps a sequence has."""
    if x.dim() != (2 if x.dtype == torch.int64 else 3):
        raise Refused("the steps of a sequence")
    return x.shape[1]


def distances(*given: Any) -> Tensor:
    """T5's buckets, one by one: `_relative_position_bucket` of its authors, with memory and context as lists."""
    *inputs, buckets, longest, onesided = given
    buckets, longest = 32 if buckets is None else buckets, 128 if longest is None else longest
    count = buckets if onesided else buckets // 2
    exact = count // 2
    if len(inputs) > 2 or buckets < 4 or (buckets % 2 and not onesided) or longest <= exact:
        raise Refused("buckets that cannot be")

    def bucket(ahead: int) -> int:
        distance = max(0, -ahead) if onesided else abs(ahead)
        base = count if ahead > 0 and not onesided else 0
        if distance < exact:
            return base + distance
        grown = torch.log(torch.tensor(distance).float() / exact) / math.log(longest / exact) * (count - exact)
        return base + min(exact + int(grown), count - 1)

    return torch.tensor(
        [[bucket(key - query) for key in range(steps(inputs[-1]))] for query in range(steps(inputs[0]))]
    )


def pixels(*inputs: Tensor) -> Tensor:
    """The differences between two places of an image, numbered as Swin numbers them."""
    if len(inputs) > 1 or inputs[0].dim() != 4 or inputs[0].dtype == torch.int64:
        raise Refused("the pixels of one image")
    height, width = inputs[0].shape[2:]
    every = [(y, x) for y in range(height) for x in range(width)]
    wide = 2 * width - 1
    return torch.tensor([[(y - v + height - 1) * wide + x - u + width - 1 for v, u in every] for y, x in every])


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
