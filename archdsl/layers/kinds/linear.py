"""Fully connected layers, and LeNet-5's output layer."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, Tensor, attribute
from archdsl.layers.incoming import check_incoming, compared_incoming, incoming
from archdsl.layers.neurons import Neurons
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.linear import RBF
from archdsl.layers.values import Reference, Switch, Whole
from archdsl.layers.worked import Factor, Worked
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, same


class FullyConnected(Neurons):
    """Fully connected layer on the flattened input (torch.nn.Flatten and torch.nn.Linear).

    The input is flattened as PyTorch does it: channels first, then the axes as written.
    """

    name = "FC"
    fresh = True
    out: Size = attribute(Whole(), doc="outputs", torch="out_features")
    bias: bool = attribute(Switch(), True, doc="a learned bias per output", torch="bias", named=True)
    weight: str | None = attribute(Reference(), None, doc="a layer above whose weight is shared", named=True)
    in_: Size | None = incoming(flat=True)
    examples = (
        Example("6x6x256 -> FC 4096 -> 4096", params=37_752_832, macs=37_748_736),
        Example("84 -> FC out=10 nobias -> 10", params=840, macs=840),
        Example("6x6x16 -> FC 10 in=576 -> 10", params=5_770),
        Example("4x3 -> FC 2 -> 2", params=26, macs=24),
        Example("84 -> a: FC 84; FC 84 nobias weight=a -> 84", params=7_140, macs=14_112),
        CounterExample("84 -> FC", "missing-value"),
        CounterExample("84 -> FC 0", "out-of-range"),
        CounterExample("6x6x16 -> FC 10 in=16", "shape-mismatch"),
        CounterExample("37 int -> FC 10", "dtype-mismatch"),
        CounterExample("84 -> a: FC 10; FC 84 weight=a", "unfit-weights"),
    )

    def compared(self, *inputs: Shape) -> tuple[tuple[Size, ...], ...]:
        return compared_incoming(self, inputs[0])

    def shape(self, *inputs: Shape) -> Shape:
        check_incoming(self, inputs[0])
        return Shape((self.out,))

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return _linear_tensors(self.out, inputs[0].elements, self.bias)

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        return Worked((_weight(self.out, inputs[0].elements).factor,))

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(_linear(inputs[0].elements, self.out, self.bias), wants="flat", gives="flat")


class Linear(Neurons):
    """Linear layer on the channels, the same at every position (torch.nn.Linear)."""

    name = "LINEAR"
    fresh = True
    out: Size = attribute(Whole(), doc="output channels", torch="out_features")
    bias: bool = attribute(Switch(), True, doc="a learned bias per output channel", torch="bias", named=True)
    weight: str | None = attribute(Reference(), None, doc="a layer above whose weight is shared", named=True)
    in_: Size | None = incoming()
    examples = (
        Example("196x768 -> LINEAR 3072 -> 196x3072", params=2_362_368, macs=462_422_016),
        Example("7x7x8 -> LINEAR out=16 nobias -> 7x7x16", params=128, macs=6_272),
        Example("84 -> LINEAR 10 -> 10", params=850, macs=840),
        Example("7x7x8 -> LINEAR 10 in=8 -> 7x7x10", params=90),
        Example("37 int -> embed: EMBED 1000 64; LINEAR 1000 weight=embed -> 37x1000", params=65_000, macs=2_368_000),
        CounterExample("196x768 -> LINEAR 1.5", "wrong-type"),
        CounterExample("196x768 -> LINEAR 10 in=196", "shape-mismatch"),
        CounterExample("84 -> LINEAR", "missing-value"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def compared(self, *inputs: Shape) -> tuple[tuple[Size, ...], ...]:
        return compared_incoming(self, inputs[0])

    def shape(self, *inputs: Shape) -> Shape:
        check_incoming(self, inputs[0])
        return Shape((*inputs[0].space, self.out))

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return _linear_tensors(self.out, inputs[0].channels, self.bias)

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        return Worked((Factor(output.space, "positions"), _weight(self.out, inputs[0].channels).factor))

    def lower(self, *inputs: Shape) -> Lowered:
        place = "flat" if inputs[0].rank == 1 else "last"
        return Lowered(_linear(inputs[0].channels, self.out, self.bias), wants=place, gives=place)


class Bilinear(Neurons):
    """Bilinear layer on the channels of two inputs, at every position (torch.nn.Bilinear).

    y_k = sum over i and j of first_i * weight_kij * second_j, plus a bias: `BILINEAR 64 <- a, b`. PyTorch's
    FlopCounterMode counts nothing for it; here its macs are out * first * second for each position.
    """

    name = "BILINEAR"
    fresh = True
    inputs = (2, 2)
    out: Size = attribute(Whole(), doc="output channels", torch="out_features")
    bias: bool = attribute(Switch(), True, doc="a learned bias per output channel", torch="bias", named=True)
    examples = (
        Example("20, 30 -> BILINEAR 40 -> 40", params=24_040, macs=24_000),
        Example("37x100, 37x50 -> BILINEAR out=10 nobias -> 37x10", params=50_000, macs=1_850_000),
        Example("7x5x8, 7x5x4 -> BILINEAR 6 -> 7x5x6", params=198, macs=6_720),
        CounterExample("37x100, 36x100 -> BILINEAR 10", "shape-mismatch"),
        CounterExample("37x100, 100 -> BILINEAR 10", "shape-mismatch"),
        CounterExample("100 -> BILINEAR 10", "wrong-inputs"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def shape(self, *inputs: Shape) -> Shape:
        first, second = inputs
        alike = first.rank == second.rank and all(map(same, first.space, second.space))
        if not alike:
            message = f"BILINEAR needs equal sizes on all axes but the channels: {first} and {second}"
            raise Refusal("shape-mismatch", message, blame=1)
        return Shape((*first.space, self.out))

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        weight = self._weight(inputs)
        return (weight, Tensor("bias", (self.out,), "bias")) if self.bias else (weight,)

    def _weight(self, inputs: tuple[Shape, ...]) -> Tensor:
        return Tensor("weight", (self.out, inputs[0].channels, inputs[1].channels))

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        return Worked((Factor(output.space, "positions"), self._weight(inputs).factor))

    def lower(self, *inputs: Shape) -> Lowered:
        first, second = inputs
        arguments = {
            "in1_features": first.channels,
            "in2_features": second.channels,
            "out_features": self.out,
            "bias": self.bias,
        }
        place = "flat" if first.rank == 1 else "last"
        return Lowered(Module("nn.Bilinear", arguments, 3, {"bias": True}), wants=place, gives=place)


class RadialBasis(Layer):
    """Radial basis function output of LeNet-5: squared distances to `out` fixed prototypes (LeCun et al. 1998, II.B).

    The prototypes of +1 and -1 are a buffer, with the same signs in every run until others are loaded.
    """

    name = "RBF"
    out: Size = attribute(Whole(), doc="number of prototypes, one per class")
    examples = (
        Example("84 -> RBF 10 -> 10", params=0, macs=0),
        Example("7x12 -> RBF out=10 -> 10", params=0, macs=0),
        CounterExample("84 -> RBF", "missing-value"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        return Shape((self.out,))

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return (Tensor("prototypes", (self.out, inputs[0].elements), "buffer"),)

    def connections(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        return Worked((self.tensors(*inputs)[0].factor,))

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {"in_features": inputs[0].elements, "out_features": self.out}
        return Lowered(Module("RBF", arguments, 2, support=RBF), wants="flat", gives="flat")


def _linear_tensors(out: Size, features: Size, bias: bool) -> tuple[Tensor, ...]:
    weight = _weight(out, features)
    return (weight, Tensor("bias", (out,), "bias")) if bias else (weight,)


def _weight(out: Size, features: Size) -> Tensor:
    return Tensor("weight", (out, features))


def _linear(features: Size, out: Size, bias: bool) -> Module:
    return Module("nn.Linear", {"in_features": features, "out_features": out, "bias": bias}, 2, {"bias": True})
