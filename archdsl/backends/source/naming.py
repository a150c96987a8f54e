"""Names in Python: what a label, a block or a value is called in the generated source."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Container
from itertools import count

_TAKEN = frozenset(
    ("self", "torch", "nn", "F", "range", "super", "getattr", "sum", "print", "x", "i", "True", "False", "None")
)

BUILTINS = frozenset(vars(builtins)) | _TAKEN  # what a class of another package is never called in the source


def is_plain(label: str) -> bool:
    """Whether a label can be an attribute without changes; those that PyTorch keeps for itself never get here."""
    return is_identifier(label)


def is_identifier(word: str) -> bool:
    return word.isascii() and word.isidentifier() and not keyword.iskeyword(word) and not word.startswith("_")


def class_name(word: str, taken: set[str]) -> str:
    """BOTTLENECK as Bottleneck, RES_BLOCK as ResBlock, CNABlock as it is; a number after it where it is taken."""
    name = word
    if word == word.upper() or "_" in word or word[:1].islower():
        parts = [part for part in word.split("_") if part]
        name = "".join(part.capitalize() if part == part.upper() else part[:1].upper() + part[1:] for part in parts)
    name = "".join(letter for letter in name if letter.isascii() and letter.isalnum())
    if not name or not name[0].isalpha() or not is_identifier(name) or name in _TAKEN:
        name = f"Block{name}"
    return fresh(name, taken)


def variable(label: str | None, taken: Container[str]) -> str:
    """A local variable for a result: its label where that is a word, else the next free letter."""
    candidates = [label] if label and is_identifier(label) and label not in _TAKEN and label.isidentifier() else []
    for candidate in [*candidates, "y", "z", "u", "v", "w"]:
        if candidate not in taken:
            return candidate
    return next(name for number in count(2) if (name := f"y{number}") not in taken)


def parameter(word: str, taken: set[str]) -> str:
    """A constructor parameter."""
    word = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in word)
    word = (
        word if is_identifier(word) and word not in _TAKEN else f"{word}_" if is_identifier(f"{word}_") else f"p_{word}"
    )
    return fresh(word, taken)


def fresh(name: str, taken: set[str]) -> str:
    """The name, or the name with the first number that makes it new; it is taken from now on."""
    number, candidate = 2, name
    while candidate in taken:
        candidate, number = f"{name}{number}", number + 1
    taken.add(candidate)
    return candidate


def quoted(text: str) -> str:
    """A string literal, with double quotes where it needs no escapes."""
    plain = text.isascii() and text.isprintable() and '"' not in text and "\\" not in text
    return f'"{text}"' if plain else ascii(text)
