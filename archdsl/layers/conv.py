"""Convolutions."""

from __future__ import annotations

from archdsl.ir.shape import AXES, Shape, product
from archdsl.ir.size import Expression, Size, maximum, same
from archdsl.layers.base import Example, Layer, Lowered, Module, Refusal, Tensor, Wrong, attribute
from archdsl.layers.support.conv import (
    ASYMMETRIC_CONV,
    ASYMMETRIC_POSITION_CONV,
    ASYMMETRIC_TABLE_CONV,
    POSITION_CONV,
    TABLE_CONV,
)
from archdsl.layers.values import Bias, Divisor, Padding, PerAxis, Table, Whole, Word
from archdsl.layers.window import Window, blind, check_fit, derivation, leftovers, same_padding, short

_DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "padding_mode": "zeros"}


class Conv(Layer):
    """Slide `out` learned windows over one, two or three axes; the input decides how many.

    Output size of an axis: floor((in + 2*pad - dilation*(kernel - 1) - 1)/stride) + 1 (torch.nn.Conv2d).
    """

    name = "CONV"
    fresh = True
    ranks = (2, 3, 4)
    out: Size = attribute(Whole(), doc="output channels", torch="out_channels")
    kernel: tuple[int, ...] = attribute(PerAxis(), short="k", doc="size of the window", torch="kernel_size")
    stride: tuple[int, ...] = attribute(PerAxis(), 1, short="s", doc="step of the window", torch="stride", named=True)
    pad: tuple[int, ...] | str = attribute(
        Padding(), 0, short="p", doc="elements added at both ends of an axis", torch="padding", named=True
    )
    dilation: tuple[int, ...] = attribute(
        PerAxis(), 1, short="d", doc="distance between the elements that a window reads", torch="dilation", named=True
    )
    groups: Size = attribute(
        Divisor(),
        1,
        short="g",
        doc="groups of channels that do not see each other",
        torch="groups",
        named=True,
    )
    bias: bool | str = attribute(
        Bias(), True, doc="a learned constant per output channel, or per position", torch="bias", named=True
    )
    table: tuple[tuple[int, ...], ...] | None = attribute(
        Table(),
        None,
        doc="for each output map the input maps that it reads, from 0; only these connections exist",
        named=True,
    )
    mode: str = attribute(
        Word("zeros", "reflect", "replicate", "circular"),
        "zeros",
        doc="what the padding holds",
        torch="padding_mode",
        named=True,
    )
    examples = (
        Example("227x227x3 -> CONV 96 11x11 s4 p0 -> 55x55x96", params=34_944, macs=105_415_200),
        Example("27x27x96 -> CONV 256 5x5 p2 g2 -> 27x27x256", params=307_456, macs=223_948_800),
        Example("14x14x6 -> CONV 2 5x5 table=[[0, 1, 2], [3]] -> 10x10x2", params=102, macs=10_000),
        Example("19x19x192 -> CONV 1 1x1 bias=position -> 19x19x1", params=553, macs=69_312),
        Example("64x300 -> CONV 100 3 -> 62x100", params=90_100, macs=5_580_000),
        Example("8x16x16x3 -> CONV 4 3x3x3 p=same nobias -> 8x16x16x4", params=324, macs=663_552),
        Example("32x32x3 -> CONV 8 3 s2 p=same -> 16x16x8", params=224, macs=55_296),
        Example("32x32x3 -> CONV 8 k=3 d2 -> 28x28x8", params=224),
        Example("32x32x3 -> CONV 8 3x3 p1 mode=circular -> 32x32x8", params=224),
        Wrong("8x8x3 -> CONV 64 3x3 g2", "not-divisible"),
        Wrong("5x5x3 -> CONV 64 7x7", "kernel-too-large"),
        Wrong("28x28 -> CONV 6 5x5", "rank-mismatch"),
        Wrong("8x8x3 -> CONV 0 3x3", "out-of-range"),
        Wrong("8x8x3 -> CONV 2 3x3 table=[[0], [3]]", "table-mismatch"),
        Wrong("4x4x3 -> CONV 2 3x3 p4 mode=reflect", "pad-too-large"),
        Wrong("4x4x3 -> CONV 2 2x2 d2 p3", "pad-too-large"),
    )

    # ---- rules

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
        return tuple((pad, pad) for pad in self.pad)

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        self._check_channels(x)
        for place, (size, window) in enumerate(zip(x.space, self.windows(x), strict=True)):
            axis = AXES[x.rank][place]
            check_fit(self.name, size, window, axis)
            self._check_mode(size, window, axis)
            self._check_reads(size, place, axis)
        return Shape((*self._positions(x), self.out))

    def _positions(self, x: Shape) -> tuple[Size, ...]:
        """Positions of the window on each axis; with `same`, the size divided by the stride, rounded up."""
        if self.pad == "same":
            return tuple((size + stride - 1) // stride for size, stride in zip(x.space, self.stride, strict=True))
        return tuple(window.positions(size) for window, size in zip(self.windows(x), x.space, strict=True))

    def _check_channels(self, x: Shape) -> None:
        if self.table is not None:
            return self._check_table(x)
        for what, channels, blame in (("input", x.channels, "groups"), ("output", self.out, "groups")):
            if self.groups > 1 and not same(channels % self.groups, 0):
                message = f"CONV: {self.groups} groups do not divide the {channels} {what} channels"
                raise Refusal("not-divisible", message, blame=blame, tries=_divisors(x.channels, self.out, self.groups))
        return None

    def _check_table(self, x: Shape) -> None:
        assert self.table is not None
        if not same(self.out, len(self.table)):
            message = f"CONV: the table has {len(self.table)} rows for {self.out} output channels"
            raise Refusal("table-mismatch", message, blame="table", tries=({"out": len(self.table)},))
        for number, row in enumerate(self.table):
            for source in row:
                if x.channels <= source:
                    maps = f"the input has maps 0 to {x.channels - 1}"
                    message = f"CONV: row {number} of the table reads map {source}, and {maps}"
                    raise Refusal("table-mismatch", message, blame="table")
            if len(set(row)) != len(row):
                raise Refusal("table-mismatch", f"CONV: row {number} of the table reads a map twice", blame="table")
        if not same(self.groups, 1) or self.bias == "position" or self.mode != "zeros":
            what = "groups" if not same(self.groups, 1) else "bias" if self.bias == "position" else "mode"
            raise Refusal("table-mismatch", f"CONV: a connection table does not go with {what}", blame=what)

    def _check_mode(self, size: Size, window: Window, axis: str) -> None:
        """PyTorch's bounds: reflect needs less padding than the axis has, circular no more."""
        if self.mode in ("reflect", "circular"):
            largest = maximum(window.before, window.after)
            room = size - 1 if self.mode == "reflect" else size
            if room < largest:
                message = f"CONV: {self.mode} padding of {largest} needs more than the {axis} {size}"
                raise Refusal("pad-too-large", message, blame="pad")

    def _check_reads(self, size: Size, place: int, axis: str) -> None:
        """Refuse a dilated window that fits and reads zeros of the padding alone; PyTorch crashes on some."""
        kernel, stride, dilation = self.kernel[place], self.stride[place], self.dilation[place]

        def window(number: int) -> Window:
            pad = self.pad
            ends = same_padding(number, kernel, stride, dilation) if isinstance(pad, str) else (pad[place], pad[place])
            return Window(kernel, stride, *ends, dilation)

        if self.mode == "zeros" and blind(size, dilation, window):
            message = f"CONV: a dilation of {dilation} puts a window on padding alone, around the {axis} {size}"
            raise Refusal("pad-too-large", message, blame="pad")

    def remarks(self, *inputs: Shape) -> tuple[tuple[str, str], ...]:
        (x,) = inputs
        return leftovers(self.name, x, self.windows(x))

    def derivation(self, *inputs: Shape) -> str:
        (x,) = inputs
        return derivation(AXES[x.rank], x.space, self.windows(x))

    # ---- tensors and costs

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        (x,) = inputs
        bias_sizes: tuple[Size, ...] = (self.out,)
        if self.bias == "position":
            bias_sizes = (self.out, *self._positions(x))
        bias = (Tensor("bias", bias_sizes, "bias"),) if self.bias else ()
        if self.table is not None:
            pairs = self._pairs()
            buffers = (Tensor(name, (pairs,), "buffer", "int64", saved=False) for name in ("sources", "targets"))
            return (Tensor("weight", (pairs, 1, *self.kernel)), *bias, *buffers)
        return (Tensor("weight", (self.out, x.channels // self.groups, *self.kernel)), *bias)

    def _pairs(self) -> int:
        """Connections of the table: pairs of an input map and an output map."""
        assert self.table is not None
        return sum(len(row) for row in self.table)

    def _inputs_per_position(self, x: Shape) -> Size:
        """Inputs read at one position, summed over the output maps."""
        maps = self._pairs() if self.table is not None else self.out * (x.channels // self.groups)
        return maps * product(self.kernel)

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Size:
        return product(output.space) * self._inputs_per_position(inputs[0])

    def connections(self, inputs: tuple[Shape, ...], output: Shape) -> Size:
        return self.macs(inputs, output) + (output.elements if self.bias else 0)

    def units(self, output: Shape) -> Size:
        return output.elements

    # ---- PyTorch

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        dimensions = len(self.kernel)
        arguments = {
            "in_channels": x.channels,
            "out_channels": self.out,
            "kernel_size": short(self.kernel),
            "stride": short(self.stride),
            "padding": self._padding(x),
            "dilation": short(self.dilation),
            "groups": self.groups,
            "bias": self.bias,
            "padding_mode": self.mode,
        }
        uneven = isinstance(arguments["padding"], tuple) and len(arguments["padding"]) > dimensions
        if self.table is not None:
            keep = ("in_channels", "table", "kernel_size", "stride", "padding", "dilation", "bias")
            arguments = {name: {**arguments, "table": [list(row) for row in self.table]}[name] for name in keep}
            kind = ("AsymmetricTableConv", ASYMMETRIC_TABLE_CONV) if uneven else ("TableConv", TABLE_CONV)
            module = self._supported(*kind, arguments, dimensions)
        elif self.bias == "position":
            arguments["bias"] = (self.out, *self._positions(x))
            even, other = ("PositionConv", POSITION_CONV), ("AsymmetricPositionConv", ASYMMETRIC_POSITION_CONV)
            module = self._supported(*(other if uneven else even), arguments, dimensions)
        elif uneven:
            module = self._supported("AsymmetricConv", ASYMMETRIC_CONV, arguments, dimensions)
        else:
            module = Module(f"nn.Conv{dimensions}d", arguments, 3, _DEFAULTS)
        return Lowered(module, wants="first", gives="first")

    def _supported(self, name: str, source: str, arguments: dict[str, object], dimensions: int) -> Module:
        text = source.replace("{n}", str(dimensions))
        return Module(f"{name}{dimensions}d", arguments, 3, _DEFAULTS, text)

    def _padding(self, x: Shape) -> object:
        """PyTorch's padding: `same` at stride 1, numbers where both ends are alike, else pairs for F.pad."""
        pads = self._pads(x)
        if isinstance(self.pad, str) and set(self.stride) == {1}:
            return "same" if any(end != 0 for pair in pads for end in pair) else 0
        if all(before == after for before, after in pads):
            return short(tuple(before for before, _ in pads))
        return tuple(end for pair in reversed(pads) for end in pair)


def _divisors(channels: Size, out: Size, groups: Size) -> tuple[dict[str, int], ...]:
    """Numbers of groups near the given one that divide both channel counts."""
    if isinstance(channels, Expression) or isinstance(out, Expression) or isinstance(groups, Expression):
        return ()
    near = sorted(range(1, min(channels, out, 4_096) + 1), key=lambda n: abs(n - groups))
    fits = [n for n in near if n > 1 and channels % n == 0 and out % n == 0]
    return tuple({"groups": n} for n in fits[:1])
