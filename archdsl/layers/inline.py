"""What a module of torch.nn does as a call of a function, with its arguments as Python writes them."""

from __future__ import annotations

from math import isinf

from archdsl.layers.base import Module, is_open
from archdsl.typed import Any


def literal(value: Any) -> str:
    """A number, a word or numbers in brackets as Python writes them."""
    if isinstance(value, float) and isinf(value):
        return f'float("{value}")'
    return f'"{value}"' if isinstance(value, str) else repr(value)  # the words of PyTorch's options are plain


def inline(function: str, module: Module) -> str:
    """The function that computes what a module does, as a call: `F.max_pool2d({0}, 3, stride=2)`.

    For a symbolic size stands its name, `F.interpolate({0}, size={size})`: it is read off a tensor.
    """
    words = ["{0}"]
    for position, (name, value) in enumerate(module.arguments.items()):
        if name not in module.defaults or module.defaults[name] != value:
            text = f"{{{name}}}" if is_open(value) else literal(value)
            plain = position < module.positional and len(words) == position + 1  # none before it is left out
            words.append(text if plain else f"{name}={text}")
    return f"{function}({', '.join(words)})"
