"""The kinds of layer, one class each, a file for each family.

Floor 4: knows sizes and shapes, nothing of text and places, and never imports PyTorch.
"""

from __future__ import annotations

from archdsl.layers import (
    activation,
    attention,
    conv,
    dropout,
    embedding,
    linear,
    merge,
    norm,
    pool,
    recurrent,
    reshape,
    source,
    windowattention,
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
    module.__name__.rpartition(".")[2]
    for module in (
        conv,
        pool,
        linear,
        norm,
        activation,
        dropout,
        recurrent,
        attention,
        windowattention,
        embedding,
        source,
        reshape,
        merge,
    )
)


def lookup(word: str) -> type[Layer] | None:
    """The kind of a name in any case, or None."""
    return REGISTRY.get(word.upper())
