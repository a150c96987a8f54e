"""MODULE: an external module as one layer."""

from __future__ import annotations

import keyword
import re

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, Tensor, attribute
from archdsl.layers.layout import layout
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Dimensions, Gathered, Sizes, Type, Whole, give, spell, whole
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import SYMBOLIC, Size
from archdsl.typed import Any

_WORD = "[A-Za-z][A-Za-z0-9_]*"
_PATH = re.compile(rf"{_WORD}(\.{_WORD})*:{_WORD}")


class Path(Type):
    """Where a class is: the module to import, a colon, and the name of the class."""

    words = 'a class as "package.module:Class"'

    def convert(self, value: Any, axes: int) -> str:
        if not isinstance(value, str):
            raise self.refuse(value)
        if not _PATH.fullmatch(value) or any(keyword.iskeyword(word) for word in re.split("[.:]", value)):
            raise Refusal("invalid-text", f"must be {self.words}, not {spell(value)}")
        return value


class Stated(Dimensions):
    """The stated shape of an output."""

    told = True


class ConstructorValue(Type):
    """What a constructor may be given: numbers, yes and no, strings, and lists of these."""

    words = "a number, yes or no, a string, or a list of these"

    def convert(self, value: Any, axes: int) -> Any:
        if isinstance(value, Sizes):
            value = value.sizes
        if isinstance(value, tuple) and not hasattr(value, "_fields"):
            return tuple([self.convert(one, axes) for one in value])
        value = value if isinstance(value, bool) else whole(value) if hasattr(value, "denominator") else value
        if isinstance(value, SYMBOLIC):
            raise Refusal("undetermined", f"must be a number, and {value} is symbolic", hint=give(value))
        if not isinstance(value, (bool, int, float, str)) and not hasattr(value, "denominator"):
            raise self.refuse(value)
        return value


class Door(Layer):
    """External module, any torch.nn.Module: `MODULE "package.module:Class" gives=14x14x64 params=9000`.

    Other values are passed to the constructor by name; append `_` to a name that this kind uses itself. The check
    imports nothing: it takes the output shape and the params, which count as weights, as stated, and counts 0 macs.
    External modules are disabled unless the caller enables them; when the module is built, its number of parameters
    must be the stated one.
    """

    name = "MODULE"
    inputs = (1, None)
    path: str = attribute(Path(), doc="the class, as package.module:Class")
    gives: tuple[Size, ...] = attribute(Stated(), doc="the output shape, channels last", named=True)
    params: int = attribute(Whole(0, symbolic=False), 0, doc="number of its parameters", named=True)
    arguments: dict[str, Any] | None = attribute(
        Gathered(ConstructorValue()), None, doc="an argument of its constructor", named=True
    )
    examples = (
        Example('14x14x64 -> MODULE "torch.nn:Hardsigmoid" gives=14x14x64 -> 14x14x64', params=0),
        Example(
            '14x14x64 -> MODULE "torch.nn:Conv2d" in_channels=64 out_channels=32 kernel_size=[3, 1] gives=12x14x32 '
            "params=6176 -> 12x14x32",
            params=6_176,
        ),
        Example('20, 30 -> MODULE "torch.nn:Bilinear" in1_features=20 in2_features=30 out_features=4 bias=no gives=4 '
                "params=2400 -> 4", params=2_400),
        Example('37 int -> MODULE "torch.nn:Embedding" num_embeddings=10 embedding_dim=8 gives=37x8 params=80 -> 37x8'),
        CounterExample('14x14x64 -> MODULE "torch.nn:Hardsigmoid"', "missing-value"),
        CounterExample('14x14x64 -> MODULE "torch.nn" gives=14x14x64', "invalid-text"),
        CounterExample('14x14x64 -> MODULE "torch.nn:_Loss" gives=14x14x64', "invalid-text"),
        CounterExample('14x14x64 -> MODULE "torch.nn:Linear" lambda=3 gives=14x14x64', "invalid-name"),
        CounterExample('14x14x64 -> MODULE "torch.nn:Linear" act=RELU gives=14x14x64', "wrong-type"),
        CounterExample('14x14x64, 37x8 -> MODULE "torch.nn:Bilinear" gives=10', "rank-mismatch"),
    )  # fmt: skip

    @property
    def home(self) -> str:
        """The module that is imported."""
        return self.path.partition(":")[0]

    @property
    def word(self) -> str:
        """The name of the class there."""
        return self.path.partition(":")[2]

    def check_inputs(self, inputs: tuple[Shape, ...]) -> None:
        """Refuse sequences beside images: they lie differently in memory, and only one way is kept."""
        forms = {layout(shape.rank) for shape in inputs if shape.rank > 1 and shape.has_channels}
        if len(forms) > 1:
            read = " and ".join(map(str, inputs))
            raise Refusal("rank-mismatch", f"MODULE reads sequences or images, not both: {read}", blame=1)

    def given(self) -> dict[str, Any]:
        """The arguments of the constructor; raises Refusal for a name that Python cannot have."""
        found = {}
        for written, value in (self.arguments or {}).items():
            name = written[:-1] if written.endswith("_") and written[:-1] in self.attributes else written
            if not re.fullmatch(_WORD, name) or keyword.iskeyword(name):
                message = f"MODULE: no argument of a constructor can be called {written}"
                raise Refusal("invalid-name", message, blame=written)
            found[name] = value
        return found

    def shape(self, *inputs: Shape) -> Shape:
        self.given()
        return Shape(self.gives)

    def derivation(self, *inputs: Shape) -> str:
        return f"MODULE is stated to give {Shape(self.gives)}"

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return (Tensor("*", (self.params,), saved=False),) if self.params else ()

    def lower(self, *inputs: Shape) -> Lowered:
        wants = next((layout(shape.rank) for shape in inputs if shape.rank > 1), "flat")
        module = Module(self.word, self.given(), 0, home=self.home)
        return Lowered(module, wants=wants, gives=layout(len(self.gives)))
