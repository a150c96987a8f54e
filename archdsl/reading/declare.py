"""What stands outside all braces: the model and its parameters, blocks, inputs and cases; and the values they get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.diagnostics import Related, Source, Span, nearest
from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.scope import HOLES, RESERVED, WRONG, Scope, Words, meant
from archdsl.expressions.shapes import claimed_shape
from archdsl.faults.problem import Problem, Silent
from archdsl.faults.report import Reporter
from archdsl.faults.work import Work
from archdsl.layers import REGISTRY
from archdsl.limits import Limits
from archdsl.reading.where import demand, least_of_parameter, left_open
from archdsl.sizes.shape import AXES, Shape
from archdsl.sizes.size import Expression, tidied
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

if TYPE_CHECKING:
    from archdsl.sizes.facts import Facts


class Declarations(NamedTuple):
    """The declarations of a file, and the lines that are left: its layers."""

    model: tree.ModelStatement | None
    blocks: dict[str, tree.Block]
    inputs: tuple[tree.Input, ...]
    cases: tuple[tree.Cases, ...]
    lines: tuple[tree.Line, ...]


def declarations(file: tree.File, report: Reporter) -> Declarations:
    """Sort the statements of a file; what is declared twice is told once."""
    model: tree.ModelStatement | None = None
    blocks: dict[str, tree.Block] = {}
    inputs: list[tree.Input] = []
    cases: list[tree.Cases] = []
    lines: list[tree.Line] = []
    for line in file.lines:
        rest: list[tree.Statement] = []
        for statement in line.statements:
            match statement:
                case tree.ModelStatement():
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
                case tree.UseStatement():
                    continue  # the files that it brings are loaded
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


def _twice(report: Reporter, what: str, again: Token, first: Token) -> None:
    related = (Related(Span(first.start, first.end), "first here"),)
    report.tell("duplicate-name", f"{what} is declared twice", again, related=related)


def model_name(model: tree.ModelStatement | None, source: Source) -> str:
    """The name of the model, or one made from the name of the file."""
    if model is not None:
        return model.name.text
    stem = source.name.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in stem).split()
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return name if name[:1].isalpha() else "Network"


_KEPT = ("allow_modules", "folder", "input", "limits", "notation")  # arguments of `archdsl.load` and `loads`


def _check_parameters(model: tree.ModelStatement | None, blocks: dict[str, tree.Block], report: Reporter) -> None:
    for owner in (*((model,) if model else ()), *blocks.values()):
        seen: dict[str, Token] = {}
        for parameter in owner.parameters:
            name = parameter.name.text
            if name in seen:
                _twice(report, f"the parameter {name}", parameter.name, seen[name])
            elif name in RESERVED or "." in name:
                report.tell("invalid-name", f"a parameter cannot be called {name}", parameter.name)
            elif owner is model and name in _KEPT:
                message = f"a parameter of a model cannot be called {name}: in Python `load` keeps the word for itself"
                report.tell("invalid-name", message, parameter.name)
            seen.setdefault(name, parameter.name)


def parameters(
    model: tree.ModelStatement | None,
    given: dict[str, Any],
    symbols: set[str],
    report: Reporter,
    limits: Limits,
    facts: Facts | None,
    kinds: Words,
    holes: dict[int, int] | None = None,
    work: Work | None = None,
) -> Scope:
    """The values of the model's parameters: given from outside, else the defaults; then what `where` demands.

    A parameter without either is left open: a symbol, of which `facts` gather what is known. `kinds` are the words for
    kinds and blocks, which a parameter may hold. `holes` are the numbers that are tried for each ?, by their places.
    `work` counts the steps of computing, here and wherever the scope goes.
    """
    scope = Scope({}, {} if holes is None else {HOLES: holes}, limits, work=work)
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
        if facts is not None and left_open(parameter, given):
            scope.define(name, facts.symbol(name, least_of_parameter(name, model, scope)))
        else:
            scope.define(name, _parameter(parameter, name, given, scope, report, kinds))
    for condition in model.where if model else ():
        demand(condition, scope, report, facts)
    return scope


def _parameter(
    parameter: tree.Parameter,
    name: str,
    given: dict[str, Any],
    scope: Scope,
    report: Reporter,
    kinds: Words,
) -> Any:
    if name in given:
        return _as_kind(given[name], parameter, kinds)
    default = parameter.default
    if default is None:
        report.tell("missing-value", f"{name} has no value", parameter.name, hint=f"give one: {name}=...")
        return WRONG
    if isinstance(default, Token) and default.type == "WORD" and default.text not in scope:
        kind = meant(default.text, kinds)
        if kind is not None:
            return kind
    try:
        return evaluate(default, scope)
    except Problem as problem:
        report.problem(problem)
    except Silent:
        pass
    return WRONG


def _as_kind(value: Any, parameter: tree.Parameter, kinds: Words) -> Any:
    """A kind given by name, where the default is a kind."""
    default = parameter.default
    if isinstance(value, str) and isinstance(default, Token) and default.type == "WORD":
        return meant(value, kinds) or value
    return value


# ---- Inputs


def input_shape(one: tree.Input, scope: Scope) -> Shape:
    """The shape that an input states."""
    sizes = claimed_shape(one.size, scope)
    if any(isinstance(size, Expression) for size in sizes):
        from archdsl.expressions.open import assume_sizes

        assume_sizes(sizes, one, scope.limits)
        sizes = tuple(map(tidied, sizes))
    dtype = "int64" if one.dtype == "int" else "float32"
    most = max(AXES) - (dtype == "int64")
    if len(sizes) > most:
        message = f"an input has at most {most} axes beside the batch, and this has {len(sizes)}"
        raise Problem("rank-mismatch", message, one)
    return Shape(sizes, dtype)


def as_block(model: tree.ModelStatement, declared: Declarations) -> tree.Block:
    """A model as the block that its file offers: its parameters, the names of its inputs, its lines."""
    takes = tuple(token for one in declared.inputs for token in one.names)
    return tree.Block(model.name, model.parameters, takes, tree.Body(declared.lines, model.name.start, model.name.end))
