"""Mixtures of experts: each position goes through a few of many layers, which a router chooses."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, attribute
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Number, Switch, Whole, Word
from archdsl.sizes.shape import Shape, product
from archdsl.sizes.size import Size
from archdsl.typed import Any


class MixtureOfExperts(Layer):
    """The sum of the outputs of the `top` experts that a router chooses for each position (Shazeer et al. 2017).

    The lines in its braces are one expert, of which there are `experts` copies, `experts.0`, `experts.1` and so on;
    they read one position, a vector. The router `gate` is `LINEAR experts nobias`. Its outputs are turned into scores,
    and the outputs of the chosen experts are multiplied with their scores.

    With `gate=softmax` and several experts the scores are the softmax over the chosen ones, as in Mixtral (Jiang et
    al. 2024); of one expert alone, or with `nonormalize`, the softmax over all (Fedus et al. 2021). With `bias`, a
    softmax gate has a bias; a sigmoid gate adds the bias to the scores for the choice only, as in DeepSeek-V3 (2024).
    With `groups`, a position first chooses `topgroups` groups of experts: by the best score in a group, for a sigmoid
    gate by the sum of the two best. An expert may read any number of positions, also none: a BN in it fails in
    training.

    The parameters are those of the router and of all experts; those that one position uses are `active`. The
    multiply-accumulates are those of the router and of `top` experts at each position.
    """

    name = "MOE"
    braces = True
    experts: int = attribute(Whole(symbolic=False), doc="number of experts")
    top: int = attribute(Whole(symbolic=False), 1, doc="experts for each position", named=True)
    gate: str = attribute(
        Word("softmax", "sigmoid"), "softmax", doc="what turns the router's outputs into scores", named=True
    )
    normalize: bool | None = attribute(
        Switch(), None, doc="divide the scores of the chosen experts by their sum; by default, with several", named=True
    )
    bias: bool = attribute(Switch(), False, doc="learned bias of the router, a number for each expert", named=True)
    groups: int = attribute(Whole(symbolic=False), 1, doc="groups of experts, equally many in each", named=True)
    topgroups: int | None = attribute(
        Whole(symbolic=False), None, doc="groups from which a position chooses its experts; none: all", named=True
    )
    scale: float = attribute(Number(), 1, doc="factor of the scores", named=True)
    examples = (
        Example("16x512 -> MOE 8 top=2 { LINEAR 512 nobias } -> 16x512", params=2_101_248, macs=8_454_144),
        Example("512 -> MOE experts=4 { FC 1024; RELU; FC 512 } -> 512"),
        Example("14x14x64 -> MOE 8 top=2 nonormalize { LINEAR 128 } -> 14x14x128"),
        Example("16x64 -> MOE 8 top=2 gate=sigmoid bias groups=4 topgroups=2 scale=2.5 { LINEAR 64; SWIGLU } -> 16x32"),
        Example("16x64 -> MOE 8 top=2 gate=softmax normalize=no { LINEAR 64 } -> 16x64"),
        CounterExample("16x64 -> MOE 4 top=8 { LINEAR 64 }", "out-of-range"),
        CounterExample("16x64 -> MOE 8 groups=3 { LINEAR 64 }", "not-divisible"),
        CounterExample("16x64 -> MOE 8 top=4 groups=4 topgroups=1 { LINEAR 64 }", "out-of-range"),
        CounterExample("16x64 -> MOE 8", "missing-value"),
        CounterExample("16x64 -> MOE 8 { CONV 64 3x3 }", "rank-mismatch"),
        CounterExample("16 int -> MOE 8 { LINEAR 64 }", "dtype-mismatch"),
    )

    def __init__(self, given: dict[str, Any], inputs: tuple[Shape, ...]) -> None:
        super().__init__(given, inputs)
        if self.top > self.experts:
            raise _refused("top", f"top of MOE is {self.top}, and there are {self.experts} experts")
        if self.experts % self.groups:
            message = f"MOE cannot put {self.experts} experts into {self.groups} groups of equal size"
            raise Refusal("not-divisible", message, blame="groups")
        if self.topgroups is None:
            return
        if self.topgroups > self.groups:
            raise _refused("topgroups", f"topgroups of MOE is {self.topgroups}, and groups is {self.groups}")
        if self.top > self.within:
            message = f"top of MOE is {self.top}, and the {self.topgroups} groups chosen have {self.within} experts"
            raise _refused("topgroups", message)

    @property
    def normalized(self) -> bool:
        """Whether the scores of the chosen experts come to 1; that of one alone would be 1 for every input."""
        return self.top > 1 if self.normalize is None else self.normalize

    @property
    def within(self) -> int:
        """Experts that a position can choose from."""
        return self.experts // self.groups * (self.topgroups or self.groups)

    def positions(self, x: Shape) -> Size:
        """Positions of an input, each of which is a vector."""
        return product(x.space)


def _refused(blame: str, message: str) -> Refusal:
    return Refusal("out-of-range", message, blame=blame)
