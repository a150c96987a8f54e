"""Which attribute of a kind an argument of another library gives."""

from __future__ import annotations

from archdsl.layers import Layer
from archdsl.vocabulary.arguments import ARGUMENTS


def attribute_by(kind: type[Layer], argument: str) -> str | None:
    """The attribute of a kind that another library, or PyTorch, calls by this name; none for how it is computed."""
    if argument == "inplace":
        return None
    for attribute in kind.attributes.values():
        if attribute.torch == argument:
            return attribute.name
    if argument in kind.attributes:
        return argument
    return next((name for name in ARGUMENTS.get(argument, ()) if name in kind.attributes), None)
