"""What a module knows of its spec: the text, the values of the model's parameters, the version that compiled it."""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import nn

from archdsl.checker.checked import Checked
from archdsl.expressions.scope import KindReference
from archdsl.reports.attributes import arguments
from archdsl.reports.records import Json
from archdsl.version import VERSION


class ModuleSpec(NamedTuple):
    """`module.arch`: plain values, which copies and pickles of the module have too.

    `text` is the spec as it was read, and `used` has the texts of the files that it uses, by their names. `parameters`
    are those that have a value, lists and texts as JSON has them; `version` is that of archdsl.
    """

    text: str
    parameters: dict[str, Json]
    version: str
    used: dict[str, str]

    def __repr__(self) -> str:
        return f"<spec of {len(self.text):,} letters, {self.parameters}, archdsl {self.version}>"


def remember(module: nn.Module, checked: Checked) -> None:
    """Give a module its spec, unless a layer of it has that name."""
    if hasattr(module, "arch"):
        return
    first, *used = checked.source.texts()
    values = {name: _named(value) for name, value in checked.parameters.items()}
    parameters = arguments(tuple(values.items()))
    module.__dict__["arch"] = ModuleSpec(first.text, parameters, VERSION, {one.name: one.text for one in used})


def _named(value: Any) -> Any:
    """A kind or a block that a parameter stands for, by its name."""
    if isinstance(value, KindReference):
        return value.name
    return tuple(map(_named, value)) if type(value) is tuple else value
