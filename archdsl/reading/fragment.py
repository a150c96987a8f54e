"""The shape that the caller gives to lines without an input of their own."""

from __future__ import annotations

from archdsl.diagnostics import ArchError, Diagnostic, Source, Span
from archdsl.expressions.scope import Scope
from archdsl.expressions.shapes import claimed_shape
from archdsl.faults.problem import Problem
from archdsl.limits import Limits
from archdsl.sizes.shape import Shape
from archdsl.syntax import parse_expression


def fragment_shape(text: str, limits: Limits) -> Shape:
    """The shape of `--input 227x227x3`, or `37 int`; raises ArchError."""
    words, dtype = text.strip(), "float32"
    if words.endswith(" int"):
        words, dtype = words[: -len(" int")].strip(), "int64"
    source = Source("--input", words)
    expression, faults = parse_expression(source, limits)
    if expression is None:
        raise ArchError(faults)
    try:
        return Shape(claimed_shape(expression, Scope({}, {}), limits), dtype)
    except Problem as problem:
        span = Span(problem.at.start, problem.at.end)
        raise ArchError([Diagnostic(problem.code, problem.message, span, source, hint=problem.hint)]) from None
