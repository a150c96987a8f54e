"""Merges that read one value: what is wrong with them, and what was probably meant.

Loaded only where a text has one. A hint is shown where the rules of the kind accept it, and where nothing else fits
as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.elaborate.names import Names, Place, Value
from archdsl.elaborate.state import Elaboration
from archdsl.expressions.bind import Bound, bind, make
from archdsl.expressions.labels import DISCARD, discards
from archdsl.expressions.signature import of_kind
from archdsl.faults.problem import Problem
from archdsl.layers import Layer, Refusal
from archdsl.sizes.size import Undetermined
from archdsl.syntax import tree
from archdsl.typed import NamedTuple

_ORDERED = ("SUB", "DIV", "POW", "SCALE", "MATMUL", "EINSUM")  # the first value is not the second
_LISTED = ("CONCAT",)  # PyTorch joins a list of one
_MOST_SHOWN = 4  # names in a hint
_LONGEST = 60  # characters of a line that a hint repeats
_FREE = ("y", "z", "u", "v", "w")  # names for a line that has none


class Named(NamedTuple):
    """A value and the name that reads it; `line` gives it the name where it has none."""

    name: str
    value: Value
    line: str = ""


def check_several(
    e: Elaboration,
    statement: tree.LayerStatement,
    kind: type[Layer],
    inputs: tuple[Value, ...],
    above: Value | None,
    place: Place,
) -> None:
    """Raise the fault of a merge without braces that reads one value; `above` is the result above, if that is known.

    Arithmetic with a number reads one value, and `all` of a list of one value too. Of a list of one name that PyTorch
    joins, this is a warning. What is wrong with the line's own words goes before.
    """
    bound = bind(of_kind(kind), statement.arguments, place.scope, place.kinds)
    if kind.reads_one(bound.values) or any(map(_is_counted, statement.reads)):
        return
    if statement.reads and kind.name in _LISTED:
        _warn(e, statement, f"{kind.name} joins one value, {_what(e, statement, inputs)}", None)
        return
    origin = e.origins[inputs[0].number] if inputs else None
    what = _what(e, statement, inputs)
    message = f"{kind.name} joins several values, and this line reads one: {what}"
    told = origin is not None and bool(origin.end) and inputs[0].shape is not None
    related = (e.rules.origin(inputs[0]),) if told else ()
    hint = _several(e, statement, kind, bound, inputs[0], above, place) if told else None
    raise Problem("wrong-inputs", message, statement.kind or statement, hint=hint, related=related)


def _is_counted(read: tree.Read) -> bool:
    """Whether what a line reads is as many values as are on a list, or in a range: one may be one of several counts."""
    return read.how == "all" if isinstance(read, tree.FromList) else read.type == "TEMPLATE" and ".." in read.text


def _what(e: Elaboration, statement: tree.LayerStatement, inputs: tuple[Value, ...]) -> str:
    """How a message calls the one value that a line reads."""
    if statement.reads and not discards(statement.reads[0]):
        return statement.reads[0].text
    return "the input" if inputs and isinstance(e.origins[inputs[0].number], tree.Input) else "the result above"


def warn_of_one(
    e: Elaboration, statement: tree.LayerStatement, kind: type[Layer], bound: Bound, read: Value, branch: Value
) -> None:
    """Warn of braces with one branch, unless it is a `for`, an `if` or a repeat that makes one just here."""
    assert statement.body is not None
    if kind.reads_one(bound.values):
        return
    statements = [one for line in statement.body.lines for one in line.statements]
    branches = [one for one in statements if isinstance(one, (tree.LayerStatement, tree.For, tree.If))]
    if len(branches) != 1 or not isinstance(branches[0], tree.LayerStatement) or branches[0].repeat is not None:
        return
    text = _text(e, branches[0])
    shortcut = kind.name == "ADD" and text and _fits(kind, bound, (read, branch))
    hint = f"ADD {{ ID; {text} }} adds the result to what the branch reads" if shortcut else None
    _warn(e, statement, f"{kind.name} has one branch", hint)


def _warn(e: Elaboration, statement: tree.LayerStatement, what: str, hint: str | None) -> None:
    e.report.tell("single-branch", f"{what}, and passes it on unchanged", statement.kind or statement, hint=hint)


# ---- what else the line may read


def _several(
    e: Elaboration,
    statement: tree.LayerStatement,
    kind: type[Layer],
    bound: Bound,
    read: Value,
    above: Value | None,
    place: Place,
) -> str | None:
    """The line with a second value that its rules accept: the result above, else the one name that comes into question;
    of several names all, where the order is no matter.
    """
    first = Named(DISCARD, read) if statement.reads and discards(statement.reads[0]) else _called(e, read, place)
    if first is None or statement.repeat is not None:
        return None
    words = tree.words(statement, e.report.source.text)
    if statement.reads and above is not None and not e.is_read(above):
        second = _called(e, above, place)
        pair = _pair(kind, bound, second, first) if second is not None else None
        if pair is not None and second is not None:
            return f"{second.line}{words} <- {pair}"
    others = [other for other in _in_sight(place.names) if _is_other(other, read)]
    fitting = [(other, pair) for other in others if (pair := _pair(kind, bound, first, other)) is not None]
    unread = [found for found in fitting if not e.is_read(found[0].value)]
    if len(unread) == 1 or len(fitting) == 1:
        return f"{first.line}{words} <- {(unread if len(unread) == 1 else fitting)[0][1]}"
    if not fitting or kind.name in _ORDERED:
        return None
    names = [other.name for other, _ in fitting]
    shown = ", ".join(names[:_MOST_SHOWN]) + (", ..." if len(names) > _MOST_SHOWN else "")
    return f"{first.line}{words} <- {first.name}, and with it one of {shown}"


def _is_other(other: Named, read: Value) -> bool:
    return other.value.number != read.number and other.value.shape is not None


def _pair(kind: type[Layer], bound: Bound, one: Named, other: Named) -> str | None:
    """`a, b` in the order that the rules accept; None where they accept none, or both and the order counts."""
    orders = [(one, other), (other, one)] if kind.name in _ORDERED else [(one, other)]
    fitting = [order for order in orders if _fits(kind, bound, (order[0].value, order[1].value))]
    return f"{fitting[0][0].name}, {fitting[0][1].name}" if len(fitting) == 1 else None


def _fits(kind: type[Layer], bound: Bound, values: tuple[Value, ...]) -> bool:
    shapes = tuple(value.shape for value in values if value.shape is not None)
    try:
        return len(shapes) == len(values) and bool(make(kind, bound, shapes).results(*shapes))
    except (Refusal, Undetermined):
        return False


# ---- names


def _in_sight(names: Names) -> Iterator[Named]:
    """What a line may read by its name, the last first."""
    seen: set[str] = set()
    scope: Names | None = names
    while scope is not None:
        for label, entry in reversed(scope.entries.items()):
            if label not in seen and entry.values:
                seen.add(label)
                yield Named(label if label.isidentifier() else f'"{label}"', entry.values[0])
        scope = scope.around


def _called(e: Elaboration, value: Value, place: Place) -> Named | None:
    """A value with its name; one without a name gets one, where its line is short and stands in no loop."""
    named = next((one for one in _in_sight(place.names) if one.value.number == value.number), None)
    if named is not None:
        return named
    line = e.origins[value.number]
    name = next((name for name in _FREE if name not in place.names.visible() and name not in place.names.taken), None)
    if (
        not isinstance(line, tree.LayerStatement)
        or line.names
        or line.repeat is not None
        or name is None
        or _in_loop(e, line)
    ):
        return None
    text = _text(e, line)
    return Named(name, value, f"{name}: {text}; ") if text else None


def _in_loop(e: Elaboration, line: tree.LayerStatement) -> bool:
    """Whether a line is laid several times in one container, so that a name would be given twice."""
    stack = [one for file in e.kinds.files for each in (file.lines, *_bodies(file.blocks)) for one in each]
    while stack:
        for statement in stack.pop().statements:
            for body in _inside(statement):
                if body.start <= line.start < body.end:
                    if isinstance(statement, tree.For) or (
                        isinstance(statement, tree.LayerStatement) and statement.repeat
                    ):
                        return True
                    stack += body.lines
    return False


def _bodies(blocks: dict[str, tree.Block]) -> list[tuple[tree.Line, ...]]:
    return [block.body.lines for block in blocks.values()]


def _inside(statement: tree.Statement) -> list[tree.Body]:
    """The braces of a statement."""
    match statement:
        case tree.LayerStatement(body=body) if body is not None:
            return [body]
        case tree.For():
            return [statement.body]
        case tree.If():
            return statement.bodies
    return []


# ---- text


def _text(e: Elaboration, line: tree.LayerStatement) -> str:
    """A line as it is written, without its claims; empty where it is long."""
    end = min((claim.start for claim in line.claims), default=line.end)
    text = e.report.source.text[line.start : end].split("->")[0].rstrip() if line.claims else ""
    text = text or e.report.source.text[line.start : line.end]
    return text if "\n" not in text and len(text) <= _LONGEST else ""
