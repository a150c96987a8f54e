"""Layer normalization and RMS normalization."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, Tensor, attribute, is_open
from archdsl.layers.inline import inline
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Axes, Number, Switch
from archdsl.sizes.shape import AXES, Shape
from archdsl.sizes.size import Size
from archdsl.typed import Any, ClassVar


class LastAxesNorm(Layer):
    """A normalization over the channels of each position, or over several axes, the last ones of a tensor.

    Tensors have the channels last or first. The order in which the axes are listed says which: `[height, width,
    channels]` are the last ones of (N, H, W, C), and `[channels, height, width]` those of (N, C, H, W).
    """

    fresh = True
    module: ClassVar[str]
    function: ClassVar[str]
    axes: tuple[str, ...] = attribute(
        Axes(),
        "channels",
        doc="the axes normalized together, in the order of the weight; all: every axis",
        torch="normalized_shape",
        named=True,
    )

    def shape(self, *inputs: Shape) -> Shape:
        self._last_axes(inputs[0])
        return inputs[0]

    def is_pointwise(self, x: Shape) -> bool:
        return self._last_axes(x)[1] == ("channels",)

    def _last_axes(self, x: Shape) -> tuple[str, tuple[str, ...]]:
        """How the input lies, and the axes that are normalised: the last ones of a tensor that lies so."""
        last = AXES[x.rank]
        first = ("channels", *last[:-1])
        if self.axes == ("all",):
            return ("flat", last) if x.rank == 1 else ("last", last) if x.rank == 2 else ("first", first)
        for word in self.axes:
            if word not in last:
                message = f"{self.name}: {x} has no axis {word}; it has {', '.join(last)}"
                raise Refusal("rank-mismatch", message, blame="axes")
        for place, order in (("last", last), ("first", first)):
            if order[-len(self.axes) :] == self.axes:
                return ("flat" if x.rank == 1 else place), self.axes
        raise self._no_last_axes(last, first)

    def _no_last_axes(self, last: tuple[str, ...], first: tuple[str, ...]) -> Refusal:
        lists = [order[start:] for order in (last, first) for start in range(len(last))]
        spelled = [f"[{', '.join(axes)}]" for axes in sorted(set(lists), key=lists.index)]
        message = f"{self.name} normalises the last axes of a tensor, and [{', '.join(self.axes)}] are never these"
        return Refusal("rank-mismatch", message, blame="axes", hint=f"one of {', '.join(spelled)}")

    def sizes(self, x: Shape) -> tuple[Size, ...]:
        """The sizes of the axes that are normalised, in their order."""
        return tuple(x.sizes[AXES[x.rank].index(word)] for word in self._last_axes(x)[1])

    def lowered(self, x: Shape, arguments: dict[str, Any], defaults: dict[str, Any]) -> Lowered:
        """The module of torch.nn with the sizes as its first argument."""
        sizes = self.sizes(x)
        place = self._last_axes(x)[0]
        shape = sizes[0] if len(sizes) == 1 else sizes
        module = Module(self.module, {"normalized_shape": shape, **arguments}, 1, defaults)
        own = Module("", {"normalized_shape": sizes, "eps": arguments["eps"]}, 1, defaults)
        call = inline(self.function, own) if is_open(sizes) else None
        return Lowered(module, call, wants=place, gives=place, sizes={"normalized_shape": sizes})


class LayerNorm(LastAxesNorm):
    """Layer normalization over the channels of each position (torch.nn.LayerNorm; Ba et al. 2016).

    A learned scale and shift per element follow. With several axes, as in `axes=[height, width]`, all their elements
    are normalized together. The axes must be the last ones of a tensor with its channels last or first, in its order.
    """

    name = "LN"
    module = "nn.LayerNorm"
    function = "F.layer_norm"
    eps: float = attribute(Number(0), 1e-5, doc="constant added to the variance", torch="eps", named=True)
    affine: bool = attribute(
        Switch(), True, doc="a learned scale and shift per element", torch="elementwise_affine", named=True
    )
    bias: bool = attribute(Switch(), True, doc="with a shift, if affine", torch="bias", named=True)
    examples = (
        Example("197x768 -> LN -> 197x768", params=1_536, macs=0),
        Example("56x56x96 -> LN eps=1e-6 -> 56x56x96", params=192),
        Example("768 -> LN nobias -> 768", params=768),
        Example("20x100 -> LN axes=all -> 20x100", params=4_000),
        Example("7x5x8 -> LN axes=[channels, height, width] -> 7x5x8", params=560),
        Example("7x5x8 -> LN axes=[width, channels] noaffine -> 7x5x8", params=0),
        CounterExample("768 -> LN axes=steps", "rank-mismatch"),
        CounterExample("7x5x8 -> LN axes=[height, channels]", "rank-mismatch"),
        CounterExample("7x5x8 -> LN axes=[height, all]", "wrong-type"),
        CounterExample("7x5x8 -> LN eps=-1", "out-of-range"),
    )

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        sizes = self.sizes(inputs[0])
        bias = (Tensor("bias", sizes, "scale"),) if self.bias else ()
        return (Tensor("weight", sizes, "scale"), *bias) if self.affine else ()

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {"eps": self.eps, "elementwise_affine": self.affine, "bias": self.bias or not self.affine}
        return self.lowered(inputs[0], arguments, {"eps": 1e-5, "elementwise_affine": True, "bias": True})


class RmsNorm(LastAxesNorm):
    """RMS normalization over the channels of each position (torch.nn.RMSNorm; Zhang and Sennrich 2019).

    It divides by the root mean square, and a learned scale follows. For several axes see LN. Without `eps`, PyTorch
    uses the machine epsilon of float32, 1.19e-7.
    """

    name = "RMSNORM"
    module = "nn.RMSNorm"
    function = "F.rms_norm"
    eps: float | None = attribute(Number(0), None, doc="constant added to the mean square", torch="eps", named=True)
    affine: bool = attribute(Switch(), True, doc="a learned scale per element", torch="elementwise_affine", named=True)
    examples = (
        Example("20x4096 -> RMSNORM eps=1e-5 -> 20x4096", params=4_096, macs=0),
        Example("768 -> RMSNORM -> 768", params=768),
        Example("7x5x8 -> RMSNORM noaffine axes=[height, width] -> 7x5x8", params=0),
        CounterExample("20x4096 -> RMSNORM axes=[channels, channels]", "rank-mismatch"),
        CounterExample("20x4096 -> RMSNORM eps=-1", "out-of-range"),
    )

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", self.sizes(inputs[0]), "scale"),) if self.affine else ()

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {"eps": self.eps, "elementwise_affine": self.affine}
        return self.lowered(inputs[0], arguments, {"eps": None, "elementwise_affine": True})
