"""Normalization over batches, samples and groups of channels."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, Tensor, attribute, is_open
from archdsl.layers.groups import divisors
from archdsl.layers.inline import inline
from archdsl.layers.layout import axis_index, dimension, layout
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.norm import NORMALIZE, NORMALIZE_ALL
from archdsl.layers.values import Divisor, Number, NumberOr, Switch, Whole, Word
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, same
from archdsl.typed import Any, ClassVar


class RunningNorm(Layer):
    """A normalization per channel, with optional running averages; a subclass lists its values in PyTorch's order."""

    fresh = True
    module: ClassVar[str]  # nn.BatchNorm
    function: ClassVar[str]  # for a norm that owns nothing, with any number of channels
    alone: ClassVar[dict[str, Any]] = {}  # its arguments then
    eps: float
    affine: bool
    stats: bool
    bias: bool

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return channel_tensors(inputs[0].channels, self.affine, self.bias, self.stats)

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        arguments: dict[str, Any] = {"num_features": x.channels}
        arguments |= {str(attribute.torch): self.__dict__[name] for name, attribute in self.attributes.items()}
        arguments["bias"] = self.bias or not self.affine
        defaults = {str(attribute.torch): attribute.default for attribute in self.attributes.values()}
        place = "flat" if x.rank == 1 else "first"
        module = Module(f"{self.module}{max(1, x.rank - 1)}d", arguments, 1, defaults)
        own = Module("", {**self.alone, "eps": self.eps}, 0, defaults)
        call = inline(self.function, own) if is_open(x.channels) else None  # for what owns nothing
        return Lowered(module, call, wants=place, gives=place)


