"""Receptive fields: what a position of each layer reads of each input of the network, along each axis.

Along an axis of the same place; what reads positions in another order, as a PERMUTE does, reads all of the axis.
"""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.layers.field import SAME, WHOLE, AxisField, behind, beside
from archdsl.network.carry import CarriedLayer, Carry, Transfers
from archdsl.network.nodes import Leaf, Merge, Network
from archdsl.typed import NamedTuple, TypeAlias

Fields: TypeAlias = tuple[AxisField, ...] | None  # along each axis of an input but the channels; None is the identity


class _Fields(Transfers[Fields]):
    """The fields along paths, put together axis by axis."""

    one: Fields = None
    unknown: Fields = (WHOLE,) * 4

    def layer(self, node: Leaf | Merge, place: int, result: int) -> Fields:
        return node.op.fields(place, node.inputs, node.outputs[result])

    def then(self, first: Fields, second: Fields) -> Fields:
        if first is None or second is None:
            return first if second is None else second
        axes = (second[axis] if axis < len(second) else WHOLE for axis in range(len(first)))
        return tuple(behind(*pair) for pair in zip(first, axes, strict=True))

    def beside(self, left: Fields, right: Fields) -> Fields:
        if left is None or right is None:
            known = left or right
            left, right = known, (SAME,) * len(known) if known is not None else None
        if left is None or right is None:
            return None
        return tuple(beside(*pair) for pair in zip(left, right, strict=False))


class ReceptiveField(NamedTuple):
    """A layer, or a merge, with the fields of its first result: one along each axis, for each input that it reads."""

    layer: CarriedLayer[Fields]
    inputs: dict[str, tuple[AxisField, ...]]


def receptive_fields(network: Network) -> Iterator[ReceptiveField]:
    """The receptive field of every layer and merge, in order; of equal copies that of the first."""
    for layer in Carry(network, _Fields()).layers():
        yield ReceptiveField(layer, _named(network, layer.results[0]))


def fields_of_outputs(network: Network) -> list[dict[str, tuple[AxisField, ...]]]:
    """What a position of each output of the network reads of its inputs."""
    return [_named(network, paths) for paths in Carry(network, _Fields()).outputs()]


def _named(network: Network, paths: dict[int, Fields]) -> dict[str, tuple[AxisField, ...]]:
    """Fields by the names of the inputs."""
    found: dict[str, tuple[AxisField, ...]] = {}
    for place, fields in sorted(paths.items()):
        port = network.inputs[place]
        axes = len(port.shape) - (port.dtype != "int64")
        found[port.name] = (SAME,) * axes if fields is None else fields[:axes]
    return found
