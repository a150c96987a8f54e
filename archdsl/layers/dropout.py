"""Dropout."""

from __future__ import annotations

from archdsl.ir.shape import Shape
from archdsl.layers.base import Example, Layer, Lowered, Module, Wrong, attribute
from archdsl.layers.values import Number


class Dropout(Layer):
    """In training, set each element to zero with probability `p` and divide the others by 1 - p (torch.nn.Dropout)."""

    name = "DROPOUT"
    p: float = attribute(Number(0, 1), 0.5, doc="probability of zero", torch="p")
    examples = (
        Example("4096 -> DROPOUT 0.5 -> 4096", params=0, macs=0),
        Example("6x6x256 -> DROPOUT p=0.2 -> 6x6x256"),
        Wrong("4096 -> DROPOUT 1.5", "out-of-range"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(Module("nn.Dropout", {"p": self.p}), f"F.dropout({{0}}, {self.p!r}, self.training)")
