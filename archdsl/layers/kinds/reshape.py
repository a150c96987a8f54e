"""Identity and flattening."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, attribute
from archdsl.layers.values import Switch
from archdsl.sizes.shape import Shape


class Identity(Layer):
    """Identity: the input unchanged, as in the shortcut of a residual block (torch.nn.Identity)."""

    name = "ID"
    examples = (
        Example("56x56x64 -> ID -> 56x56x64", params=0, macs=0),
        CounterExample("56x56x64 -> ID 1", "too-many-values"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(Module("nn.Identity", {}), "{0}")


class Flatten(Layer):
    """Flatten to a vector, counted channels first, then the axes as written (torch.nn.Flatten)."""

    name = "FLATTEN"
    last: bool = attribute(Switch(), False, doc="count the channels last, as in the written shape", named=True)
    examples = (
        Example("6x6x256 -> FLATTEN -> 9216", params=0, macs=0),
        Example("6x6x256 -> FLATTEN last -> 9216"),
        Example("84 -> FLATTEN -> 84"),
        CounterExample("37 int -> FLATTEN", "dtype-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        return Shape((inputs[0].elements,))

    def lower(self, *inputs: Shape) -> Lowered:
        place = "flat" if inputs[0].rank == 1 else "last" if self.last else "first"
        return Lowered(Module("nn.Flatten", {}), "torch.flatten({0}, 1)", wants=place, gives="flat")
