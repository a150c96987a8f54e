"""What a module knows of its spec: the text, the values of the model's parameters, the version that compiled it."""

from __future__ import annotations

from torch import nn

from archdsl.checker.checked import Checked
from archdsl.expressions.scope import KindReference
from archdsl.layers.values import Sizes
from archdsl.typed import Any, NamedTuple
from archdsl.version import VERSION


class ModuleSpec(NamedTuple):
    """`module.arch`: plain values, which copies and pickles of the module have too.

    `text` is the spec as it was read, and `used` has the texts of the files that it uses, by their names. `parameters`
    are those that have a value, as `load` takes them; `version` is that of archdsl.
    """

    text: str
    parameters: dict[str, Any]
    version: str
    used: dict[str, str]

    def __repr__(self) -> str:
        return f"<spec of {len(self.text):,} characters, {self.parameters}, archdsl {self.version}>"


def remember(module: nn.Module, checked: Checked) -> None:
    """Give a module its spec, unless a layer of it has that name."""
    if hasattr(module, "arch"):
        return
    first, *used = checked.source.texts()
    parameters = {name: _plain(value) for name, value in checked.parameters.items()}
    module.__dict__["arch"] = ModuleSpec(first.text, parameters, VERSION, {one.name: one.text for one in used})


def _plain(value: Any) -> Any:
    """A value as Python has it, and as `load` takes it: a kind or a block by its name, sizes as a list."""
    if isinstance(value, KindReference):
        return value.name
    if isinstance(value, Sizes):
        return [_plain(one) for one in value.sizes]
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    if isinstance(value, (bool, int, float, str)) or value is None:
        return value
    if hasattr(value, "denominator"):
        return int(value) if value.denominator == 1 else float(value)
    return str(value)
