"""Window attention with a relative position bias."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, Tensor, attribute
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.windowattention import WINDOW_ATTENTION
from archdsl.layers.values import Divisor, Number, PerAxis, Switch
from archdsl.layers.worked import Factor, Worked
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, same


class WindowAttention(Layer):
    """Window attention: multi-head self-attention in (shifted) windows of an image (Swin, Liu et al. 2021).

    A relative position bias is learned. If the window size does not divide the image, zeros are added, and the pixels
    of these windows attend to them. Pixels that only the shift brings together do not attend to one another; along an
    axis with a single window nothing is shifted. Parameter names and results are those of torchvision's
    ShiftedWindowAttention.
    """

    name = "WINDOWATTENTION"
    ranks = (3,)
    heads: Size = attribute(Divisor(), doc="number of heads; it divides the channels")
    window: tuple[int, ...] = attribute(PerAxis(), doc="window size in pixels")
    shift: tuple[int, ...] = attribute(PerAxis(0), 0, short="s", doc="shift of the windows in pixels")
    bias: bool = attribute(Switch(), True, doc="learned biases of queries, keys and values", named=True)
    outbias: bool = attribute(Switch(), True, doc="learned bias of the output projection", named=True)
    dropout: float = attribute(Number(0, 1), 0, doc="dropout probability of the attention weights", named=True)
    outdropout: float = attribute(Number(0, 1), 0, doc="dropout probability of the output", named=True)
    examples = (
        Example("56x56x96 -> WINDOWATTENTION 3 7x7 -> 56x56x96", params=37_755, macs=145_108_992),
        Example("56x56x96 -> WINDOWATTENTION 3 window=7 s3 -> 56x56x96"),
        Example("9x10x8 -> WINDOWATTENTION heads=2 window=4x3 shift=2x1 nobias nooutbias -> 9x10x8", params=326),
        Example("8x8x4 -> WINDOWATTENTION 1 4 dropout=0.1 outdropout=0.2 -> 8x8x4"),
        CounterExample("56x56x96 -> WINDOWATTENTION 5 7x7", "not-divisible"),
        CounterExample("56x56x96 -> WINDOWATTENTION 3 7x7 s7", "out-of-range"),
        CounterExample("196x768 -> WINDOWATTENTION 12 7", "rank-mismatch"),
        CounterExample("56x56x96 -> WINDOWATTENTION 3", "missing-value"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if not same(x.channels % self.heads, 0):
            message = f"WINDOWATTENTION: {self.heads} heads do not divide the {x.channels} channels"
            raise Refusal("not-divisible", message, blame="heads")
        for window, shift in zip(self.window, self.shift, strict=True):
            if shift >= window:
                message = f"shift of WINDOWATTENTION must be less than the window, {window}, not {shift}"
                raise Refusal("out-of-range", message, blame="shift", tries=({"shift": window // 2},))
        return x

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        d = inputs[0].channels
        height, width = self.window
        return (
            Tensor("relative_position_bias_table", ((2 * height - 1) * (2 * width - 1), self.heads)),
            Tensor("relative_position_index", ((height * width) ** 2,), "buffer", "int64"),
            Tensor("qkv.weight", (3 * d, d)),
            *((Tensor("qkv.bias", (3 * d,), "bias"),) if self.bias else ()),
            Tensor("proj.weight", (d, d)),
            *((Tensor("proj.bias", (d,), "bias"),) if self.outbias else ()),
        )

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        """What attention costs at every pixel of every window, each reading all of its own."""
        d, each = output.channels, zip(output.space, self.window, strict=True)
        windows = Factor(tuple((size - 1) // window + 1 for size, window in each), "windows")
        pixels = Factor(self.window, "pixels")
        return Worked(
            (windows, pixels, Factor((3 * d, d), "qkv.weight", True)),
            (windows, pixels, Factor((d, d), "proj.weight", True)),
            (Factor((2,)), windows, pixels, pixels, Factor((d,), "channels")),
        )

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {
            "dim": inputs[0].channels,
            "window_size": self.window,
            "shift_size": self.shift,
            "num_heads": self.heads,
            "qkv_bias": self.bias,
            "proj_bias": self.outbias,
            "attention_dropout": self.dropout,
            "dropout": self.outdropout,
        }
        defaults = {"qkv_bias": True, "proj_bias": True, "attention_dropout": 0, "dropout": 0}
        module = Module("WindowAttention", arguments, 4, defaults, WINDOW_ATTENTION)
        return Lowered(module, wants="last", gives="last")
