"""The kinds of layer, one class each, a file for each family.

Floor 4: knows sizes and shapes, nothing of text and places, and never imports PyTorch.
"""

from __future__ import annotations

from archdsl.layers import (
    activation,
    conv,
    dropout,
    embedding,
    gate,
    layernorm,
    linear,
    merge,
    norm,
    pool,
    rectifier,
    reshape,
    softmax,
)
from archdsl.layers.base import REGISTRY, Attribute, Example, Layer, Lowered, Module, Refusal, Tensor, Wrong

__all__ = [
    "FAMILIES",
    "REGISTRY",
    "Attribute",
    "Example",
    "Layer",
    "Lowered",
    "Module",
    "Refusal",
    "Tensor",
    "Wrong",
    "lookup",
]

FAMILIES = tuple(
    family.__name__.rpartition(".")[2]
    for family in (
        conv,
        pool,
        linear,
        norm,
        layernorm,
        rectifier,
        activation,
        softmax,
        gate,
        dropout,
        embedding,
        reshape,
        merge,
    )
)


def lookup(word: str) -> type[Layer] | None:
    """The kind of a name in any case, or None."""
    return REGISTRY.get(word.upper())
