"""Inputs that look as PyTorch writes them, channels first: a warning, or the fix of a fault, which was tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from archdsl.diagnostics import Diagnostic, Span
from archdsl.expressions.scope import Scope
from archdsl.faults.problem import Problem, Silent
from archdsl.faults.report import Report
from archdsl.limits import Limits
from archdsl.reading.declare import Declarations, input_shape
from archdsl.sizes.shape import Shape, is_channels_first
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

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
        return Span(self.statement.start, self.statement.end) if self.statement else Span(0, 0)


def suspects(declared: Declarations, scope: Scope, limits: Limits, fragment: Shape | None) -> list[Suspect]:
    """The inputs of features that look as if their channels came first."""
    found = [Suspect(None, fragment)] if fragment is not None and not declared.inputs else []
    for one in declared.inputs:
        try:
            found.append(Suspect(one, input_shape(one, scope, limits)))
        except (Problem, Silent):
            continue
    return [one for one in found if one.shape.dtype == "float32" and is_channels_first(one.shape.sizes)]


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
    return by_place.get(Span(one.start, one.end), one) if isinstance(one, tree.Input) else one


def _turned_input(one: tree.Input) -> tree.Input | None:
    size = one.size
    if isinstance(size, tree.List):
        return one._replace(size=size._replace(items=(*size.items[1:], size.items[0])))
    if isinstance(size, Token):
        first, *others = size.text.replace("×", "x").split("x")
        return one._replace(size=size._replace(text="x".join((*others, first))))
    return None


def remark(
    report: Report,
    file: tree.File,
    found: Sequence[Suspect],
    check: Callable[[tree.File, Shape | None], list[Diagnostic]],
) -> None:
    """Report such inputs; `check` says what is wrong with a text and the input that its caller gives.

    Where the network has a fault that the other order mends, this order is the fix; where it fits, there is a warning.
    """
    if not found:
        return
    other = _turned(file, found)
    trial = check(other, found[0].turned if found[0].statement is None else None) if other is not None else None
    wrong = _errors(report.sorted())
    new = [one for one in _errors(trial or []) if one not in wrong]
    mended = trial is not None and bool(wrong) and wrong[0] not in _errors(trial)
    if mended and wrong[0][0] not in _CLAIMS and all(code in _CLAIMS for code, _ in new):
        report.mend_first("; ".join(map(_fix, found)), [(each.place, _reading(each)) for each in found])
    elif all(code in _CLAIMS for code, _ in wrong):
        for each in found:
            report.tell(CODE, _reading(each), each.place, hint=_fix(each) if trial is not None and not new else None)


def _errors(diagnostics: list[Diagnostic]) -> list[tuple[str, tuple[int, int]]]:
    """What is wrong, as code and place."""
    return [(one.code, one.place) for one in diagnostics if one.severity == "error"]


def _reading(one: Suspect) -> str:
    height, width, channels = one.shape.sizes
    return f"{one.shape} is read with its channels last: height {height}, width {width}, {channels} channels"


def _fix(one: Suspect) -> str:
    """The input as it would be typed."""
    if one.statement is None:
        return f"--input {one.turned}"
    names = ", ".join(token.text for token in one.statement.names)
    return f"input {f'{names}: ' if names else ''}{one.turned}"
