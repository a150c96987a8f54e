"""Run generated source, after its syntax tree has passed a whitelist, and make the model."""

from __future__ import annotations

import hashlib
import linecache
import sys
import types

from torch import nn

from archdsl.backends.torch import foreign
from archdsl.backends.torch.spec import remember
from archdsl.backends.torch.whitelist import verify
from archdsl.checker.checked import Checked
from archdsl.typed import Any

_PREFIX = "archdsl_compiled_"


def build(source: str, checked: Checked) -> nn.Module:
    """The model that the source defines last, with fresh weights; `checked` is what it was compiled from.

    Raises ValueError where the source has anything that generated source never has, ArchError("foreign-module") where a
    external module is not as stated.
    """
    module = load(source, foreign.classes(checked))
    try:
        model: nn.Module = module.__dict__[module.__dict__["MODEL"]]()
    except Exception as fault:
        raise foreign.refused(checked, fault) from None
    foreign.hold(checked, model)
    remember(model, checked)
    return model


def load(source: str, foreign_classes: frozenset[tuple[str, str]] = frozenset()) -> types.ModuleType:
    """The module of a source, made once a process and known to `sys.modules`, so that its classes can be pickled.

    `foreign_classes` are those of other packages that it may import.
    """
    name = _PREFIX + hashlib.sha256(source.encode()).hexdigest()[:16]
    if name in sys.modules:
        return sys.modules[name]
    tree = verify(source, foreign_classes)
    module = types.ModuleType(name, "Compiled by archdsl.")
    module.__dict__["SOURCE"], module.__dict__["FOREIGN"] = source, foreign_classes
    module.__file__ = f"{name}.py"
    module.__dict__["__loader__"] = _Loader(source)
    exec(compile(tree, module.__file__, "exec"), module.__dict__)
    classes = [value for value in module.__dict__.values() if isinstance(value, type) and value.__module__ == name]
    for cls in classes:
        cls.__reduce_ex__ = _reduce  # type: ignore[method-assign, assignment]
    module.__dict__["MODEL"] = classes[-1].__name__
    sys.modules[name] = module
    linecache.lazycache(module.__file__, module.__dict__)  # tracebacks have the name of the file alone
    return module


class _Loader:
    """Gives `inspect` and tracebacks the source of a module that lies in no file."""

    def __init__(self, source: str) -> None:
        self._source = source

    def get_source(self, name: str) -> str:
        """The source, whatever name the module has."""
        return self._source


def _reduce(self: Any, protocol: Any) -> Any:
    """Pickle by source: another process, where the module is unknown, makes the class anew."""
    module = sys.modules[type(self).__module__]
    return restore, (module.__dict__["SOURCE"], type(self).__name__, module.__dict__["FOREIGN"]), self.__dict__


def restore(source: str, name: str, classes: frozenset[tuple[str, str]]) -> Any:
    """An empty instance of a class of a compiled module; its state follows."""
    cls = load(source, classes).__dict__[name]
    return cls.__new__(cls)
