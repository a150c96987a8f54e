"""Gated linear units: one half of an axis times a function of the other half."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, attribute
from archdsl.layers.layout import axis_index, dimension, layout
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.gate import SWIGLU
from archdsl.layers.values import Word
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import same
from archdsl.typed import ClassVar


class Gate(Layer):
    """An axis of even size, split into two halves that are multiplied element by element."""

    activation = True
    path: ClassVar[str]
    source: ClassVar[str] = ""
    function: ClassVar[str | None] = None
    axis: str = attribute(
        Word("channels", "steps", "height", "width", "frames"),
        "channels",
        doc="the axis that is split into halves",
        torch="dim",
        named=True,
    )

    def is_pointwise(self, x: Shape) -> bool:
        return self.axis == "channels"

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        place = axis_index(self.name, self.axis, x)
        size = x.sizes[place]
        if not same(size % 2, 0):
            raise Refusal("not-divisible", f"{self.name} halves the {self.axis}, and {size} is odd", blame="axis")
        return Shape((*x.sizes[:place], size // 2, *x.sizes[place + 1 :]))

    def derivation(self, *inputs: Shape) -> str:
        (x,) = inputs
        return f"{self.axis}: {x.sizes[axis_index(self.name, self.axis, x)]}//2"

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        dim = dimension(x.rank, axis_index(self.name, self.axis, x))
        place = layout(x.rank)
        call = f"{self.function}({{0}}, {dim})" if self.function else None
        return Lowered(Module(self.path, {"dim": dim}, 1, {}, self.source), call, wants=place, gives=place)


class Glu(Gate):
    """Gated linear unit: first half * sigmoid(second half) of the channels (torch.nn.GLU; Dauphin et al. 2017).

    `axis` chooses another axis.
    """

    name = "GLU"
    path, function = "nn.GLU", "F.glu"
    examples = (
        Example("20x512 -> GLU -> 20x256", params=0, macs=0),
        Example("8x8x6 -> GLU axis=height -> 4x8x6"),
        Example("4096 -> GLU -> 2048"),
        CounterExample("20x511 -> GLU", "not-divisible"),
        CounterExample("4096 -> GLU axis=steps", "rank-mismatch"),
    )


class SwiGlu(Gate):
    """SwiGLU: silu(first half) * second half of the channels, or of another `axis` (Shazeer 2020).

    The feed-forward layer of Llama is `LINEAR (2*wide) nobias; SWIGLU; LINEAR narrow nobias` with its two input
    matrices as one. If they are separate, as in Llama's checkpoints, apply SILU to one output and multiply it with the
    other by MUL.
    """

    name = "SWIGLU"
    path, source = "SwiGLU", SWIGLU
    examples = (
        Example("20x22016 -> SWIGLU -> 20x11008", params=0, macs=0),
        Example("8x8x6 -> SWIGLU axis=width -> 8x4x6"),
        Example("64 -> SWIGLU -> 32"),
        CounterExample("20x11 -> SWIGLU", "not-divisible"),
        CounterExample("20x12 -> SWIGLU axis=width", "rank-mismatch"),
    )
