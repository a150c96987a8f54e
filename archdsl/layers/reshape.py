"""Layers that move or add elements without computing."""

from __future__ import annotations

from archdsl.ir.shape import Shape
from archdsl.ir.size import Size
from archdsl.layers.base import Example, Layer, Lowered, Module, Refusal, Wrong, attribute, inline
from archdsl.layers.values import PerAxis, Switch, Whole


class Identity(Layer):
    """The input as it is: the shortcut of a residual block."""

    name = "ID"
    examples = (
        Example("56x56x64 -> ID -> 56x56x64", params=0, macs=0),
        Wrong("56x56x64 -> ID 1", "too-many-values"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(Module("nn.Identity", {}), "{0}")


class Flatten(Layer):
    """All elements as one vector: channels first, then the axes as written, as PyTorch does after convolutions."""

    name = "FLATTEN"
    last: bool = attribute(Switch(), False, doc="count the channels last, as the shape is written", named=True)
    examples = (
        Example("6x6x256 -> FLATTEN -> 9216", params=0, macs=0),
        Example("6x6x256 -> FLATTEN last -> 9216"),
        Example("84 -> FLATTEN -> 84"),
        Wrong("37 int -> FLATTEN", "dtype-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        return Shape((inputs[0].elements,))

    def lower(self, *inputs: Shape) -> Lowered:
        place = "flat" if inputs[0].rank == 1 else "last" if self.last else "first"
        return Lowered(Module("nn.Flatten", {}), "torch.flatten({0}, 1)", wants=place, gives="flat")


class Pad(Layer):
    """Add zeros: `PAD 2` at both ends of every axis beside the channels, `PAD channels=16` behind the last channel.

    A shortcut that pads its channels is option A of He et al. 2015, section 4.2.
    """

    name = "PAD"
    space: tuple[int, ...] | None = attribute(
        PerAxis(0), None, doc="zeros at both ends of each axis beside the channels"
    )
    channels: Size | None = attribute(Whole(0), None, doc="channels of zeros at the end", named=True)
    examples = (
        Example("28x28x1 -> PAD 2 -> 32x32x1", params=0, macs=0),
        Example("28x28x1 -> PAD 2x1 -> 32x30x1"),
        Example("16x16x16 -> PAD channels=16 -> 16x16x32"),
        Example("8x16 -> PAD space=1 channels=4 -> 10x20"),
        Wrong("28x28x1 -> PAD", "missing-value"),
        Wrong("84 -> PAD 2", "rank-mismatch"),
        Wrong("28x28x1 -> PAD (-2)", "out-of-range"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if self.space is None and self.channels is None:
            raise Refusal("missing-value", "PAD needs a number of zeros for the axes, or channels=", hint=self.usage())
        space = tuple(size + 2 * pad for size, pad in zip(x.space, self._ends(x), strict=True))
        return Shape((*space, x.channels + (0 if self.channels is None else self.channels)))

    def _ends(self, x: Shape) -> tuple[int, ...]:
        return (0,) * len(x.space) if self.space is None else self.space

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        pads: tuple[Size, ...] = tuple(end for pad in reversed(self._ends(x)) for end in (pad, pad))
        if self.channels is not None and self.channels != 0:
            pads = (*pads, 0, self.channels)
        place = "flat" if x.rank == 1 else "first"
        alike = len(pads) == 2 * len(x.space) and len(set(pads)) == 1
        module = Module(f"nn.ZeroPad{max(1, len(pads) // 2)}d", {"padding": pads[0] if alike else pads or (0, 0)})
        call = inline("F.pad", Module("", {"pad": pads})) if any(pads) else "{0}"
        return Lowered(module if len(pads) <= 6 else None, call, wants=place, gives=place)
