"""The kinds of layer, one class each, a file for each family.

Floor 4: knows sizes and shapes, nothing of text and places, and never imports PyTorch.
"""

from __future__ import annotations

from archdsl.layers.base import Attribute, CounterExample, Example, Layer, Lowered, Module, Tensor
from archdsl.layers.families import FAMILIES
from archdsl.layers.refusal import Refusal
from archdsl.layers.registry import REGISTRY

__all__ = [
    "FAMILIES",
    "REGISTRY",
    "Attribute",
    "CounterExample",
    "Example",
    "Layer",
    "Lowered",
    "Module",
    "Refusal",
    "Tensor",
    "lookup",
]


def lookup(word: str) -> type[Layer] | None:
    """The kind of a name in any case, or None."""
    return REGISTRY.get(word.upper())
