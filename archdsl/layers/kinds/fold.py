"""Sliding windows as time steps of a sequence, and back."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, attribute
from archdsl.layers.inline import inline
from archdsl.layers.output import OutputSizes
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import PerAxis
from archdsl.layers.window import Window, by_axis, check_fit, derivation, leftovers, short
from archdsl.sizes.shape import AXES, Shape, product
from archdsl.sizes.size import Size, same

_DEFAULTS = {"dilation": 1, "padding": 0, "stride": 1}


class Windowed(Layer):
    """Sliding windows over the two axes of an image."""

    kernel: tuple[int, ...] = attribute(PerAxis(axes=2), short="k", doc="size of the window", torch="kernel_size")
    stride: tuple[int, ...] = attribute(
        PerAxis(axes=2), 1, short="s", doc="stride of the window", torch="stride", named=True
    )
    pad: tuple[int, ...] = attribute(
        PerAxis(0, axes=2), 0, short="p", doc="zeros added at both ends of each axis", torch="padding", named=True
    )
    dilation: tuple[int, ...] = attribute(
        PerAxis(axes=2),
        1,
        short="d",
        doc="spacing between the elements of a window",
        torch="dilation",
        named=True,
    )

    def windows(self) -> tuple[Window, ...]:
        """The window of each axis."""
        each = zip(self.kernel, self.stride, self.pad, self.dilation, strict=True)
        return tuple(Window(kernel, stride, pad, pad, dilation) for kernel, stride, pad, dilation in each)

    def steps(self, space: tuple[Size, ...]) -> Size:
        """Positions of the windows on an image of these sizes; refuses windows that are larger than it is."""
        windows = self.windows()
        for axis, size, window in zip(AXES[3], space, windows, strict=False):
            check_fit(self.name, size, window, axis)
        return product(tuple(window.positions(size) for window, size in zip(windows, space, strict=True)))

    def arguments(self) -> dict[str, object]:
        """PyTorch's arguments."""
        return {
            "kernel_size": short(self.kernel),
            "dilation": short(self.dilation),
            "padding": short(self.pad),
            "stride": short(self.stride),
        }


class Unfold(Windowed):
    """Extract sliding windows of an image, each as one time step with its elements as channels (torch.nn.Unfold).

    The windows are listed row by row; along each axis there are floor((in + 2*pad - dilation*(kernel - 1) - 1)/stride)
    + 1 of them. The elements of a window are ordered channel by channel. It is also called im2col.
    """

    name = "UNFOLD"
    ranks = (3,)
    examples = (
        Example("32x32x3 -> UNFOLD 4x4 s4 -> 64x48", params=0, macs=0),
        Example("10x12x3 -> UNFOLD 4x5 -> 56x60"),
        Example("8x8x2 -> UNFOLD k=3 p1 d2 -> 36x18"),
        CounterExample("8x8x2 -> UNFOLD 9", "kernel-too-large"),
        CounterExample("8x8x2 -> UNFOLD 3x3x3", "rank-mismatch"),
        CounterExample("20x100 -> UNFOLD 3", "rank-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        return Shape((self.steps(x.space), x.channels * product(self.kernel)))

    def remarks(self, *inputs: Shape) -> tuple[tuple[str, str], ...]:
        return leftovers(self.name, inputs[0], self.windows())

    def derivation(self, *inputs: Shape) -> str:
        (x,) = inputs
        return f"positions, {derivation(AXES[3], x.space, self.windows())}"

    def lower(self, *inputs: Shape) -> Lowered:
        module = Module("nn.Unfold", self.arguments(), 1, _DEFAULTS)
        return Lowered(module, inline("F.unfold", module), wants="first", gives="first")


class Fold(Windowed):
    """Combine time steps as sliding windows of an image of the given size, and sum where they overlap (torch.nn.Fold).

    There must be as many steps as UNFOLD with the same values extracts from such an image, and the number of channels
    must be a multiple of the elements of a window. It is also called col2im.
    """

    name = "FOLD"
    widens = True
    ranks = (2,)
    size: tuple[Size, ...] = attribute(OutputSizes(axes=2), doc="height and width of the image", torch="output_size")
    kernel: tuple[int, ...] = attribute(PerAxis(axes=2), short="k", doc="size of the window", torch="kernel_size")
    examples = (
        Example("64x48 -> FOLD 32 4 s4 -> 32x32x3", params=0, macs=0),
        Example("56x60 -> FOLD 10x12 4x5 -> 10x12x3"),
        Example("36x18 -> FOLD size=8 k=3 p1 d2 -> 8x8x2"),
        CounterExample("64x48 -> FOLD 32 4", "shape-mismatch"),
        CounterExample("64x50 -> FOLD 32 4 s4", "not-divisible"),
        CounterExample("64x48 -> FOLD 3 4 s4", "kernel-too-large"),
        CounterExample("64x48 -> FOLD 8x8x8 4 s4", "rank-mismatch"),
        CounterExample("8x8x48 -> FOLD 32 4 s4", "rank-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        steps, window = self.steps(self.size), product(self.kernel)
        if not same(x.channels % window, 0):
            kernel = "x".join(map(str, self.kernel))
            message = f"FOLD: {x.channels} channels are not whole windows of {kernel} = {window} elements"
            raise Refusal("not-divisible", message, blame="kernel")
        if not same(x.sizes[0], steps):
            message = f"FOLD: {x} has {x.sizes[0]} steps, and the windows have {steps} positions"
            raise Refusal("shape-mismatch", message, blame=0)
        return Shape((*self.size, x.channels // window))

    def derivation(self, *inputs: Shape) -> str:
        each = [window.formula(size) for window, size in zip(self.windows(), self.size, strict=True)]
        return f"positions, {by_axis(AXES[3], each)}"

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {"output_size": short(self.size), **self.arguments()}
        module = Module("nn.Fold", arguments, 2, _DEFAULTS)
        return Lowered(module, inline("F.fold", module), wants="first", gives="first")
