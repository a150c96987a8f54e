"""Layers of neurons: each output sums up what it reads, times weights, and may add a bias of its own."""

from __future__ import annotations

from archdsl.layers.base import Layer
from archdsl.layers.worked import Factor, Worked
from archdsl.sizes.shape import Shape


class Neurons(Layer):
    """What convolutions and fully connected layers share: every output is a unit, with a connection for each product.

    A bias is one connection more for each unit, also where units share it.
    """

    bias: bool | str

    def connections(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        macs = self.macs(inputs, output)
        return macs + Worked((Factor(output.sizes, "biases"),)) if self.bias else macs

    def units(self, output: Shape) -> Worked:
        return Worked((Factor(output.sizes),))
