"""A checked network as PyTorch source that a person would have written; torch itself is not needed."""

from __future__ import annotations

import re

from archdsl.analysis.check import Checked
from archdsl.backends.source.generator import Generator
from archdsl.diagnostics import ArchError, Diagnostic, Span
from archdsl.limits import Limits

_HEADER = '"""{name}, compiled from {file} by archdsl."""\n'


def source(checked: Checked, limits: Limits) -> str:
    """The source of a module file: imports, classes, the model last.

    Raises ArchError("limit") where the model has more layers than `unrolled` allows.
    """
    layers = checked.totals.layers
    if not isinstance(layers, int) or layers > limits.unrolled:
        message = f"the module would have {layers:,} layers; the limit is {limits.unrolled:,}"
        hint = "raise it with --limit unrolled=N"
        raise ArchError([Diagnostic("limit", message, Span(0, 0), checked.source, hint=hint)])
    body = Generator(checked).run()
    file = checked.source.name.replace("\\", "/").rpartition("/")[2]
    file = (
        "".join(letter if letter.isalnum() or letter in "._- " else "_" for letter in file if letter.isascii())
        or "a text"
    )
    return _HEADER.format(name=checked.name, file=file) + "\n" + _imports(body) + "\n\n" + body


def _imports(body: str) -> str:
    code = re.sub(r'"[^"\n]*"|#[^\n]*', "", body)
    lines = []
    if re.search(r"\btorch\.", code):
        lines.append("import torch")
    if re.search(r"\bF\.", code):
        lines.append("import torch.nn.functional as F")
    lines.append("from torch import nn")
    return "\n".join(lines) + "\n"
