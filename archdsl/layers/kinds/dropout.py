"""Dropout: random zeros in training; in evaluation, each of these layers returns its input."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, attribute
from archdsl.layers.support.dropout import STOCHASTIC_DEPTH
from archdsl.layers.values import Number, Word
from archdsl.sizes.shape import Shape


class RandomZeros(Layer):
    """Zeros with probability `p`, by a module of torch.nn and a function with a `training` argument."""

    p: float = attribute(Number(0, 1), 0.5, doc="probability of zeroing", torch="p")

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def lowered(self, module: str, function: str, place: str = "any") -> Lowered:
        """The module with its probability, and the call, which stands where it has no name."""
        call = f"{function}({{0}}, {float(self.p)!r}, self.training)"
        return Lowered(Module(f"nn.{module}", {"p": self.p}), call, wants=place, gives=place)


class Dropout(RandomZeros):
    """Dropout: in training, zeroes each element with probability `p` (torch.nn.Dropout; Srivastava et al. 2014).

    The other elements are divided by 1 - p.
    """

    name = "DROPOUT"
    examples = (
        Example("4096 -> DROPOUT 0.5 -> 4096", params=0, macs=0),
        Example("6x6x256 -> DROPOUT p=0.2 -> 6x6x256"),
        CounterExample("4096 -> DROPOUT 1.5", "out-of-range"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        return self.lowered("Dropout", "F.dropout")


class ChannelDropout(RandomZeros):
    """Channel dropout: in training, zeroes whole channels with probability `p` (torch.nn.Dropout2d).

    The other channels are divided by 1 - p. It is also called spatial dropout (Tompson et al. 2015). For a vector use
    DROPOUT.
    """

    name = "CHANNELDROPOUT"
    ranks = (2, 3, 4)
    examples = (
        Example("28x28x64 -> CHANNELDROPOUT 0.2 -> 28x28x64", params=0, macs=0),
        Example("20x100 -> CHANNELDROPOUT -> 20x100"),
        Example("4x8x8x16 -> CHANNELDROPOUT p=0.1 -> 4x8x8x16"),
        CounterExample("4096 -> CHANNELDROPOUT 0.5", "rank-mismatch"),
        CounterExample("28x28x64 -> CHANNELDROPOUT -0.1", "out-of-range"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        axes = len(inputs[0].space)
        return self.lowered(f"Dropout{axes}d", f"F.dropout{axes}d", "first")


class AlphaDropout(RandomZeros):
    """Alpha dropout: in training, sets elements to SELU's lowest value with probability `p` (torch.nn.AlphaDropout).

    It keeps the mean and the variance (Klambauer et al. 2017).
    """

    name = "ALPHADROPOUT"
    examples = (
        Example("4096 -> ALPHADROPOUT 0.05 -> 4096", params=0, macs=0),
        Example("6x6x256 -> ALPHADROPOUT p=0.1 -> 6x6x256"),
        CounterExample("4096 -> ALPHADROPOUT 2", "out-of-range"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        return self.lowered("AlphaDropout", "F.alpha_dropout")


class FeatureAlphaDropout(RandomZeros):
    """Alpha dropout of whole channels (torch.nn.FeatureAlphaDropout; Klambauer et al. 2017)."""

    name = "FEATUREALPHADROPOUT"
    examples = (
        Example("28x28x64 -> FEATUREALPHADROPOUT 0.05 -> 28x28x64", params=0, macs=0),
        Example("20x100 -> FEATUREALPHADROPOUT p=0.1 -> 20x100"),
        Example("4096 -> FEATUREALPHADROPOUT -> 4096"),
        CounterExample("4096 -> FEATUREALPHADROPOUT 1.5", "out-of-range"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        place = "flat" if inputs[0].rank == 1 else "first"
        return self.lowered("FeatureAlphaDropout", "F.feature_alpha_dropout", place)


class StochasticDepth(Layer):
    """Stochastic depth: in training, zeroes whole samples with probability `p` (Huang et al. 2016).

    The other samples are divided by 1 - p. At the end of a residual branch it drops the branch. With `mode=batch` all
    samples of a batch are dropped together (torchvision.ops.StochasticDepth).
    """

    name = "STOCHASTICDEPTH"
    p: float = attribute(Number(0, 1), doc="probability of zeroing", torch="p")
    mode: str = attribute(
        Word("row", "batch"),
        "row",
        doc="row: each sample by itself; batch: all samples together",
        torch="mode",
        named=True,
    )
    examples = (
        Example("56x56x96 -> STOCHASTICDEPTH 0.1 -> 56x56x96", params=0, macs=0),
        Example("196x768 -> STOCHASTICDEPTH p=0.2 mode=batch -> 196x768"),
        CounterExample("56x56x96 -> STOCHASTICDEPTH", "missing-value"),
        CounterExample("56x56x96 -> STOCHASTICDEPTH 1.1", "out-of-range"),
        CounterExample("56x56x96 -> STOCHASTICDEPTH 0.1 mode=sample", "unknown-name"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {"p": self.p, "mode": self.mode}
        return Lowered(Module("StochasticDepth", arguments, 1, {"mode": "row"}, STOCHASTIC_DEPTH))
