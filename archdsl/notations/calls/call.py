"""A line of a Python program as data: which layers it calls, with what, on what, and under which name."""

from __future__ import annotations

import ast
import re
import warnings

from archdsl.notations.calls.spelling import Raw
from archdsl.typed import Any, NamedTuple

_LONGEST = 1_000  # characters of a line that is read as a program
_DEEPEST = 16  # brackets open at once in it
_PRINTED = re.compile(r"\s*\((?P<name>\w+)\)\s*:\s*(?=[A-Za-z_])")  # `(conv1): Conv2d(...)`, as PyTorch prints a module
_KEYED = re.compile(r"\s*([\"']?)(?P<name>[A-Za-z_]\w*)\1\s*:\s*(?=[A-Za-z_])")
_MODULES = frozenset("nn F torch torchvision functional layers keras tf self model models net network onnx".split())
_OPERATORS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.MatMult: "matmul"}


class Call:
    """`name(positional, named=...)`, and the values that the layer is then called on."""

    def __init__(self, name: str, positional: tuple[Any, ...], named: dict[str, Any], on: tuple[Any, ...] = ()) -> None:
        self.name, self.positional, self.named, self.on = name, positional, named, on


class ProgramLine(NamedTuple):
    """What a line of a program assigns, and to which name."""

    target: str
    value: Any


def program(text: str) -> ProgramLine | None:
    """A line of a program, or None where it is none, or calls nothing."""
    if len(text) > _LONGEST or _too_deep(text):
        return None
    target = ""
    label = _PRINTED.match(text) or _KEYED.match(text)
    if label:
        target, text = label["name"], text[label.end() :]
    statement = _parsed(text.strip().rstrip(",;"))
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = target or _assigned(statement.targets[0])
        return ProgramLine(target, value(statement.value))
    if isinstance(statement, ast.Expr):
        return ProgramLine(target, value(statement.value))
    return None


def _parsed(text: str) -> ast.stmt | None:
    """The one statement of a text as a tree, from which no code is made; what Python warns of is no concern here."""
    try:
        with warnings.catch_warnings(action="ignore"):
            (statement,) = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return statement


def _too_deep(text: str) -> bool:
    depth = deepest = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    return deepest > _DEEPEST or len(re.findall(r"[-+~]|\bnot\b", text)) > _LONGEST // 10


def _assigned(node: ast.expr) -> str:
    """The name that a target gives: `conv1` of `self.conv1`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def value(node: ast.expr) -> Any:
    """A value of a program: a number, a text, a tuple, a Call, or the text of an expression."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        inner = node.operand.value
        return -inner if isinstance(inner, (int, float)) else Raw(ast.unparse(node))
    if isinstance(node, (ast.Tuple, ast.List)):
        return tuple(value(item) for item in node.elts)
    if isinstance(node, ast.Call):
        return _call(node)
    if isinstance(node, ast.Subscript):
        return _select(node)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        sides = value(node.left), value(node.right)
        names = all(isinstance(side, (Raw, Call)) and not _is_sum(side) for side in sides)
        if names and any(isinstance(side, Call) or re.fullmatch(r"[A-Za-z_]\w*", side.text) for side in sides):
            return Call(f"torch.{_OPERATORS[type(node.op)]}", sides, {})
    return Raw(ast.unparse(node))


def _select(node: ast.Subscript) -> Any:
    """`x[:, -1, :]` as a call that takes a place or a range of one axis; any other subscript is a text."""
    items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    places = [(at, ast.unparse(item)) for at, item in enumerate(items) if ast.unparse(item) != ":"]
    if len(places) != 1 or places[0][0] == 0 or not re.fullmatch(r"-?\d+|(?:-?\d+)?(?::(?:-?\d+)?){1,2}", places[0][1]):
        return Raw(ast.unparse(node))
    return Call("x.select", (value(node.value), *places[0]), {})


def _is_sum(side: Any) -> bool:
    return isinstance(side, Raw) and not re.fullmatch(r"[A-Za-z_][\w.]*", side.text)


def _call(node: ast.Call) -> Any:
    positional = tuple(value(item) for item in node.args if not isinstance(item, ast.Starred))
    named = {word.arg: value(word.value) for word in node.keywords if word.arg is not None}
    if isinstance(node.func, ast.Call):  # layers.Dense(10)(x)
        made = _call(node.func)
        return Call(made.name, made.positional, made.named, positional) if isinstance(made, Call) else made
    name = _dotted(node.func)
    if isinstance(node.func, ast.Attribute) and (name is None or name.partition(".")[0] not in _MODULES):
        return Call(f"x.{node.func.attr}", (value(node.func.value), *positional), named)  # x.view(...), f(x).relu()
    return Call(name, positional, named) if name else Raw(ast.unparse(node))


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else None
    return None
