"""What stands outside all braces: the model and its parameters, blocks, inputs and cases; and the values they get."""

from __future__ import annotations

from typing import Any, NamedTuple

from archdsl.analysis.claims import claimed_shape
from archdsl.analysis.evaluate import evaluate, spell_value, truth
from archdsl.analysis.problem import Problem, Silent
from archdsl.analysis.report import Report
from archdsl.analysis.scope import HOLES, WRONG, KindReference, Scope
from archdsl.diagnostics import Related, Span, nearest
from archdsl.ir.shape import AXES, Shape
from archdsl.ir.size import symbol
from archdsl.layers import REGISTRY
from archdsl.limits import Limits
from archdsl.syntax import tree
from archdsl.syntax.tree import Token


class Declarations(NamedTuple):
    """The declarations of a file, and the lines that are left: its layers."""

    model: tree.Model | None
    blocks: dict[str, tree.Block]
    inputs: tuple[tree.Input, ...]
    cases: tuple[tree.Cases, ...]
    lines: tuple[tree.Line, ...]


def declarations(file: tree.File, report: Report) -> Declarations:
    """Sort the statements of a file; what is declared twice is told once."""
    model: tree.Model | None = None
    blocks: dict[str, tree.Block] = {}
    inputs: list[tree.Input] = []
    cases: list[tree.Cases] = []
    lines: list[tree.Line] = []
    for line in file.lines:
        rest: list[tree.Statement] = []
        for statement in line.statements:
            match statement:
                case tree.Model():
                    if model is not None:
                        _twice(report, "the model of this file", statement.name, model.name)
                    model = model or statement
                case tree.Block():
                    name = statement.name.text
                    if name in blocks:
                        _twice(report, f"the block {name}", statement.name, blocks[name].name)
                    elif name.upper() in REGISTRY:
                        report.tell(
                            "shadows-kind",
                            f"{name} stands for this block here, not for the built-in kind",
                            statement.name,
                        )
                    blocks.setdefault(name, statement)
                case tree.Input():
                    inputs.append(statement)
                case tree.Cases():
                    cases.append(statement)
                case _:
                    rest.append(statement)
        if rest:
            lines.append(tree.Line(tuple(rest)))
    _check_parameters(model, blocks, report)
    return Declarations(model, blocks, tuple(inputs), tuple(cases), tuple(lines))


def _twice(report: Report, what: str, again: Token, first: Token) -> None:
    related = (Related(Span(first.start, first.end), "first here"),)
    report.tell("duplicate-name", f"{what} is declared twice", again, related=related)


_KEPT = ("input", "limits")  # arguments of `archdsl.load` and `loads`


def _check_parameters(model: tree.Model | None, blocks: dict[str, tree.Block], report: Report) -> None:
    for owner in (*((model,) if model else ()), *blocks.values()):
        seen: dict[str, Token] = {}
        for parameter in owner.parameters:
            name = parameter.name.text
            if name in seen:
                _twice(report, f"the parameter {name}", parameter.name, seen[name])
            elif name in ("in", "yes", "no", "true", "false") or "." in name:
                report.tell("invalid-name", f"a parameter cannot be called {name}", parameter.name)
            elif owner is model and name in _KEPT:
                message = f"a parameter of a model cannot be called {name}: in Python `load` keeps the word for itself"
                report.tell("invalid-name", message, parameter.name)
            seen.setdefault(name, parameter.name)


def parameters(
    model: tree.Model | None,
    given: dict[str, Any],
    symbols: set[str],
    report: Report,
    limits: Limits,
    holes: dict[int, int] | None = None,
) -> Scope:
    """The values of the model's parameters: given from outside, else the defaults; then what `where` demands.

    `holes` are the numbers that are tried for each ?, by their places.
    """
    scope = Scope({}, {} if holes is None else {HOLES: holes})
    known = [parameter.name.text for parameter in model.parameters] if model else []
    for name in given:
        if name not in known and name not in symbols:
            close = nearest(name, [*known, *symbols])
            hint = f"did you mean {close}?" if close else f"its parameters are {', '.join(known)}" if known else None
            at = model.name if model else Span(0, 0)
            what = (
                f"{model.name.text} has no parameter {name}"
                if model
                else f"there is no model line, and so no parameter {name}"
            )
            report.tell("unknown-parameter", what, at, hint=hint)
    for parameter in model.parameters if model else ():
        name = parameter.name.text
        scope.define(name, _parameter(parameter, name, given, scope, report, limits))
    for condition in model.where if model else ():
        _demand(condition, scope, report, limits)
    return scope


