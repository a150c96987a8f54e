"""Transposed convolutions."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Lowered, Module, Tensor, attribute
from archdsl.layers.convolution import check_groups
from archdsl.layers.incoming import check_incoming, compared_incoming, incoming
from archdsl.layers.neurons import Neurons
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Divisor, PerAxis, Switch, Whole
from archdsl.layers.window import by_axis, short
from archdsl.layers.worked import Factor, Worked
from archdsl.sizes.shape import AXES, Shape
from archdsl.sizes.size import Size
from archdsl.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from archdsl.layers.field import AxisField


class TransposedConv(Neurons):
    """Transposed convolution, or deconvolution (torch.nn.ConvTranspose2d; Zeiler et al. 2010).

    Each input element is multiplied with a learned window, and overlapping windows are summed. Output size of an axis:
    (in - 1)*stride - 2*pad + dilation*(kernel - 1) + outpad + 1.
    """

    name = "UPCONV"
    widens = True
    fresh = True
    ranks = (2, 3, 4)
    out: Size = attribute(Whole(), doc="output channels", torch="out_channels")
    kernel: tuple[int, ...] = attribute(PerAxis(), short="k", doc="size of the window", torch="kernel_size")
    stride: tuple[int, ...] = attribute(
        PerAxis(), 1, short="s", doc="stride: distance between two windows in the output", torch="stride", named=True
    )
    pad: tuple[int, ...] = attribute(
        PerAxis(0),
        0,
        short="p",
        doc="elements removed at both ends of each axis of the output",
        torch="padding",
        named=True,
    )
    outpad: tuple[int, ...] = attribute(
        PerAxis(0),
        0,
        doc="additional elements at the end of each axis, fewer than its stride or its dilation",
        torch="output_padding",
        named=True,
    )
    dilation: tuple[int, ...] = attribute(
        PerAxis(), 1, short="d", doc="spacing between the elements of a window", torch="dilation", named=True
    )
    groups: Size = attribute(
        Divisor(), 1, short="g", doc="groups of channels without connections between them", torch="groups", named=True
    )
    bias: bool = attribute(Switch(), True, doc="a learned bias per output channel", torch="bias", named=True)
    in_: Size | None = incoming()
    examples = (
        Example("28x28x1024 -> UPCONV 512 2x2 s2 -> 56x56x512", params=2_097_664, macs=1_644_167_168),
        Example("8x8x16 -> UPCONV 8 3x3 s2 p1 outpad=1 nobias -> 16x16x8", params=1_152, macs=73_728),
        Example("1x1x100 -> UPCONV 64 k=4 -> 4x4x64", params=102_464),
        Example("10x12 -> UPCONV 6 3 d2 g3 -> 14x6", params=78, macs=720),
        Example("4x6x6x4 -> UPCONV 2 2x3x3 stride=1x2x2 p0x1x1 -> 5x11x11x2", params=146),
        CounterExample("8x8x16 -> UPCONV 8 3x3 s2 outpad=2", "out-of-range"),
        CounterExample("2x2x16 -> UPCONV 8 3x3 p2", "pad-too-large"),
        CounterExample("8x8x16 -> UPCONV 8 3x3 g3", "not-divisible"),
        Example("8x8x16 -> UPCONV 8 2x2 s2 in=16 -> 16x16x8", params=520),
        CounterExample("8x8x16 -> UPCONV 8 2x2 s2 in=8", "shape-mismatch"),
        CounterExample("84 -> UPCONV 8 3", "rank-mismatch"),
    )

    def compared(self, *inputs: Shape) -> tuple[tuple[Size, ...], ...]:
        return compared_incoming(self, inputs[0])

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        check_incoming(self, x)
        check_groups(self.name, x.channels, self.out, self.groups)
        space = tuple(self._reached(size, place) for place, size in enumerate(x.space))
        for place, size in enumerate(space):
            self._check_outpad(place)
            if size < 1:
                message = f"UPCONV: padding of {self.pad[place]} cuts off all of the {AXES[x.rank][place]}"
                raise Refusal("pad-too-large", message, blame="pad", tries=({"pad": 0},))
        return Shape((*space, self.out))

    def _reached(self, size: Size, place: int) -> Size:
        """The size of an axis of the output."""
        extent = self.dilation[place] * (self.kernel[place] - 1) + 1
        return (size - 1) * self.stride[place] - 2 * self.pad[place] + extent + self.outpad[place]

    def fields(self, place: int, inputs: tuple[Shape, ...], output: Shape) -> tuple[AxisField, ...]:
        """An output reads the elements in whose windows it is: these begin at `element*stride - pad`."""
        from fractions import Fraction

        from archdsl.layers.field import Field

        each = zip(self.kernel, self.stride, self.pad, self.dilation, strict=True)
        return tuple(
            Field(Fraction(1, stride), Fraction(pad - dilation * (kernel - 1), stride), Fraction(pad, stride))
            for kernel, stride, pad, dilation in each
        )

    def _check_outpad(self, place: int) -> None:
        outpad, stride, dilation = self.outpad[place], self.stride[place], self.dilation[place]
        if outpad >= max(stride, dilation):
            message = f"UPCONV: outpad of {outpad} must be less than the stride {stride} or the dilation {dilation}"
            raise Refusal("out-of-range", message, blame="outpad", tries=({"outpad": max(stride, dilation) - 1},))

    def derivation(self, *inputs: Shape) -> str:
        (x,) = inputs
        each = []
        for place, size in enumerate(x.space):
            pads = f" - {2 * self.pad[place]}" if self.pad[place] else ""
            more = f" + {self.outpad[place]}" if self.outpad[place] else ""
            window = f"{self.dilation[place]}*({self.kernel[place]} - 1) + 1"
            text = f"({size} - 1)*{self.stride[place]}{pads} + {window}{more} = {self._reached(size, place)}"
            each.append(text)
        return by_axis(AXES[x.rank], each)

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        weight = self._weight(inputs[0])
        return (weight, Tensor("bias", (self.out,), "bias")) if self.bias else (weight,)

    def _weight(self, x: Shape) -> Tensor:
        return Tensor("weight", (x.channels, self.out // self.groups, *self.kernel))

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        return Worked((Factor(inputs[0].space, "positions of the input"), self._weight(inputs[0]).factor))

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {
            "in_channels": inputs[0].channels,
            "out_channels": self.out,
            "kernel_size": short(self.kernel),
            "stride": short(self.stride),
            "padding": short(self.pad),
            "output_padding": short(self.outpad),
            "groups": self.groups,
            "bias": self.bias,
            "dilation": short(self.dilation),
        }
        defaults = {"stride": 1, "padding": 0, "output_padding": 0, "groups": 1, "bias": True, "dilation": 1}
        module = Module(f"nn.ConvTranspose{len(self.kernel)}d", arguments, 3, defaults)
        return Lowered(module, wants="first", gives="first")
