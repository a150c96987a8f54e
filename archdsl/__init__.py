"""archdsl: a language for neural-network architectures, and its checker.

model = archdsl.load("specs/alexnet.arch", classes=10)
model.params, model.macs, model.layers, model.summary(), model.to_source(), model.to_torch()
"""

from __future__ import annotations

from archdsl.version import VERSION

TYPE_CHECKING = False  # as `typing` has it, which is not imported: the program begins here

__version__ = VERSION
__all__ = ["ArchError", "Diagnostic", "Limits", "Model", "Report", "check", "check_file", "load", "loads", "save"]

if TYPE_CHECKING:
    from archdsl.api.load import check, check_file, load, loads
    from archdsl.api.model import Model
    from archdsl.api.report import Report
    from archdsl.api.weights import save
    from archdsl.diagnostics import ArchError, Diagnostic
    from archdsl.limits import Limits
    from archdsl.typed import Any

_HOMES = {
    "ArchError": "archdsl.diagnostics",
    "Diagnostic": "archdsl.diagnostics",
    "Limits": "archdsl.limits",
    "Model": "archdsl.api.model",
    "Report": "archdsl.api.report",
    "check": "archdsl.api.load",
    "check_file": "archdsl.api.load",
    "load": "archdsl.api.load",
    "loads": "archdsl.api.load",
    "save": "archdsl.api.weights",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is asked for, so that `archdsl --version` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'archdsl' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(["__version__", *__all__])
