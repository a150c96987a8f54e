"""Sources: tensors of the network's own, which have no input."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, Tensor, attribute, is_open
from archdsl.layers.inline import literal
from archdsl.layers.layout import layout
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.source import CONSTANT
from archdsl.layers.values import Dimensions, Number, Switch
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size


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
    """Constant tensor of a given shape, every element `value`.

    It is created for each batch. With `saved` it is a buffer, kept in the `state_dict` under its label.
    """

    name = "CONST"
    value: float = attribute(Number(infinite=True), 0, doc="value of every element", named=True)
    saved: bool = attribute(Switch(), False, doc="keep it in the state_dict, as a buffer", named=True)
    examples = (
        Example("CONST 1x1x3 value=0.5 -> 1x1x3", params=0, macs=0),
        Example("CONST [4, 16] saved -> 4x16"),
        Example("CONST sizes=8 batch -> 8"),
        Example("CONST 9x4 value=-inf -> 9x4"),
        CounterExample("CONST 2x3x4x5x6", "rank-mismatch"),
        CounterExample("CONST 8 value=yes", "wrong-type"),
    )

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return (Tensor("", self.stored(), "buffer"),) if self.saved else ()

    def lower(self, *inputs: Shape) -> Lowered:
        value = float(self.value)
        if self.saved:
            return self._lowered("torch.full", {"size": self.stored(), "fill_value": value}, 2)
        if is_open(self.sizes):
            return self._read_off(value)
        arguments = {"size": self.stored()[self.batch :], "value": value}
        module = Module("Constant", arguments, 2, {"value": 0.0}, CONSTANT)
        return Lowered(module, gives=layout(len(self.sizes)))

    def _read_off(self, value: float) -> Lowered:
        """The call for sizes of which some are symbolic; its input is the tensor that it is made like."""
        sizes = {f"size{place}": size for place, size in enumerate(self.stored()[self.batch :])}
        texts = [f"{{{name}}}" if is_open(size) else str(size) for name, size in sizes.items()]
        call = f"{{0}}.new_full(({', '.join(['{0}.shape[0]', *texts])}), {literal(value)})"
        return Lowered(call=call, gives=layout(len(self.sizes)), sizes=sizes)
