"""What stands outside all braces: the model and its parameters, blocks, inputs and cases; and the values they get."""

from __future__ import annotations

from archdsl.diagnostics import Related, Source, Span
from archdsl.expressions.scope import RESERVED, Scope
from archdsl.expressions.shapes import claimed_shape
from archdsl.faults.problem import Problem
from archdsl.faults.report import Reporter
from archdsl.layers import REGISTRY
from archdsl.sizes.shape import AXES, DTYPES, Shape
from archdsl.sizes.size import Expression, tidied
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    pass


class Declarations(NamedTuple):
    """The declarations of a file, and the lines that are left: its layers."""

    model: tree.ModelStatement | None
    blocks: dict[str, tree.Block]
    inputs: tuple[tree.Input, ...]
    cases: tuple[tree.Cases, ...]
    lines: tuple[tree.Line, ...]


def declarations(file: tree.File, report: Reporter) -> Declarations:
    """Sort the statements of a file; what is declared twice is reported once."""
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
                            f"{name} means this block here, not the built-in kind",
                            statement.name,
                        )
                    blocks.setdefault(name, statement)
                    _check_optional(statement, report)
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


def _check_optional(block: tree.Block, report: Reporter) -> None:
    """Report optional inputs that are not written `mask=no`, come before others, or are called like a parameter."""
    parameters = {one.name.text: one.name for one in block.parameters}
    for place, one in enumerate(block.optional, len(block.required)):
        if not isinstance(one.default, Token) or one.default.text != "no":
            message = f"an input that a use may leave out is written {one.name.text}=no"
            report.tell("wrong-type", message, one.default or one.name)
        if block.takes[place] is not one.name:
            message = f"{one.name.text} may be left out, so it comes after the inputs that may not"
            report.tell("misplaced", message, one.name)
        if one.name.text in parameters:
            _twice(report, one.name.text, one.name, parameters[one.name.text])


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
                message = f"a parameter of a model cannot be called {name}: `archdsl.load` has an argument of that name"
                report.tell("invalid-name", message, parameter.name)
            seen.setdefault(name, parameter.name)


# ---- Inputs


def input_shape(one: tree.Input, scope: Scope) -> Shape:
    """The shape that an input states."""
    sizes = claimed_shape(one.size, scope)
    if any(isinstance(size, Expression) for size in sizes):
        from archdsl.expressions.open import assume_sizes

        assume_sizes(sizes, one, scope.limits)
        sizes = tuple(map(tidied, sizes))
    dtype = DTYPES[one.dtype or "float"]
    most = max(AXES) - (dtype == "int64")
    if len(sizes) > most:
        message = f"an input has at most {most} axes beside the batch, and this has {len(sizes)}"
        raise Problem("rank-mismatch", message, one)
    return Shape(sizes, dtype)


def as_block(model: tree.ModelStatement, declared: Declarations) -> tree.Block:
    """A model as the block that its file offers: its parameters, the names of its inputs, its lines."""
    takes = tuple(token for one in declared.inputs for token in one.names)
    return tree.Block(model.name, model.parameters, takes, tree.Body(declared.lines, model.name.start, model.name.end))
