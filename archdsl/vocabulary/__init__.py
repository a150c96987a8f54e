"""What the names of other libraries and of papers are in the language: tables, loaded only where a text is wrong."""

from __future__ import annotations

import re
from functools import cache

from archdsl.vocabulary import functional, keras, onnx, papers, pytorch
from archdsl.vocabulary.table import Meaning, rows

__all__ = ["LIBRARIES", "Meaning", "exact", "known", "names", "plain"]

_TABLES = {
    "pytorch": pytorch.MODULES,
    "functional": functional.FUNCTIONS,
    "keras": keras.LAYERS,
    "onnx": onnx.OPERATORS,
    "papers": papers.NAMES,
}
LIBRARIES = tuple(_TABLES)
_PREFIXES = (  # what stands before a name says which library is meant
    (r"(?:.*\.)?(?:layers|keras)\.", ("keras",)),
    (r"(?:.*\.)?F\.|torch\.|tf\.|(?:.*\.)?functional\.|x\.", ("functional", "pytorch")),
    (r"(?:.*\.)?nn\.", ("pytorch", "functional")),
)


@cache
def _rows(library: str) -> dict[str, Meaning]:
    return rows(_TABLES[library])


@cache
def _plain() -> dict[str, Meaning]:
    """Every row by its plain name; what papers say goes before a library, PyTorch before Keras, and so on."""
    found: dict[str, Meaning] = {}
    for library in ("papers", "pytorch", "keras", "onnx", "functional"):
        for name, row in _rows(library).items():
            found.setdefault(plain(name), row)
    return found


def names() -> tuple[str, ...]:
    """The plain names of all rows that are a kind."""
    return tuple(name for name, row in _plain().items() if row.kind)


def plain(name: str) -> str:
    """A name without what libraries write differently: dots, capitals, underscores and the number of axes."""
    last = name.rpartition(".")[2].lower().replace("_", "")
    return re.sub(r"[123]d(?:layer)?(?=transpose$|$)", "", last)


def exact(name: str) -> list[Meaning]:
    """The rows of a name as a program writes it, `nn.Conv2d` or `Dense`: the likeliest library first."""
    last = name.rpartition(".")[2]
    asked = next((libraries for prefix, libraries in _PREFIXES if re.match(prefix, name)), None)
    return [_rows(one)[last] for one in asked or ("pytorch", "keras", "functional", "onnx") if last in _rows(one)]


def known(word: str) -> Meaning | None:
    """What a word that somebody uses as a kind is here, however it is written."""
    name = "spatialdropout" if re.fullmatch(r"(?:.*\.)?dropout_?[123]d", word.lower()) else word
    return _plain().get(plain(name))