class BatchNorm(RunningNorm):
    """Batch normalization of each channel over batch and positions (torch.nn.BatchNorm2d; Ioffe and Szegedy 2015).

    A learned scale and shift per channel follow. In evaluation, running averages of mean and variance replace those of
    the batch. Before version 2.13, PyTorch may not support a scale without a shift, `nobias`; the same is true of
    INSTANCENORM and GN.
    """

    name = "BN"
    module = "nn.BatchNorm"
    function = "F.batch_norm"
    alone: ClassVar[dict[str, Any]] = {"running_mean": None, "running_var": None, "training": True}
    eps: float = attribute(Number(0, above=True), 1e-5, doc="constant added to the variance", torch="eps", named=True)
    momentum: float | None = attribute(
        NumberOr("cumulative", 0, 1),
        0.1,
        doc="weight of the newest batch in the running averages; cumulative: the mean of all batches",
        torch="momentum",
        named=True,
    )
    affine: bool = attribute(Switch(), True, doc="a learned scale and shift per channel", torch="affine", named=True)
    stats: bool = attribute(
        Switch(), True, doc="keep running averages for evaluation", torch="track_running_stats", named=True
    )
    bias: bool = attribute(Switch(), True, doc="with a shift, if affine", torch="bias", named=True)
    examples = (
        Example("56x56x64 -> BN -> 56x56x64", params=128, macs=0),
        Example("56x56x64 -> BN eps=0.001 momentum=0.01 -> 56x56x64", params=128),
        Example("62x100 -> BN noaffine -> 62x100", params=0),
        Example("4x8x8x16 -> BN nostats -> 4x8x8x16", params=32),
        Example("128 -> BN -> 128", params=256),
        Example("56x56x64 -> BN momentum=cumulative nobias -> 56x56x64", params=64),
        CounterExample("128 -> BN eps=0", "out-of-range"),
        CounterExample("128 -> BN momentum=2", "out-of-range"),
        CounterExample("128 -> BN momentum=none", "unknown-name"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return self.stats  # without them, the average is that of what it reads


class InstanceNorm(RunningNorm):
    """Instance normalization: each channel of each sample (torch.nn.InstanceNorm2d; Ulyanov et al. 2016).

    With `affine` a learned scale and shift per channel follow. With `stats` running averages replace those of the
    sample in evaluation. The input must have more than one position: a single one has no variance, and PyTorch refuses
    to train on it. The kind is not called IN because `in` is a keyword of the language.
    """

    name = "INSTANCENORM"
    module = "nn.InstanceNorm"
    function = "F.instance_norm"
    ranks = (2, 3, 4)
    eps: float = attribute(Number(0), 1e-5, doc="constant added to the variance", torch="eps", named=True)
    momentum: float = attribute(
        Number(0, 1), 0.1, doc="weight of the newest batch in the running averages", torch="momentum", named=True
    )
    affine: bool = attribute(Switch(), False, doc="a learned scale and shift per channel", torch="affine", named=True)
    stats: bool = attribute(
        Switch(), False, doc="keep running averages for evaluation", torch="track_running_stats", named=True
    )
    bias: bool = attribute(Switch(), True, doc="with a shift, if affine", torch="bias", named=True)
    examples = (
        Example("56x56x64 -> INSTANCENORM -> 56x56x64", params=0, macs=0),
        Example("56x56x64 -> INSTANCENORM affine -> 56x56x64", params=128),
        Example("62x100 -> INSTANCENORM affine nobias eps=0.001 -> 62x100", params=100),
        Example("4x8x8x16 -> INSTANCENORM stats momentum=0.01 -> 4x8x8x16", params=0),
        CounterExample("128 -> INSTANCENORM", "rank-mismatch"),
        CounterExample("1x1x64 -> INSTANCENORM", "out-of-range"),
        CounterExample("8x8x64 -> INSTANCENORM momentum=2", "out-of-range"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if all(same(size, 1) for size in x.space):
            message = f"INSTANCENORM needs more than one position for a mean and a variance, and {x} has one"
            raise Refusal("out-of-range", message, blame=0)
        return x


class GroupNorm(Layer):
    """Group normalization: each group of channels of each sample (torch.nn.GroupNorm; Wu and He 2018).

    A learned scale and shift per channel follow. One group normalizes the whole sample; as many groups as channels is
    INSTANCENORM.
    """

    name = "GN"
    fresh = True
    groups: Size = attribute(Divisor(), doc="number of groups; it divides the channels", torch="num_groups")
    eps: float = attribute(Number(0), 1e-5, doc="constant added to the variance", torch="eps", named=True)
    affine: bool = attribute(Switch(), True, doc="a learned scale and shift per channel", torch="affine", named=True)
    bias: bool = attribute(Switch(), True, doc="with a shift, if affine", torch="bias", named=True)
    examples = (
        Example("56x56x64 -> GN 32 -> 56x56x64", params=128, macs=0),
        Example("56x56x64 -> GN groups=1 eps=1e-6 -> 56x56x64", params=128),
        Example("62x100 -> GN 10 noaffine -> 62x100", params=0),
        Example("4x8x8x16 -> GN 4 nobias -> 4x8x8x16", params=16),
        Example("128 -> GN 8 -> 128", params=256),
        CounterExample("56x56x64 -> GN", "missing-value"),
        CounterExample("56x56x64 -> GN 0", "out-of-range"),
        CounterExample("56x56x64 -> GN 33", "not-divisible"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if not same(x.channels % self.groups, 0):
            message = f"GN: {self.groups} groups do not divide the {x.channels} channels"
            raise Refusal("not-divisible", message, blame="groups", tries=divisors(x.channels, x.channels, self.groups))
        return x

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return channel_tensors(inputs[0].channels, self.affine, self.bias)

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        arguments = {
            "num_groups": self.groups,
            "num_channels": x.channels,
            "eps": self.eps,
            "affine": self.affine,
            "bias": self.bias or not self.affine,
        }
        place = "flat" if x.rank == 1 else "first"
        defaults = {"eps": 1e-5, "affine": True, "bias": True}
        own = Module("", {"num_groups": self.groups, "eps": self.eps}, 1, defaults)
        call = inline("F.group_norm", own) if is_open((x.channels, self.groups)) else None
        module = Module("nn.GroupNorm", arguments, 2, defaults)
        return Lowered(module, call, wants=place, gives=place, sizes={"num_groups": self.groups})


class LocalResponseNorm(Layer):
    """Local response normalization over `size` neighbouring channels (Krizhevsky et al. 2012, section 3.3).

    Each element is divided by (k + alpha * sum of squares)^beta; the defaults are the constants of the paper.
    torch.nn.LocalResponseNorm divides alpha by `size`, so the compiled layer has alpha times `size`.
    """

    name = "LRN"
    ranks = (2, 3, 4)
    size: int = attribute(Whole(symbolic=False), 5, doc="number of channels in the sum", torch="size")
    alpha: float = attribute(Number(0), 1e-4, doc="factor of the sum", torch="alpha", named=True)
    beta: float = attribute(Number(), 0.75, doc="the power", torch="beta", named=True)
    k: float = attribute(Number(0), 2, doc="constant in the denominator", torch="k", named=True)
    examples = (
        Example("27x27x96 -> LRN 5 -> 27x27x96", params=0, macs=0),
        Example("27x27x96 -> LRN size=3 alpha=2e-5 beta=0.5 k=1 -> 27x27x96"),
        Example("20x100 -> LRN -> 20x100"),
        CounterExample("27x27x96 -> LRN 0", "out-of-range"),
        CounterExample("96 -> LRN 5", "rank-mismatch"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def lower(self, *inputs: Shape) -> Lowered:
        alpha = float(
            f"{self.size * self.alpha:.15g}"
        )  # the decimal product: 5 * 1e-4 is 0.0005, not 0.0005000000000000001
        arguments = self.floats({"size": self.size, "alpha": alpha, "beta": self.beta, "k": self.k})
        module = Module("nn.LocalResponseNorm", arguments, 1, {"alpha": 1e-4, "beta": 0.75, "k": 1})
        return Lowered(module, inline("F.local_response_norm", module), wants="first", gives="first")


_EUCLIDEAN = {"p": 2, "dim": 1, "eps": 1e-12}  # PyTorch's defaults


class Normalize(Layer):
    """p-norm normalization of the channels, another axis, or all elements together (F.normalize).

    A norm below eps counts as eps, so that 0 stays 0.
    """

    name = "L2NORM"
    p: float = attribute(
        Number(infinite=True),
        2,
        doc="p of the norm: 2 Euclidean, 1 sum of absolute values, inf maximum",
        torch="p",
        named=True,
    )
    axis: str = attribute(
        Word("channels", "steps", "height", "width", "frames", "all"),
        "channels",
        doc="the axis that is normalized",
        torch="dim",
        named=True,
    )
    eps: float = attribute(Number(), 1e-12, doc="lower bound of the norm", torch="eps", named=True)
    examples = (
        Example("128 -> L2NORM -> 128", params=0, macs=0),
        Example("38x38x512 -> L2NORM eps=1e-10 -> 38x38x512"),
        Example("20x100 -> L2NORM axis=steps p=1 -> 20x100"),
        Example("7x7x64 -> L2NORM axis=all -> 7x7x64"),
        Example("128 -> L2NORM p=inf -> 128"),
        CounterExample("128 -> L2NORM axis=steps", "rank-mismatch"),
        CounterExample("128 -> L2NORM p=yes", "wrong-type"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return self.axis == "channels"

    def shape(self, *inputs: Shape) -> Shape:
        if self.axis != "all":
            axis_index(self.name, self.axis, inputs[0])
        return inputs[0]

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        arguments = self.floats({"p": self.p, "dim": 1, "eps": self.eps})
        if self.axis == "all" and x.rank > 1:
            call = inline("F.normalize", Module("", arguments, 0, _EUCLIDEAN))
            del arguments["dim"]
            module = Module("NormalizeAll", arguments, 0, _EUCLIDEAN, NORMALIZE_ALL)
            return Lowered(module, f"{call.replace('{0}', '{0}.flatten(1)')}.view_as({{0}})")
        if self.axis != "all":
            arguments["dim"] = dimension(x.rank, axis_index(self.name, self.axis, x))
        place = "any" if self.axis == "all" else layout(x.rank)
        module = Module("Normalize", arguments, 0, _EUCLIDEAN, NORMALIZE)
        return Lowered(module, inline("F.normalize", module), wants=place, gives=place)


def channel_tensors(channels: Size, affine: bool, bias: bool, stats: bool = False) -> tuple[Tensor, ...]:
    """A scale and a shift per channel, and running averages, as PyTorch's norms have them."""
    sizes = (channels,)
    learned = (Tensor("weight", sizes, "scale"), *((Tensor("bias", sizes, "scale"),) if bias else ()))
    averages = (Tensor("running_mean", sizes, "buffer"), Tensor("running_var", sizes, "buffer"))
    batches = Tensor("num_batches_tracked", (), "buffer", "int64")
    return (*(learned if affine else ()), *((*averages, batches) if stats else ()))
