"""External modules: imported if the caller enables them, and compared with what the spec states about them."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from torch import nn

from archdsl.backends.source import foreign_layers
from archdsl.checker.checked import Checked
from archdsl.diagnostics import ArchError, Diagnostic
from archdsl.layers.kinds.door import Door
from archdsl.network.nodes import Leaf, walk
from archdsl.typed import Any


def classes(checked: Checked) -> frozenset[tuple[str, str]]:
    """The classes that the network needs of other packages, as module and name; imports them.

    Raises ArchError("foreign-module") where one cannot be had or is no class of modules.
    """
    for leaf in foreign_layers(checked):
        _class(checked, leaf)
    return frozenset((leaf.op.home, leaf.op.word) for leaf in foreign_layers(checked))


def _class(checked: Checked, leaf: Leaf) -> type[nn.Module]:
    home, word = leaf.op.home, leaf.op.word
    try:
        module = import_module(home)
    except Exception as fault:  # whatever a foreign package does
        raise _refusal(checked, leaf, f"{home} cannot be imported: {_told(fault)}") from None
    found = getattr(module, word, None)
    if found is None:
        raise _refusal(checked, leaf, f"{home} has no attribute {word}")
    if not isinstance(found, type) or not issubclass(found, nn.Module):
        raise _refusal(checked, leaf, f"{leaf.op.path} is not a subclass of torch.nn.Module")
    return found


def refused(checked: Checked, fault: Exception) -> Exception:
    """The fault of making the model, told of the layer whose constructor refuses; as it came where none does."""
    for leaf in foreign_layers(checked):
        try:
            _class(checked, leaf)(**{name: _plain(value) for name, value in leaf.op.given().items()})
        except ArchError as refusal:
            return refusal
        except Exception as reason:  # whatever a foreign constructor raises
            return _refusal(checked, leaf, f"{leaf.op.path} rejects its arguments: {_told(reason)}")
    return fault


def _plain(value: Any) -> Any:
    """An argument as the source writes it."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return value if isinstance(value, (bool, int, float, str)) else float(value)


def hold(checked: Checked, model: nn.Module) -> None:
    """Raise ArchError("foreign-module") where a module has another number of parameters than the spec states."""
    assert checked.network is not None
    for placed in walk(checked.network.body, unroll=True) if foreign_layers(checked) else ():
        if isinstance(placed.node, Leaf) and isinstance(placed.node.op, Door):
            own = sum(parameter.numel() for parameter in _parameters(model, placed.path))
            stated = placed.node.op.params
            if own != stated:
                message = f"{placed.node.op.path} has {own:,} parameters, and the line states {stated:,}"
                raise _refusal(checked, placed.node, message, f"write params={own}")


def _parameters(model: nn.Module, path: str) -> Iterable[nn.Parameter]:
    for step in path.split("."):
        model = getattr(model, step)
    return model.parameters()


def _told(fault: Exception) -> str:
    return f"{type(fault).__name__}: {str(fault).partition(chr(10))[0][:300]}"


def _refusal(checked: Checked, leaf: Leaf, message: str, hint: str | None = None) -> ArchError:
    part, span = checked.source.at(leaf.statement)
    return ArchError([Diagnostic("foreign-module", message, span, part, hint=hint)])
