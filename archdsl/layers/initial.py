"""How weights begin: the methods of torch.nn.init, with their options."""

from __future__ import annotations

from collections.abc import Mapping

from archdsl.layers.base import Attribute, attribute
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import REQUIRED, Number, Word
from archdsl.typed import Any, ClassVar

_GAINS = ("linear", "relu", "leaky_relu", "tanh", "sigmoid", "selu")


class Initialization:
    """A method of torch.nn.init: its options, those of PyTorch's function by its names, and how many axes it needs."""

    function: ClassVar[str]
    axes: ClassVar[int] = 1
    attributes: ClassVar[dict[str, Attribute]] = {}

    def __init_subclass__(cls) -> None:
        own = {value.name: value for value in vars(cls).values() if isinstance(value, Attribute)}
        cls.attributes = {**cls.attributes, **own}

    def __init__(self, given: Mapping[str, Any]) -> None:
        """Take the values of a line; raises Refusal."""
        self.options: dict[str, Any] = {}
        for name, declared in self.attributes.items():
            value = given.get(name, declared.default)
            if value is REQUIRED:
                raise Refusal("missing-value", f"needs {name}: {declared.doc}")
            try:
                value = declared.type.convert(value, 0)
            except Refusal as refusal:
                refusal.blame, refusal.message = name, f"{name} {refusal.message}"
                raise
            if value != declared.default or declared.default is REQUIRED:
                self.options[str(declared.torch)] = value
        self.check()

    def check(self) -> None:
        """Refuse values that do not go together."""


class Drawn(Initialization):
    """A method that needs the number of inputs and outputs, which a tensor of one axis has not."""

    axes = 2


class Zeros(Initialization):
    function = "zeros_"


class Ones(Initialization):
    function = "ones_"


class Constant(Initialization):
    function = "constant_"
    value: float = attribute(Number(), doc="the value of every element", torch="val")


class Normal(Initialization):
    function = "normal_"
    std: float = attribute(Number(0), 1.0, doc="standard deviation", torch="std")
    mean: float = attribute(Number(), 0.0, doc="mean", torch="mean", named=True)


class TruncatedNormal(Normal):
    function = "trunc_normal_"
    low: float = attribute(Number(), -2.0, doc="lower end", torch="a", named=True)
    high: float = attribute(Number(), 2.0, doc="upper end", torch="b", named=True)

    def check(self) -> None:
        if self.options.get("a", -2) > self.options.get("b", 2):
            raise Refusal("out-of-range", "low must not be above high", blame="low")


class Uniform(Initialization):
    function = "uniform_"
    low: float = attribute(Number(), 0.0, doc="lower end", torch="a")
    high: float = attribute(Number(), 1.0, doc="upper end", torch="b")

    def check(self) -> None:
        if self.options.get("a", 0) > self.options.get("b", 1):
            raise Refusal("out-of-range", "low must not be above high", blame="low")


class Xavier(Drawn):
    function = "xavier_uniform_"
    gain: float = attribute(Number(), 1.0, doc="factor of the standard deviation", torch="gain")


class XavierNormal(Xavier):
    function = "xavier_normal_"


class Orthogonal(Xavier):
    function = "orthogonal_"


class Kaiming(Drawn):
    function = "kaiming_normal_"
    mode: str = attribute(Word("fan_in", "fan_out"), "fan_in", doc="what keeps its variance", torch="mode")
    nonlinearity: str = attribute(
        Word(*_GAINS), "leaky_relu", doc="the activation that follows", torch="nonlinearity", named=True
    )
    slope: float = attribute(Number(), 0.0, doc="slope of a leaky ReLU below zero", torch="a", named=True)


class KaimingUniform(Kaiming):
    function = "kaiming_uniform_"


METHODS: dict[str, type[Initialization]] = {
    "zeros": Zeros,
    "ones": Ones,
    "constant": Constant,
    "normal": Normal,
    "trunc_normal": TruncatedNormal,
    "uniform": Uniform,
    "xavier": Xavier,
    "xavier_uniform": Xavier,
    "xavier_normal": XavierNormal,
    "kaiming": Kaiming,
    "kaiming_normal": Kaiming,
    "kaiming_uniform": KaimingUniform,
    "orthogonal": Orthogonal,
}