def _parameter(
    parameter: tree.Parameter, name: str, given: dict[str, Any], scope: Scope, report: Report, limits: Limits
) -> Any:
    if name in given:
        return _as_kind(given[name], parameter)
    if parameter.default is None:
        report.tell("missing-value", f"{name} has no value", parameter.name, hint=f"give one: {name}=...")
        return WRONG
    default = parameter.default
    if (
        isinstance(default, Token)
        and default.type == "WORD"
        and default.text.upper() in REGISTRY
        and default.text not in scope
    ):
        return KindReference(default.text.upper())
    try:
        return evaluate(default, scope, limits)
    except Problem as problem:
        report.problem(problem)
    except Silent:
        pass
    return WRONG


def _as_kind(value: Any, parameter: tree.Parameter) -> Any:
    """A kind given by name, where the default is a kind."""
    default = parameter.default
    if isinstance(value, str) and isinstance(default, Token) and default.type == "WORD" and value.upper() in REGISTRY:
        return KindReference(value.upper())
    return value


def _demand(condition: tree.Expr, scope: Scope, report: Report, limits: Limits) -> None:
    try:
        if not truth(condition, scope, limits):
            values = ", ".join(f"{name} = {spell_value(scope.get(name))}" for name in _names(condition, scope))
            text = report.source.text[condition.start : condition.end]
            report.tell("where-failed", f"{text} does not hold{': ' + values if values else ''}", condition)
    except Problem as problem:
        report.problem(problem)
    except Silent:
        pass


def _names(expression: Any, scope: Scope) -> list[str]:
    """The names in an expression that have a value."""
    if isinstance(expression, Token):
        return [expression.text] if expression.type == "WORD" and expression.text in scope else []
    parts = expression if isinstance(expression, tuple) else ()
    return list(dict.fromkeys(name for part in parts if isinstance(part, tuple) for name in _names(part, scope)))


# ---- Inputs


def symbol_names(inputs: tuple[tree.Input, ...], model: tree.Model | None) -> set[str]:
    """The capital names that inputs introduce; parameters of the model are none."""
    known = {parameter.name.text for parameter in model.parameters} if model else set()
    found: set[str] = set()
    for one in inputs:
        tokens = [one.size] if isinstance(one.size, Token) else _tokens(one.size)
        for token in tokens:
            if token.type in ("WORD", "DIMS", "HOLED") and token.text not in known:
                found |= {part for part in token.text.replace("×", "x").split("x") if _is_symbol(part)}
    return found - known


def _tokens(expression: Any) -> list[Token]:
    if isinstance(expression, Token):
        return [expression]
    parts = expression if isinstance(expression, tuple) else ()
    return [token for part in parts if isinstance(part, tuple) for token in _tokens(part)]


def _is_symbol(word: str) -> bool:
    return bool(word) and word[0].isalpha() and word == word.upper() and "." not in word


def define_symbols(
    inputs: tuple[tree.Input, ...], names: set[str], given: dict[str, Any], scope: Scope, limits: Limits
) -> None:
    """Give each symbolic size its number, where one is given, or itself with the least value that `where` allows."""
    least = dict.fromkeys(names, 1)
    for one in inputs:
        for condition in one.where:
            for name, bound in _bounds(condition, scope, limits):
                if name in least:
                    least[name] = max(least[name], bound)
    for name in sorted(names):
        scope.symbols[name] = given[name] if name in given else symbol(name, least[name])


def _bounds(condition: tree.Expr, scope: Scope, limits: Limits) -> list[tuple[str, int]]:
    """`T >= 5`, `T > 4`, `5 <= T`, also joined by `and`: the least values that a condition states."""
    if isinstance(condition, tree.Chain) and condition.operators[0] == "and":
        return [bound for term in condition.terms for bound in _bounds(term, scope, limits)]
    if not isinstance(condition, tree.Comparison):
        return []
    left, operator, right = condition.left, condition.operator, condition.right
    if operator in ("<", "<="):
        left, operator, right = right, {"<": ">", "<=": ">="}[operator], left
    if operator not in (">", ">=") or not isinstance(left, Token) or left.type != "WORD":
        return []
    try:
        bound = evaluate(right, scope, limits)
    except (Problem, Silent):
        return []
    return [(left.text, bound + (operator == ">"))] if type(bound) is int else []


def demand_of_inputs(inputs: tuple[tree.Input, ...], scope: Scope, report: Report, limits: Limits) -> None:
    """Check each condition behind `where` of an input that the values decide; others are assertions on the caller."""
    for one in inputs:
        for condition in one.where:
            try:
                truth(condition, scope, limits)
            except Problem as problem:
                if problem.code != "undetermined":
                    report.problem(problem)
                continue
            except Silent:
                continue
            _demand(condition, scope, report, limits)


def input_shape(one: tree.Input, scope: Scope, limits: Limits) -> Shape:
    """The shape that an input states."""
    sizes = claimed_shape(one.size, scope, limits)
    dtype = "int64" if one.dtype == "int" else "float32"
    most = max(AXES) - (dtype == "int64")
    if len(sizes) > most:
        message = f"an input has at most {most} axes beside the batch, and this has {len(sizes)}"
        raise Problem("rank-mismatch", message, one)
    return Shape(sizes, dtype)
