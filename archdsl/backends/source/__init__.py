"""A checked network as PyTorch source that a person would have written; torch itself is not needed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from archdsl.backends.source.generator import Generator
from archdsl.checker.checked import Checked
from archdsl.diagnostics import ArchError, Diagnostic, Span
from archdsl.layers.kinds.door import Door
from archdsl.limits import Limits, raising
from archdsl.network.nodes import Leaf, postorder
from archdsl.network.table import NodeTable

_FRAMES = 16  # calls within one another for one level of braces, at most
_HEADER = '"""{name}, compiled from {file} by archdsl."""\n'


def source(checked: Checked, limits: Limits, *, allow_modules: bool = False, inplace: bool = False) -> str:
    """The source of a module file: imports, classes, the model last.

    With `inplace` each activation overwrites its input where it can; without, where its line asks for it.

    Raises ArchError("limit") where the model has more layers than `unrolled` allows, ArchError("undetermined") where a
    layer cannot be made without a number for a size that is symbolic, ArchError("closed-door") for an external
    module and `allow_modules` does not allow these.
    """
    layers = checked.totals.layers
    if not allow_modules:
        _refuse_foreign(checked)
    if checked.facts is not None:
        from archdsl.backends.source.sizes import refuse_open

        refuse_open(checked)
    assert isinstance(layers, int)
    if layers > limits.unrolled:
        message = f"the module would have {layers:,} layers; the limit is {limits.unrolled:,}"
        hint = raising("unrolled")
        raise ArchError([Diagnostic("limit", message, Span(0, 0), checked.source, hint=hint)])
    with _room(checked):
        generator = Generator(checked, inplace=inplace)
        body = generator.run()
    file = checked.source.name.replace("\\", "/").rpartition("/")[2]
    file = (
        "".join(letter if letter.isalnum() or letter in "._- " else "_" for letter in file if letter.isascii())
        or "a text"
    )
    return _HEADER.format(name=checked.name, file=file) + "\n" + _imports(body, generator.imports) + "\n\n" + body


def foreign_layers(checked: Checked) -> list[Leaf]:
    """The layers that are external modules, each once."""
    assert checked.network is not None
    return [node for node in postorder(checked.network.body) if isinstance(node, Leaf) and isinstance(node.op, Door)]


def _refuse_foreign(checked: Checked) -> None:
    """Raise ArchError at each layer that would import code."""
    faults = []
    for leaf in foreign_layers(checked):
        message = f"{leaf.op.path} is an external module, and external modules are disabled"
        part, span = checked.source.at(leaf.statement)
        hint = "if you trust it: --allow-modules, or load(..., allow_modules=True)"
        faults.append(Diagnostic("closed-door", message, span, part, hint=hint))
    if faults:
        raise ArchError(faults)


@contextmanager
def _room(checked: Checked) -> Iterator[None]:
    """Room on Python's stack for groups in groups; calls among Python functions take none of the machine's own."""
    assert checked.network is not None
    depth = NodeTable[int]().fold(
        checked.network.body,
        own=lambda _: 0,
        total=lambda *parts: 1 + max(parts, default=0),
        times=lambda one, _: one,
    )
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + _FRAMES * (1 + depth))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _imports(body: str, foreign: Mapping[tuple[str, str], str]) -> str:
    """The import statements; `foreign` are classes of other packages, by the names that they have here."""
    code = re.sub(r'"""(?s:.*?)"""|"[^"\n]*"|#[^\n]*', "", body)
    lines = []
    if re.search(r"\btorch\.", code):
        lines.append("import torch")
    if re.search(r"\bF\.", code):
        lines.append("import torch.nn.functional as F")
    wanted: dict[str, list[str]] = {"torch": ["nn"]}
    for (home, word), name in sorted(foreign.items()):
        wanted.setdefault(home, []).append(word if name == word else f"{word} as {name}")
    lines += [f"from {home} import {', '.join(sorted(words))}" for home, words in sorted(wanted.items())]
    return "\n".join(lines) + "\n"
