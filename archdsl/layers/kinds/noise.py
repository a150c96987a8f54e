"""Noise: tensors that are drawn at random."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, attribute
from archdsl.layers.values import Switch
from archdsl.sizes.shape import Shape


class Noise(Layer):
    """Gaussian noise: a standard normal tensor of the shape of its input (torch.randn_like).

    Of its input only the shape is used. A variational autoencoder samples with it (Kingma and Welling 2014):
    `NOISE <- deviation; MUL <- _, deviation; ADD <- _, mean`. With `training` it is zero in evaluation; without, it is
    drawn in both modes.
    """

    name = "NOISE"
    training: bool = attribute(Switch(), False, doc="only in training, and zero in evaluation", named=True)
    examples = (
        Example("20 -> NOISE -> 20", params=0, macs=0),
        Example("28x28x4 -> NOISE training -> 28x28x4"),
        CounterExample("37 int -> NOISE", "dtype-mismatch"),
        CounterExample("20 -> NOISE 0.5", "too-many-values"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        if self.training:
            return Lowered(call="(torch.randn_like({0}) if self.training else torch.zeros_like({0}))")
        return Lowered(call="torch.randn_like({0})")
