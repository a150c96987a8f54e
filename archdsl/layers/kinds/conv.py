"""Convolutions."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Lowered, Tensor, attribute, is_open
from archdsl.layers.convolution import Convolution, check_groups, padding_mode, uneven
from archdsl.layers.incoming import check_incoming, compared_incoming, incoming
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.conv import (
    ASYMMETRIC_POSITION_CONV,
    ASYMMETRIC_TABLE_CONV,
    POSITION_CONV,
    TABLE_CONV,
)
from archdsl.layers.values import Bias, Divisor, PerAxis, Switch, Table, Whole
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, same


class Conv(Convolution):
    """Convolution over one, two or three axes, depending on the input (torch.nn.Conv1d, Conv2d, Conv3d).

    Output size of an axis: floor((in + 2*pad - dilation*(kernel - 1) - 1)/stride) + 1.
    """

    name = "CONV"
    out: Size = attribute(Whole(), doc="output channels", torch="out_channels")
    kernel: tuple[int, ...] = attribute(PerAxis(), short="k", doc="size of the window", torch="kernel_size")
    groups: Size = attribute(
        Divisor(),
        1,
        short="g",
        doc="groups of channels without connections between them",
        torch="groups",
        named=True,
    )
    bias: bool | str = attribute(
        Bias(), True, doc="a learned bias per output channel, or per position", torch="bias", named=True
    )
    table: tuple[tuple[int, ...], ...] | None = attribute(
        Table(),
        None,
        doc="for each output channel the list of input channels that it reads, from 0",
        named=True,
    )
    mode: str = padding_mode()
    in_: Size | None = incoming()
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
        Example("224x224x3 -> CONV 32 3x3 s2 pad=[[0, 1], [0, 1]] nobias -> 112x112x32", params=864),
        Example("8x16 -> CONV 4 3 pad=[[2, 0]] mode=reflect -> 8x4", params=196),
        Example("2x14x2 -> CONV 4 1x6 s3x4 p3x2 d2 -> 3x2x4", params=52),
        Example("2x1 -> CONV 4 1 s3 p1 d3 -> 2x4"),
        Example("8x8x6 -> CONV 4 3x3 g2 in=6 -> 6x6x4", params=112),
        CounterExample("8x8x3 -> CONV 64 3x3 g2", "not-divisible"),
        CounterExample("5x5x3 -> CONV 64 7x7", "kernel-too-large"),
        CounterExample("8x8x3 -> CONV 64 3x3 in=4", "shape-mismatch"),
        CounterExample("28x28 -> CONV 6 5x5", "rank-mismatch"),
        CounterExample("8x8x3 -> CONV 0 3x3", "out-of-range"),
        CounterExample("8x8x3 -> CONV 2 3x3 table=[[0], [3]]", "table-mismatch"),
        CounterExample("4x4x3 -> CONV 2 3x3 p4 mode=reflect", "pad-too-large"),
    )

    # ---- rules

    def maps(self, x: Shape) -> Size:
        return self.out

    def parts(self, x: Shape) -> Size:
        return self.groups

    def compared(self, *inputs: Shape) -> tuple[tuple[Size, ...], ...]:
        return compared_incoming(self, inputs[0])

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        check_incoming(self, x)
        if self.table is not None:
            self._check_table(x)
        else:
            check_groups(self.name, x.channels, self.out, self.groups)
        return super().shape(x)

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

    # ---- tensors and costs

    def weight(self, x: Shape) -> Tensor:
        return super().weight(x) if self.table is None else Tensor("weight", (self._pairs(), 1, *self.kernel))

    def biases(self, x: Shape) -> tuple[Size, ...]:
        return (self.out, *self.positions(x)) if self.bias == "position" else (self.out,)

    def _pairs(self) -> int:
        """Connections of the table: pairs of an input map and an output map."""
        assert self.table is not None
        return sum(len(row) for row in self.table)

    # ---- PyTorch

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        arguments = self.arguments(x)
        open_pad = is_open(arguments["padding"])
        apart = not open_pad and uneven(arguments["padding"], len(self.kernel))
        if self.table is not None:
            keep = ("in_channels", "table", "kernel_size", "stride", "padding", "dilation", "bias")
            arguments = {name: {**arguments, "table": [list(row) for row in self.table]}[name] for name in keep}
            if open_pad:
                plain = self.supported("TableConv", TABLE_CONV, {**arguments, "padding": 0})
                return self.padded_before(plain, arguments["padding"])
            kind = ("AsymmetricTableConv", ASYMMETRIC_TABLE_CONV) if apart else ("TableConv", TABLE_CONV)
        elif self.bias == "position":
            arguments["bias"] = (self.out, *self.positions(x))
            kind = ("AsymmetricPositionConv", ASYMMETRIC_POSITION_CONV) if apart else ("PositionConv", POSITION_CONV)
        else:
            return super().lower(x)
        return Lowered(self.supported(*kind, arguments), wants="first", gives="first")


class DepthwiseConv(Convolution):
    """Depthwise convolution: `multiplier` filters for each input channel (Howard et al. 2017, section 3.1).

    In PyTorch it is torch.nn.Conv2d with as many groups as input channels.
    """

    name = "DWCONV"
    kernel: tuple[int, ...] = attribute(PerAxis(), short="k", doc="size of the window", torch="kernel_size")
    multiplier: Size = attribute(Whole(), 1, short="m", doc="output channels per input channel", named=True)
    bias: bool = attribute(Switch(), True, doc="a learned bias per output channel", torch="bias", named=True)
    mode: str = padding_mode()
    examples = (
        Example("112x112x32 -> DWCONV 3x3 p1 nobias -> 112x112x32", params=288, macs=3_612_672),
        Example("112x112x64 -> DWCONV 3x3 s2 p1 m2 -> 56x56x128", params=1_280),
        Example("20x8 -> DWCONV k=3 d2 p=same mode=replicate -> 20x8", params=32),
        Example("8x8x8x2 -> DWCONV 3 multiplier=3 pad=[1, [0, 1], 0] -> 8x7x6x6", params=168),
        CounterExample("8x8x3 -> DWCONV 9x9", "kernel-too-large"),
        CounterExample("8x8x3 -> DWCONV 3x3 m0", "out-of-range"),
        CounterExample("84 -> DWCONV 3", "rank-mismatch"),
    )

    def maps(self, x: Shape) -> Size:
        return x.channels * self.multiplier

    def parts(self, x: Shape) -> Size:
        return x.channels
