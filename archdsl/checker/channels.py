"""Inputs that look as PyTorch writes them, channels first: a warning, or the fix of a fault, which was tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archdsl.diagnostics import Diagnostic, Span
from archdsl.diagnostics.diagnostic import Edit, Fix
from archdsl.expressions.scope import Scope
from archdsl.faults.problem import Problem, Silent
from archdsl.faults.report import Reporter
from archdsl.reading.declare import Declarations, input_shape
from archdsl.reading.reading import Reading
from archdsl.sizes.shape import Shape, is_channels_first
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from archdsl.reading.given import GivenInput

CODE = "channels-first"
_CLAIMS = ("claim-shape", "claim-value")  # these may be written in the same order as the input


class Suspect(NamedTuple):
    """An input whose channels seem to come first; `statement` is None for the one that the caller gives."""

    statement: tree.Input | None
    shape: Shape

    @property
    def turned(self) -> Shape:
        """The same with its channels last."""
        first, *others = self.shape.sizes
        return self.shape._replace(sizes=(*others, first))

    @property
    def place(self) -> Span:
        return Span(self.statement.size.start, self.statement.size.end) if self.statement else Span(0, 0)


def suspects(declared: Declarations, scope: Scope, fragment: Shape | None) -> list[Suspect]:
    """The inputs of features that look as if their channels came first."""
    found = [Suspect(None, fragment)] if fragment is not None and not declared.inputs else []
    for one in declared.inputs:
        try:
            found.append(Suspect(one, input_shape(one, scope)))
        except (Problem, Silent):
            continue
    return [one for one in found if one.shape.dtype == "float32" and is_channels_first(one.shape.sizes)]


def _other(reading: Reading, found: Sequence[Suspect]) -> Reading | None:
    """The text with these inputs written channels last; None where one is written in another way than as sizes."""
    if reading.file is None:
        return None
    inputs = reading.inputs
    if found[0].statement is None and inputs is not None:
        inputs = inputs._replace(one=_given(found[0]), named={})
    file = _turned(reading.file, found)
    return reading._replace(file=file, inputs=inputs) if file is not None else None


def _given(one: Suspect) -> GivenInput:
    from archdsl.reading.given import GivenInput

    return GivenInput(tuple(size for size in one.turned.sizes if isinstance(size, int)), one.shape.dtype)


def _turned(file: tree.File, found: Sequence[Suspect]) -> tree.File | None:
    """The text with these inputs written channels last; None where one is written in another way than as sizes."""
    by_place: dict[Span, tree.Input] = {}
    for each in found:
        if each.statement is not None:
            other = _turned_input(each.statement)
            if other is None:
                return None
            by_place[each.place] = other
    lines = [
        line._replace(statements=tuple(_replaced(one, by_place) for one in line.statements)) for line in file.lines
    ]
    return file._replace(lines=tuple(lines))


def _replaced(one: tree.Statement, by_place: dict[Span, tree.Input]) -> tree.Statement:
    return by_place.get(Span(one.size.start, one.size.end), one) if isinstance(one, tree.Input) else one


def _turned_input(one: tree.Input) -> tree.Input | None:
    size = one.size
    if isinstance(size, tree.List):
        return one._replace(size=size._replace(items=(*size.items[1:], size.items[0])))
    if isinstance(size, Token):
        first, *others = size.text.replace("×", "x").split("x")
        return one._replace(size=size._replace(text="x".join((*others, first))))
    return None


def remark(
    report: Reporter,
    reading: Reading,
    found: Sequence[Suspect],
    check: Callable[[Reading], list[Diagnostic]],
) -> None:
    """Report such inputs; `check` says what is wrong with a text that differs from the one read in its inputs alone.

    Where the network has a fault that the other order mends, this order is the fix; where it fits, there is a warning.
    """
    if not found:
        return
    other = _other(reading, found)
    trial = check(other) if other is not None else None
    wrong = _errors(report.sorted())
    new = [one for one in _errors(trial or []) if one not in wrong]
    mended = trial is not None and bool(wrong) and wrong[0] not in _errors(trial)
    if mended and wrong[0][0] not in _CLAIMS and all(code in _CLAIMS for code, _ in new):
        edits = tuple(Edit(each.place, _size(each.statement, reading)) for each in found if each.statement is not None)
        fix = Fix("; ".join(_fix(each, reading) for each in found), edits)
        report.mend_first(fix, [(each.place, _reading(each)) for each in found])
    elif all(code in _CLAIMS for code, _ in wrong):
        for each in found:
            hint = _fix(each, reading) if trial is not None and not new else None
            report.tell(CODE, _reading(each), each.place, hint=hint)


def _errors(diagnostics: list[Diagnostic]) -> list[tuple[str, tuple[int, int]]]:
    """What is wrong, as code and place."""
    return [(one.code, one.place) for one in diagnostics if one.severity == "error"]


def _reading(one: Suspect) -> str:
    height, width, channels = one.shape.sizes
    return f"{one.shape} is read with its channels last: height {height}, width {width}, {channels} channels"


def _fix(one: Suspect, reading: Reading) -> str:
    """The input as it would be typed."""
    if one.statement is None:
        return reading.inputs.typed(_given(one)._replace(dtype=None)) if reading.inputs is not None else ""
    names = ", ".join(token.text for token in one.statement.names)
    return f"input {f'{names}: ' if names else ''}{_size(one.statement, reading)}"


def _size(one: tree.Input, reading: Reading) -> str:
    """The size of an input with its first axis last, in the words of the text."""
    from archdsl.reading.given import axes_of

    first, *others = (reading.source.text[axis.start : axis.end] for axis in axes_of(one.size))
    return f"[{', '.join((*others, first))}]" if isinstance(one.size, tree.List) else "x".join((*others, first))
