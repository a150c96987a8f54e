"""Symbolic sizes in generated source: the check of sizes in `forward`, and what cannot be compiled without a number.

Loaded only where a size is symbolic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdsl.analysis.conditions import Condition, combined, exportable
from archdsl.backends.source.flow import form_of
from archdsl.backends.source.text import WIDTH
from archdsl.checker.checked import Checked
from archdsl.diagnostics import ArchError, Diagnostic, Span
from archdsl.layers.base import is_open
from archdsl.layers.values import give
from archdsl.network.nodes import Leaf, Network, NetworkPort, Repeat, postorder
from archdsl.sizes.condition import names_of
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Expression, Symbol, symbols
from archdsl.typed import Any, NamedTuple

_ALIKE = ("I", "O", "l")  # letters that linters take for digits
_TAKEN = {"self", "torch", "nn", "F", "x"}
_OPPOSITE = {">=": "<", "<=": ">", "==": "!=", "!=": "=="}
_COMPARISON = re.compile(r"(.+) (>=|<=|==|!=) (-?\w+)")


def refuse_open(checked: Checked) -> None:
    """Raise ArchError at each layer that PyTorch cannot make without a number for what is symbolic."""
    assert checked.network is not None
    readable = _places(checked.network, tuple(port.name for port in checked.network.inputs))
    found = [_fault(node, checked, set(readable)) for node in postorder(checked.network.body)]
    faults = [fault for fault in found if fault is not None]
    for each in () if faults else combined(checked.facts, checked.source):
        open_ones = sorted(names_of(each.clause) - readable.keys())
        if open_ones and names_of(each.clause) & readable.keys():
            message = f"{each.text} is required, and PyTorch needs a number for {' and '.join(open_ones)}"
            hint = f"give a value: {' '.join(f'{name}=...' for name in open_ones)}"
            faults.append(Diagnostic("undetermined", message, Span(0, 0), checked.source, hint=hint))
    if faults:
        raise ArchError(sorted(faults, key=lambda fault: fault.place)[: checked.facts.limits.diagnostics])  # type: ignore[union-attr]


def _fault(node: Any, checked: Checked, readable: set[str]) -> Diagnostic | None:
    if isinstance(node, Repeat):
        found = next((run.copies for run in node.runs if isinstance(run.copies, Expression)), None)
        message = f"the number of copies is {found}, and PyTorch needs a number to make the copies"
        at = node.statement.repeat
    elif isinstance(node, Leaf):
        name, found = next(_open_arguments(node, readable), ("", None))
        message = f"{node.op.name}: {name} is {found}, and PyTorch needs a number to make the layer"
        at = node.statement.kind
    else:
        return None
    if found is None or at is None:
        return None
    part, span = checked.source.at(at)
    return Diagnostic("undetermined", message, span, part, hint=give(found))


def _open_arguments(leaf: Leaf, readable: set[str]) -> Iterator[tuple[str, Any]]:
    """Values of a layer, and arguments of its module, that are symbolic and not read off a tensor in `forward`."""
    lowered = leaf.op.lower(*leaf.inputs)
    read_off = lowered.open_sizes()
    arguments = lowered.module.arguments if lowered.module is not None else {}
    made = lowered.call is None or is_open(tuple(size for each in leaf.op.tensors(*leaf.inputs) for size in each.sizes))
    own = {name: leaf.op.__dict__[name] for name, each in type(leaf.op).attributes.items() if not each.type.told}
    for name, value in (*own.items(), *arguments.items()) if made else ():
        for each in _sizes_in(value):
            yield name, each
    for name, value in (*own.items(), *read_off.items()):
        for each in _sizes_in(value):
            if not symbols(each) <= readable:
                yield name, each


def _sizes_in(value: Any) -> list[Any]:
    """The symbolic sizes in a value."""
    if isinstance(value, (dict, tuple)):
        return [size for each in (value.values() if isinstance(value, dict) else value) for size in _sizes_in(each)]
    return [value] if is_open(value) else []


# ---- the check of sizes


def size_variables(checked: Checked, takes: tuple[str, ...]) -> dict[str, str]:
    """The symbols that can be read off the inputs, and the variables that hold them."""
    assert checked.network is not None
    return {name: _variable(name, takes) for name in _places(checked.network, takes)}


def size_reads(checked: Checked, takes: tuple[str, ...], read: set[str]) -> list[str]:
    """The statements of `forward` that read the symbols off which it needs."""
    assert checked.network is not None
    places = _places(checked.network, takes)
    return [f"{_variable(name, takes)} = {found[0].solved}" for name, found in places.items() if name in read]


def size_checks(checked: Checked, takes: tuple[str, ...], read: set[str]) -> list[str]:
    """The statements that refuse a forbidden size with a ValueError, cheaply; none where nothing is forbidden.

    `read` are the symbols that `forward` reads off, for which a tensor must have all its axes.
    """
    assert checked.network is not None
    places = _places(checked.network, takes)
    conditions = combined(checked.facts, checked.source)
    lines: list[str] = []
    for name, found in places.items():
        variable = _variable(name, takes)
        stated = any(name in names_of(each.clause) for each in conditions)
        if stated or len(found) > 1 or found[0].size:
            lines.append(f"{variable} = {found[0].solved}")
        for place in found:
            lines += _agreeing(name, variable, place, place is found[0])
    for each in conditions:
        names = [name for name in places if name in names_of(each.clause)]
        lines += _check(each, names, takes) if names else []
    return [*_axes(checked.network, takes, [*lines, *size_reads(checked, takes, read)]), *lines]


def _axes(network: Network, takes: tuple[str, ...], lines: list[str]) -> list[str]:
    """The check that a tensor of which an axis is read has all axes, the batch among them."""
    found: list[str] = []
    for argument, port in zip(takes, network.inputs, strict=False):
        if any(re.search(rf"\b{argument}\.shape\[", line) for line in lines):
            sizes = {_dimension(port, axis): str(size) for axis, size in enumerate(port.shape)}
            wanted = ", ".join(["batch", *(sizes[dimension] for dimension in sorted(sizes))])
            text = f"the shape of {argument} is {{{argument}.shape}}, and the model reads ({wanted})"
            found += _raising(f"{argument}.dim() != {len(port.shape) + 1}", text)
    return found


def _agreeing(name: str, variable: str, place: SizeAxis, first: bool) -> list[str]:
    """The check that an axis is what the size says, where that is read off another one or is an expression of it."""
    if first and not place.size:
        return []
    size = re.sub(rf"\b{re.escape(name)}\b", variable, place.size) or variable
    text = f"{name} is {{{variable}}}, and an axis that is {place.size or name} has the size {{{place.axis}}}"
    return _raising(f"{place.axis} != {size}", text)


def _check(condition: Condition, names: list[str], takes: tuple[str, ...]) -> list[str]:
    values = " and ".join(f"{name} is {{{_variable(name, takes)}}}" for name in names)
    needing = f"{condition.what} on line {condition.line} needs" if condition.line else "the model requires"
    test = _otherwise(_in_python(condition.text, names, takes))
    return _raising(test, f"{values}, and {needing} {condition.text}")


def _raising(test: str, text: str) -> list[str]:
    plain = f'    raise ValueError(f"{text}")'
    before, comma, after = text.rpartition(", and ")
    if len(plain) <= WIDTH + 8 or not comma:
        return [f"if {test}:", plain]
    parts = [f'{"f" * ("{" in part)}"{part}"' for part in (f"{before}, ", f"and {after}")]
    return [f"if {test}:", "    raise ValueError(", *(f"        {part}" for part in parts), "    )"]


def _otherwise(text: str) -> str:
    """The opposite of a condition: `H < 105` for `H >= 105`.

    Of several comparisons it is one value, by | and &: where `or` or `in` ends at the first that holds, `torch.export`
    would keep to sizes for which this one does.
    """
    ways = [" & ".join(map(_bracketed, way.split(" and "))) for way in text.split(" or ")]
    if len(ways) > 1 or " & " in ways[0]:
        return f"not ({' | '.join(f'({way})' if ' & ' in way and len(ways) > 1 else way for way in ways)})"
    sides = text.split(" == ")
    if len(sides) == 2 and not _COMPARISON.fullmatch(text):  # a linter has what is reckoned from capitals behind
        return " != ".join(sorted(sides, key=lambda side: (not re.search("[a-z]", side), "(" in side)))
    found = _COMPARISON.fullmatch(text)
    return f"{found[1]} {_OPPOSITE[found[2]]} {found[3]}" if found else f"not {ways[0]}"


def _bracketed(text: str) -> str:
    """`((W % 4 == 0) | (W % 4 == 3))` for `W % 4 in [0, 3]`; any other comparison in brackets."""
    left, listed, numbers = text.partition(" in [")
    return f"({' | '.join(f'({left} == {number})' for number in numbers[:-1].split(', '))})" if listed else f"({text})"


def _in_python(text: str, names: list[str], takes: tuple[str, ...]) -> str:
    for name in names:
        text = re.sub(rf"\b{re.escape(name)}\b", _variable(name, takes), text)
    return text


def _variable(name: str, takes: tuple[str, ...]) -> str:
    return f"{name}_size" if name in (*_TAKEN, *_ALIKE) or name in takes else name


class SizeAxis(NamedTuple):
    """An axis that gives a symbolic size: its text, that of the size, and the expression of the axis, if any."""

    axis: str
    solved: str
    size: str = ""


def _places(network: Network, takes: tuple[str, ...]) -> dict[str, list[SizeAxis]]:
    """Where each symbolic size is read off: the axes of the tensors that the model is given, the plain ones first."""
    found: dict[str, list[SizeAxis]] = {}
    for argument, port in zip(takes, network.inputs, strict=False):
        for axis, size in enumerate(port.shape):
            solved = _solved(size, f"{argument}.shape[{_dimension(port, axis)}]")
            if solved is not None:
                found.setdefault(solved[0], []).append(solved[1])
    return {name: sorted(places, key=lambda place: place.size) for name, places in found.items()}


def _solved(size: Any, axis: str) -> tuple[str, SizeAxis] | None:
    """The symbol of an axis of H, or of 2*H + 1, and how it is read off."""
    if not isinstance(size, Expression):
        return None
    (monomial, factor), *rest = size.terms
    if len(monomial) != 1 or not isinstance(monomial[0], Symbol) or factor < 1 or any(other for other, _ in rest):
        return None
    constant = rest[0][1] if rest else 0
    if factor == 1 and constant == 0:
        return monomial[0].name, SizeAxis(axis, axis)
    return monomial[0].name, SizeAxis(axis, f"({axis} - {constant}) // {factor}".replace("- -", "+ "), str(size))


def _dimension(port: NetworkPort, axis: int) -> int:
    """The dimension of an axis in the tensor that a model is given."""
    rank = len(port.shape)
    if form_of(Shape(port.shape, port.dtype)) != "first":
        return axis + 1
    return 1 if axis == rank - 1 else axis + 2


def note(checked: Checked) -> list[str]:
    """What the docstring of the model says of the sizes: which it takes, and which `torch.export` needs."""
    conditions = [each.text for each in combined(checked.facts, checked.source)]
    exported = [each.text for each in exportable(checked)]
    lines = [f"Sizes: {', '.join(conditions)}."] if conditions else []
    if exported and exported != conditions:
        lines.append(f"With torch.export and dynamic sizes: {', '.join(exported)}.")
    return lines
