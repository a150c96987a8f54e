"""Lines of a program in a listing that are no layers: which say nothing, and which may be a layer that was not read."""

from __future__ import annotations

import re

_STATEMENT = re.compile(
    r"\s*(?:self\.)?[A-Za-z_]\w*\s*[-+*/@]?=(?!=)\s*[A-Za-z_][\w.]*(?:\s*[-+*/@]\s*[A-Za-z_]|[(\[])"  # x = x + y
    r"|\s*(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*\("  # model.add(...)
    r"|\s*[A-Z]\w*\((?![12][0-9]{3}\))(?:\)|[^()\n]*[0-9=])[^\n]*\)\s*[,;]?\s*$"  # Name(3)
)
_SAYS_NOTHING = re.compile(
    r"(?:\.|\b)(?:compile|summary|fit|fit_generator|evaluate|predict|train|eval|to|cuda|cpu|save|save_weights|load\w*|print|build"
    r"|plot_model|manual_seed|seed|no_grad|zero_grad|step|backward|parameters|item|format|append|Sequential|Model|Adam\w*|SGD"
    r"|RMSprop|\w*Loss|\w*[Cc]rossentropy|DataLoader|Dataset|device|range|len|super|__init__|clear_session|get_data|\w*transforms?"
    r"|Compose|ToTensor|Normalize|train_test_split|to_categorical|Variable)\s*\("
)


def may_be_a_layer(line: str) -> bool:
    """Whether a line is a statement or a call of a program that is not known to be no layer."""
    return _STATEMENT.match(line) is not None and _SAYS_NOTHING.search(line) is None
