"""Sources: tensors of the network's own, which have no input."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, Tensor, attribute, is_open
from archdsl.layers.inline import literal
from archdsl.layers.layout import layout
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.source import CONSTANT, SINUSOID, VALUES
from archdsl.layers.values import Dimensions, NestedNumbers, Number, Switch, Word
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, same
from archdsl.typed import Any


class SourceLayer(Layer):
    """A tensor of a given shape, stored like a feature map of that shape: channels first from rank 3 on."""

    inputs = (0, 0)
    sizes: tuple[Size, ...] = attribute(Dimensions(), doc="the shape, channels last, as `8x8x16` or `[1, c]`")
    batch: bool = attribute(Switch(), False, doc="stored with a leading batch axis of size 1", named=True)

    def shape(self, *inputs: Shape) -> Shape:
        return Shape(self.sizes)

    def stored(self) -> tuple[Size, ...]:
        """The sizes of the tensor as it is stored."""
        sizes = self.sizes if len(self.sizes) < 3 else (self.sizes[-1], *self.sizes[:-1])
        return (1, *sizes) if self.batch else sizes

    def _lowered(self, path: str, arguments: dict[str, object], positional: int) -> Lowered:
        return Lowered(Module(path, arguments, positional), gives=layout(len(self.sizes)))


class Param(SourceLayer):
    """Learnable tensor of a given shape, such as a class token or position embeddings (torch.nn.Parameter).

    Its label is the path of the tensor in the `state_dict`. It is initialized with `value`, or with normal noise of
    standard deviation `std`.
    """

    name = "PARAM"
    value: float | None = attribute(
        Number(infinite=True), None, doc="initial value of every element, by default 0", named=True
    )
    std: float | None = attribute(Number(0), None, doc="standard deviation of the initial noise", named=True)
    examples = (
        Example("PARAM 197x768 batch -> 197x768", params=151_296, macs=0),
        Example("PARAM [1, 1, 96] value=1e-6 -> 1x1x96", params=96),
        Example("PARAM sizes=10 std=0.02 -> 10", params=10),
        CounterExample("PARAM", "missing-value"),
        CounterExample("PARAM 0", "out-of-range"),
        CounterExample("PARAM 8 std=1 value=1", "too-many-values"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        if self.value is not None and self.std is not None:
            message = "PARAM starts as a value or as noise, and has both value= and std="
            raise Refusal("too-many-values", message, blame="std", hint="leave one of them out")
        return super().shape(*inputs)

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return (Tensor("", self.stored()),)

    def lower(self, *inputs: Shape) -> Lowered:
        if self.std is not None:
            return self._lowered(f"{float(self.std)} * torch.randn", {"size": self.stored()}, 1)
        if not self.value:
            return self._lowered("torch.zeros", {"size": self.stored()}, 1)
        return self._lowered("torch.full", {"size": self.stored(), "fill_value": float(self.value)}, 2)


class Const(SourceLayer):
    """Constant tensor: every element `value`, numbers of your own, or a tensor that papers compute.

    `values=[[1, 0], [0, 1]]` lists the elements, nested as the shape is, and needs no sizes. `sinusoid` of TxD is the
    position encoding of Vaswani et al. 2017: sines of each position in the even channels and cosines in the odd ones,
    with wavelengths from 2*pi to 10000*2*pi. `identity` has ones on its diagonal, `arange` counts from 0. The tensor is
    created for each batch. With `saved` it is a buffer, kept in the `state_dict` under its label.
    """

    name = "CONST"
    sizes: Any = attribute(
        Dimensions(), None, doc="the shape, channels last, as `8x8x16` or `[1, c]`; with values= it may be left out"
    )
    value: float = attribute(Number(infinite=True), 0, doc="value of every element", named=True)
    form: str | None = attribute(
        Word("sinusoid", "identity", "arange"), None, doc="a tensor with a name in place of one value", named=True
    )
    values: tuple[Any, ...] | None = attribute(
        NestedNumbers(), None, doc="the elements, as lists in lists, channels last", named=True
    )
    saved: bool = attribute(Switch(), False, doc="keep it in the state_dict, as a buffer", named=True)
    examples = (
        Example("CONST 1x1x3 value=0.5 -> 1x1x3", params=0, macs=0),
        Example("CONST [4, 16] saved -> 4x16"),
        Example("CONST sizes=8 batch -> 8"),
        Example("CONST 9x4 value=-inf -> 9x4"),
        Example("CONST 9x8 sinusoid -> 9x8"),
        Example("CONST 9x8 form=sinusoid saved batch -> 9x8"),
        Example("CONST 3x3 identity -> 3x3"),
        Example("CONST 5 arange saved -> 5"),
        Example("CONST values=[[1, 0, -1], [2, 0, -2]] -> 2x3"),
        CounterExample("CONST 2x3x4x5x6", "rank-mismatch"),
        CounterExample("CONST 8 value=yes", "wrong-type"),
        CounterExample("CONST", "missing-value"),
        CounterExample("CONST 8 sinusoid", "rank-mismatch"),
        CounterExample("CONST 8x8 arange", "rank-mismatch"),
        CounterExample("CONST 3x3 identity value=2", "too-many-values"),
        CounterExample("CONST 3x2 values=[[1, 2, 3], [4, 5, 6]]", "shape-mismatch"),
        CounterExample("CONST values=[[1, 2], [3]]", "wrong-type"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        self._check_form()
        if self.values is None:
            if self.sizes is None:
                sizes = self.attributes["sizes"].doc
                raise Refusal("missing-value", f"CONST needs sizes: {sizes}", hint=self.usage())
            return Shape(self.sizes)
        found = sizes_of(self.values)
        if self.sizes is not None and (len(self.sizes) != len(found) or not all(map(same, self.sizes, found))):
            message = f"CONST: the values are {Shape(found)}, and the sizes say {Shape(self.sizes)}"
            raise Refusal("shape-mismatch", message, blame="sizes", hint="with values= the sizes can be left out")
        return Shape(found)

    def _check_form(self) -> None:
        """Refuse two ways to say what the elements are, and a form of another number of axes."""
        given = [name for name in ("form", "values") if self.__dict__[name] is not None]
        given += ["value"] if self.value else []
        if len(given) > 1:
            message = f"CONST has {' and '.join(given)}, and its elements are said once"
            raise Refusal("too-many-values", message, blame=given[1])
        axes = 1 if self.form == "arange" else 2
        if self.form is not None and self.sizes is not None and len(self.sizes) != axes:
            message = f"{self.form} of CONST has {axes} {'axis' if axes == 1 else 'axes'}, and {Shape(self.sizes)} has"
            raise Refusal("rank-mismatch", f"{message} {len(self.sizes)}", blame="form")

    def stored(self) -> tuple[Size, ...]:
        sizes = self.shape().sizes
        sizes = sizes if len(sizes) < 3 else (sizes[-1], *sizes[:-1])
        return (1, *sizes) if self.batch else sizes

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return (Tensor("", self.stored(), "buffer"),) if self.saved else ()

    def lower(self, *inputs: Shape) -> Lowered:
        gives, sizes = layout(len(self.shape().sizes)), self.stored()[self.batch :]
        if self.values is not None:
            rows = [list(map(float, row)) for row in rows_of(self.values)]
            if self.saved:
                return Lowered(Module("torch.tensor", {"rows": rows}, 1), gives=gives, finish=f".view({self.stored()})")
            return Lowered(Module("Values", {"rows": rows, "size": sizes}, 2, {}, VALUES), gives=gives)
        if self.form is not None:
            return self._formed(sizes)._replace(gives=gives)
        value = float(self.value)
        if self.saved:
            return self._lowered("torch.full", {"size": self.stored(), "fill_value": value}, 2)
        if is_open(self.sizes):
            return self._read_off(value)
        module = Module("Constant", {"size": sizes, "value": value}, 2, {"value": 0.0}, CONSTANT)
        return Lowered(module, gives=gives)

    def _formed(self, stored: tuple[Size, ...]) -> Lowered:
        """The call for a tensor with a name; its input is the tensor that it is made like."""
        names = {f"size{place}": size for place, size in enumerate(stored)}
        sizes = ", ".join(f"{{{name}}}" if is_open(size) else str(size) for name, size in names.items())
        like = "torch.zeros(1)" if self.saved else "{0}"
        texts = {
            "sinusoid": f"sinusoid({like}, {sizes})",
            "identity": f"torch.eye({sizes}, dtype={like}.dtype, device={like}.device)",
            "arange": f"torch.arange({sizes}, dtype={like}.dtype, device={like}.device)",
        }
        call = texts[str(self.form)]
        if self.saved:
            call = call.replace(f", dtype={like}.dtype, device={like}.device", ", dtype=torch.float32")
            return Lowered(call=f"{call}{'[None]' * self.batch}", sizes=names, helper=_helper(self.form))
        call = f"{call}.expand({{0}}.shape[0]{', -1' * len(stored)})"
        return Lowered(call=call, sizes=names, helper=_helper(self.form))

    def _read_off(self, value: float) -> Lowered:
        """The call for sizes of which some are symbolic; its input is the tensor that it is made like."""
        sizes = {f"size{place}": size for place, size in enumerate(self.stored()[self.batch :])}
        texts = [f"{{{name}}}" if is_open(size) else str(size) for name, size in sizes.items()]
        call = f"{{0}}.new_full(({', '.join(['{0}.shape[0]', *texts])}), {literal(value)})"
        return Lowered(call=call, gives=layout(len(self.shape().sizes)), sizes=sizes)


def _helper(form: str | None) -> tuple[str, str] | None:
    return ("sinusoid", SINUSOID) if form == "sinusoid" else None


def sizes_of(values: tuple[Any, ...]) -> tuple[int, ...]:
    """The shape of numbers that are nested as it is."""
    sizes: list[int] = []
    inner: Any = values
    while isinstance(inner, tuple):
        sizes.append(len(inner))
        inner = inner[0]
    return tuple(sizes)


def rows_of(values: tuple[Any, ...]) -> list[list[float]]:
    """The same numbers as rows, in the order in which the tensor is stored: channels first from three axes on."""
    sizes = sizes_of(values)
    flat: list[Any] = [values]
    for _ in sizes:
        flat = [each for one in flat for each in one]
    if len(sizes) > 2:
        flat = [flat[place] for channel in range(sizes[-1]) for place in range(channel, len(flat), sizes[-1])]
    width = sizes[-1] if len(sizes) < 3 else sizes[-2]
    return [flat[start : start + width] for start in range(0, len(flat), width)]
