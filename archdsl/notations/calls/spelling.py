"""A layer as a line writes it: values in the order of its kind, what is the default left out."""

from __future__ import annotations

import re

from archdsl.layers import Layer
from archdsl.layers.base import Attribute
from archdsl.typed import Any


class Raw:
    """A value that is a text already: a name, or an expression of names."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        if re.fullmatch(r"[\w.?×]+", self.text):
            return self.text
        close = re.sub(r"\s*([-+*/%]+)\s*", r"\1", self.text)
        plain = re.fullmatch(r"[A-Za-z0-9_.]+(?:(?:\*\*|//|[-+*/%])[A-Za-z0-9_.]+)+", close)
        return close if plain and not re.fullmatch(r"[0-9]+\*[0-9]+", close) else f"({self.text})"


def spelled(kind: type[Layer], values: dict[str, Any], axes: int | None = None) -> str:
    """A kind with values by the names of its attributes, as a line writes them; windows of `axes` axes say each."""
    words, plain = [kind.name], True
    for name, attribute in kind.attributes.items():
        if name not in values or is_default(attribute, values[name]):
            plain = False
            continue
        value = values[name]
        if plain and attribute.positional and not isinstance(value, bool):
            each = name == "kernel" and type(value) is int and axes is not None and axes > 1
            words.append("x".join([str(value)] * axes) if each and axes is not None else text(value))
        else:
            words.append(_option(attribute, value))
    return " ".join(words)


def is_default(attribute: Attribute, value: Any) -> bool:
    """Whether a value is what the attribute has anyway; (1, 1) is 1."""
    if value is None:
        return True
    return bool(not attribute.required and one(value) == attribute.default)


def one(value: Any) -> Any:
    """The number that a tuple of equal numbers is; anything else as it is."""
    if isinstance(value, tuple) and value and all(item == value[0] for item in value):
        return value[0] if not isinstance(value[0], tuple) else value
    return value


def _option(attribute: Attribute, value: Any) -> str:
    if isinstance(value, bool):
        return attribute.name if value else f"no{attribute.name}"
    value = one(value)
    whole = (type(value) is int and value >= 0) or (isinstance(value, tuple) and _is_sizes(value))
    if attribute.short and whole:
        return f"{attribute.short}{text(value)}"
    written = text(value)
    if attribute.short and not attribute.positional and len(written) <= len("same"):
        return f"{attribute.short}={written}"
    return f"{attribute.name}={written}"


def _is_sizes(value: tuple[Any, ...]) -> bool:
    return len(value) > 1 and all(type(item) is int and item >= 0 for item in value)


def text(value: Any) -> str:
    """A value as the language writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        written = repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
        return written
    if isinstance(value, tuple):
        if len(value) == 1 and not isinstance(value[0], tuple):
            return text(value[0])
        return "x".join(map(str, value)) if _is_sizes(value) else f"[{', '.join(_item(item) for item in value)}]"
    return str(value)


def _item(value: Any) -> str:
    if isinstance(value, Raw):
        return value.text
    return f"[{', '.join(map(_item, value))}]" if isinstance(value, tuple) else text(value)
