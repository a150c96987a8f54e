"""Normalisation."""

from __future__ import annotations

from archdsl.ir.shape import Shape
from archdsl.layers.base import Example, Layer, Lowered, Module, Tensor, Wrong, attribute, inline
from archdsl.layers.values import Number, Switch, Whole


class BatchNorm(Layer):
    """Give each channel mean 0 and variance 1 over the batch and all positions, then a learned scale and shift.

    Running averages of mean and variance stand in for the batch in evaluation (torch.nn.BatchNorm2d).
    """

    name = "BN"
    fresh = True
    eps: float = attribute(Number(0, above=True), 1e-5, doc="what is added to the variance", torch="eps", named=True)
    momentum: float = attribute(
        Number(0, 1), 0.1, doc="share of the newest batch in the running averages", torch="momentum", named=True
    )
    affine: bool = attribute(Switch(), True, doc="a learned scale and shift per channel", torch="affine", named=True)
    stats: bool = attribute(
        Switch(), True, doc="running averages for evaluation", torch="track_running_stats", named=True
    )
    examples = (
        Example("56x56x64 -> BN -> 56x56x64", params=128, macs=0),
        Example("56x56x64 -> BN eps=0.001 momentum=0.01 -> 56x56x64", params=128),
        Example("62x100 -> BN noaffine -> 62x100", params=0),
        Example("4x8x8x16 -> BN nostats -> 4x8x8x16", params=32),
        Example("128 -> BN -> 128", params=256),
        Wrong("128 -> BN eps=0", "out-of-range"),
        Wrong("128 -> BN momentum=2", "out-of-range"),
    )

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        sizes = (inputs[0].channels,)
        learned = (Tensor("weight", sizes, "scale"), Tensor("bias", sizes, "scale"))
        averages = (Tensor("running_mean", sizes, "buffer"), Tensor("running_var", sizes, "buffer"))
        batches = Tensor("num_batches_tracked", (), "buffer", "int64")
        return (*(learned if self.affine else ()), *((*averages, batches) if self.stats else ()))

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        arguments = {
            "num_features": x.channels,
            "eps": self.eps,
            "momentum": self.momentum,
            "affine": self.affine,
            "track_running_stats": self.stats,
        }
        defaults = {"eps": 1e-5, "momentum": 0.1, "affine": True, "track_running_stats": True}
        place = "flat" if x.rank == 1 else "first"
        return Lowered(Module(f"nn.BatchNorm{max(1, x.rank - 1)}d", arguments, 1, defaults), wants=place, gives=place)


class LocalResponseNorm(Layer):
    """Divide each element by (k + alpha * sum of squares over `size` neighbouring channels)^beta.

    Krizhevsky et al. 2012, section 3.3, whose constants are the defaults. PyTorch divides alpha by `size`, so the
    compiled layer has alpha times `size`.
    """

    name = "LRN"
    ranks = (2, 3, 4)
    size: int = attribute(Whole(symbolic=False), 5, doc="channels in the sum", torch="size")
    alpha: float = attribute(Number(0), 1e-4, doc="factor of the sum", torch="alpha", named=True)
    beta: float = attribute(Number(), 0.75, doc="the power", torch="beta", named=True)
    k: float = attribute(Number(0), 2, doc="constant below the line", torch="k", named=True)
    examples = (
        Example("27x27x96 -> LRN 5 -> 27x27x96", params=0, macs=0),
        Example("27x27x96 -> LRN size=3 alpha=2e-5 beta=0.5 k=1 -> 27x27x96"),
        Example("20x100 -> LRN -> 20x100"),
        Wrong("27x27x96 -> LRN 0", "out-of-range"),
        Wrong("96 -> LRN 5", "rank-mismatch"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        alpha = float(
            f"{self.size * self.alpha:.15g}"
        )  # the decimal product: 5 * 1e-4 is 0.0005, not 0.0005000000000000001
        arguments = {"size": self.size, "alpha": alpha, "beta": self.beta, "k": self.k}
        module = Module("nn.LocalResponseNorm", arguments, 1, {"alpha": 1e-4, "beta": 0.75, "k": 1})
        return Lowered(module, inline("F.local_response_norm", module), wants="first", gives="first")
