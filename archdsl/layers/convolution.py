"""What all convolutions share: their windows, what these cost, and their form in PyTorch."""

from __future__ import annotations

from archdsl.layers.base import Lowered, Module, Tensor, attribute, is_open
from archdsl.layers.groups import divisors
from archdsl.layers.neurons import Neurons
from archdsl.layers.refusal import Refusal
from archdsl.layers.sides import Padding
from archdsl.layers.support import of_axes
from archdsl.layers.support.conv import ASYMMETRIC_CONV, PADDED_CONV
from archdsl.layers.values import PerAxis, Word
from archdsl.layers.window import Window, check_filling, check_fit, derivation, ever, leftovers, same_padding, short
from archdsl.layers.worked import Factor, Worked
from archdsl.sizes.shape import AXES, Shape
from archdsl.sizes.size import Size, same
from archdsl.typed import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdsl.layers.field import AxisField

_DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "padding_mode": "zeros"}


class Convolution(Neurons):
    """Learned windows that slide over one, two or three axes; the input decides how many."""

    fresh = True
    ranks = (2, 3, 4)
    kernel: tuple[int, ...]
    mode: str
    stride: tuple[int, ...] = attribute(PerAxis(), 1, short="s", doc="stride of the window", torch="stride", named=True)
    pad: tuple[tuple[int, int], ...] | str = attribute(
        Padding(), 0, short="p", doc="elements added at both ends of each axis", torch="padding", named=True
    )
    dilation: tuple[int, ...] = attribute(
        PerAxis(), 1, short="d", doc="spacing between the elements of a window", torch="dilation", named=True
    )

    # ---- rules

    def maps(self, x: Shape) -> Size:
        """Output channels."""
        raise NotImplementedError

    def parts(self, x: Shape) -> Size:
        """Groups of channels that do not see each other."""
        raise NotImplementedError

    def windows(self, x: Shape) -> tuple[Window, ...]:
        """The window of each axis, its padding resolved."""
        pads = self._pads(x)
        each = zip(self.kernel, self.stride, pads, self.dilation, strict=True)
        return tuple(
            Window(kernel, stride, before, after, dilation) for kernel, stride, (before, after), dilation in each
        )

    def _pads(self, x: Shape) -> tuple[tuple[Size, Size], ...]:
        if isinstance(self.pad, str):
            each = zip(x.space, self.kernel, self.stride, self.dilation, strict=True)
            return tuple(same_padding(*axis) for axis in each)
        return self.pad

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        for place, (size, window) in enumerate(zip(x.space, self.windows(x), strict=True)):
            axis = AXES[x.rank][place]
            check_fit(self.name, size, window, axis)
            check_filling(self.name, self.mode, size, (window.before, window.after), axis, "pad")
        return Shape((*self.positions(x), self.maps(x)))

    def positions(self, x: Shape) -> tuple[Size, ...]:
        """Positions of the window on each axis; with `same`, the size divided by the stride, rounded up."""
        if self.pad == "same":
            return tuple((size + stride - 1) // stride for size, stride in zip(x.space, self.stride, strict=True))
        return tuple(window.positions(size) for window, size in zip(self.windows(x), x.space, strict=True))

    def fields(self, place: int, inputs: tuple[Shape, ...], output: Shape) -> tuple[AxisField, ...]:
        windows = self.windows(inputs[0])
        return (None,) * len(windows) if self.mode == "circular" else tuple(window.field for window in windows)

    def remarks(self, *inputs: Shape) -> tuple[tuple[str, str], ...]:
        (x,) = inputs
        return leftovers(self.name, x, self.windows(x))

    def derivation(self, *inputs: Shape) -> str:
        (x,) = inputs
        return derivation(AXES[x.rank], x.space, self.windows(x))

    # ---- tensors and costs

    def weight(self, x: Shape) -> Tensor:
        """The weights, of which every position uses each once."""
        return Tensor("weight", (self.maps(x), x.channels // self.parts(x), *self.kernel))

    def biases(self, x: Shape) -> tuple[Size, ...]:
        """The sizes of the biases, where there are any."""
        return (self.maps(x),)

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        (x,) = inputs
        weight = self.weight(x)
        return (weight, Tensor("bias", self.biases(x), "bias")) if self.bias else (weight,)

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        return Worked((Factor(output.space, "positions"), self.weight(inputs[0]).factor))

    # ---- PyTorch

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        arguments = self.arguments(x)
        padding = arguments["padding"]
        if is_open(padding):
            plain = {**arguments, "padding": 0, "padding_mode": "zeros"}
            return self.padded_before(Module(f"nn.Conv{len(self.kernel)}d", plain, 3, _DEFAULTS), padding)
        if uneven(padding, len(self.kernel)):
            module = self.supported("AsymmetricConv", ASYMMETRIC_CONV, arguments)
        elif self._unread(x.space[-1]):
            sides = tuple(end for pair in reversed(self._pads(x)) for end in pair)
            module = self.supported("PaddedConv", PADDED_CONV, {**arguments, "padding": sides})
        else:
            module = Module(f"nn.Conv{len(self.kernel)}d", arguments, 3, _DEFAULTS)
        return Lowered(module, wants="first", gives="first")

    def _unread(self, size: Size) -> bool:
        """Whether no window reads an element along the last axis: PyTorch 2.13 ends the process on some of these.

        Found by trying: oneDNN's convolutions of tensors that have the channels last in memory, with a stride and a
        dilation on this axis. Zeros that are put around the input first are elements as others are.
        """
        kernel, stride, dilation, pad = self.kernel[-1], self.stride[-1], self.dilation[-1], self.pad
        if self.mode != "zeros" or stride == 1 or dilation == 1:
            return False

        def unread(number: int) -> bool:
            ends = same_padding(number, kernel, stride, dilation) if isinstance(pad, str) else pad[-1]
            return Window(kernel, stride, *ends, dilation).unread(number)

        return ever(size, max(stride, dilation), unread)

    def arguments(self, x: Shape) -> dict[str, Any]:
        """PyTorch's arguments."""
        return {
            "in_channels": x.channels,
            "out_channels": self.maps(x),
            "kernel_size": short(self.kernel),
            "stride": short(self.stride),
            "padding": self._padding(x),
            "dilation": short(self.dilation),
            "groups": self.parts(x),
            "bias": self.bias,
            "padding_mode": self.mode,
        }

    def padded_before(self, module: Module, padding: object) -> Lowered:
        """A module without padding, and before it F.pad, whose numbers depend on a symbolic size."""
        mode = "" if self.mode == "zeros" else f', mode="{self.mode}"'
        use = f"(F.pad({{0}}, {{padding}}{mode}))"
        return Lowered(module, wants="first", gives="first", use=use, sizes={"padding": padding})

    def supported(self, name: str, source: str, arguments: dict[str, Any]) -> Module:
        dimensions = str(len(self.kernel))
        return Module(f"{name}{dimensions}d", arguments, 3, _DEFAULTS, of_axes(source, int(dimensions)))

    def _padding(self, x: Shape) -> object:
        """PyTorch's padding: `same` at stride 1, numbers where both ends are alike, else pairs for F.pad."""
        pads = self._pads(x)
        if isinstance(self.pad, str) and set(self.stride) == {1}:
            return "same" if any(end != 0 for pair in pads for end in pair) else 0
        if all(before == after for before, after in pads):
            return short(tuple(before for before, _ in pads))
        return tuple(end for pair in reversed(pads) for end in pair)


def uneven(padding: object, dimensions: int) -> bool:
    """Whether padding is as F.pad has it, a number for each end."""
    return isinstance(padding, tuple) and len(padding) > dimensions


def padding_mode() -> Any:
    """The attribute that says what padding holds."""
    return attribute(
        Word("zeros", "reflect", "replicate", "circular"),
        "zeros",
        doc="what the padding contains",
        torch="padding_mode",
        named=True,
    )


def check_groups(kind: str, channels: Size, out: Size, groups: Size) -> None:
    """Refuse groups that do not divide the channels on both sides."""
    for what, number in (("input", channels), ("output", out)):
        if groups > 1 and not same(number % groups, 0):
            message = f"{kind}: {groups} groups do not divide the {number} {what} channels"
            raise Refusal("not-divisible", message, blame="groups", tries=divisors(channels, out, groups))
