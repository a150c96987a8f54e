"""The incoming channels as a line may state them: `in=512`, which is checked and changes nothing."""

from __future__ import annotations

from archdsl.layers.base import Layer, attribute
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Whole
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, same
from archdsl.typed import Any

INCOMING = "in"  # the name of the attribute, which Python keeps for itself


class Incoming(Whole):
    """The channels that come in, or with `flat` the elements, as a line states them."""

    stated = True

    def __init__(self, *, flat: bool = False) -> None:
        super().__init__()
        self.flat = flat

    def found(self, shape: Shape) -> Size:
        """What it is for an input of this shape."""
        return shape.elements if self.flat else shape.channels


def incoming(*, flat: bool = False) -> Any:
    """The attribute `in_` of a kind, which a line calls `in`."""
    what = "elements" if flat else "channels"
    return attribute(Incoming(flat=flat), None, doc=f"the number of input {what}, stated to be checked", named=True)


def compared_incoming(layer: Layer, x: Shape) -> tuple[tuple[Size, ...], ...]:
    """The sizes that must be equal: those that come in, and those stated; none where the line states nothing."""
    stated = layer.__dict__[INCOMING]
    return () if stated is None else ((_found(layer, x),), (stated,))


def check_incoming(layer: Layer, x: Shape) -> None:
    """Refuse stated channels that are not those that come in."""
    stated = layer.__dict__[INCOMING]
    if stated is None:
        return
    found = _found(layer, x)
    if not same(stated, found):
        what = f"{found} elements come in ({x})" if found is not x.channels else f"{found} channels come in"
        message = f"{layer.name} states in={stated}, and {what}"
        tries = ({INCOMING: found},) if isinstance(found, int) else ()
        raise Refusal("shape-mismatch", message, blame=INCOMING, tries=tries)


def _found(layer: Layer, x: Shape) -> Size:
    declared = layer.attributes[INCOMING].type
    assert isinstance(declared, Incoming)
    return declared.found(x)
