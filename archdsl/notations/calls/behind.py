"""The shape after a line that is still a draft, by the rules of its kind."""

from __future__ import annotations

from archdsl.layers import REGISTRY, Layer
from archdsl.layers.refusal import Refusal
from archdsl.notations.calls.draft import LineDraft
from archdsl.sizes.shape import Shape, product
from archdsl.typed import Any


def shape_behind(draft: LineDraft, shape: Shape | None) -> Shape | None:
    """The shape that a layer gives; None where that is not known, or where the layer does not fit."""
    if shape is None or draft.kind is None or draft.before:
        return None
    if draft.text is not None:
        return _of_text(draft.text, shape)
    found = _of_kind(draft.kind, draft.attributes, shape)
    for line in draft.behind:
        found = _of_text(line, found) if found is not None else None
    return found


def _of_kind(kind: type[Layer], values: dict[str, Any], shape: Shape) -> Shape | None:
    given = {name: value for name, value in values.items() if value is not None}
    try:
        return kind(given, (shape,)).shape(shape)
    except (Refusal, TypeError, ValueError, ArithmeticError):
        return None


def _of_text(line: str, shape: Shape) -> Shape | None:
    """The shape after a short line that a form writes; None for one that changes it in other ways."""
    kind, _, values = line.partition(" ")
    if kind == "FLATTEN":
        return Shape((product(shape.sizes),))
    if kind == "CONV":  # 1x1, after the convolution of each channel
        return Shape((*shape.space, int(values.split()[0])))
    if kind in REGISTRY and (REGISTRY[kind].activation or kind == "ID"):
        return shape
    return None
