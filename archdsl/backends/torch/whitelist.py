"""What generated source may contain. Anything else is refused before a line of it is run."""

from __future__ import annotations

import ast
from collections.abc import Collection
from types import ModuleType

import torch.nn.functional as functional
from torch import nn

_NODES = (
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.ClassDef, ast.FunctionDef, ast.arguments, ast.arg,
    ast.Expr, ast.Assign, ast.Return, ast.Call, ast.keyword, ast.Attribute, ast.Name, ast.Load, ast.Store,
    ast.Constant, ast.Tuple, ast.List, ast.ListComp, ast.GeneratorExp, ast.comprehension, ast.Starred,
    ast.Subscript, ast.Slice, ast.BinOp, ast.UnaryOp, ast.USub, ast.Invert, ast.Add, ast.Sub, ast.Mult, ast.Div,
    ast.FloorDiv, ast.Mod, ast.Pow, ast.RShift, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt,
    ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn, ast.BoolOp, ast.And, ast.Or, ast.Not, ast.IfExp, ast.If,
    ast.BitAnd, ast.BitOr, ast.For, ast.Raise, ast.JoinedStr, ast.FormattedValue,
)  # fmt: skip
_IMPORTS = {"import torch", "import torch.nn.functional as F", "from torch import nn"}
_UNDERSCORED = {"__init__", "__getitem__", "_conv_forward", "_modules", "_"}
_TORCH = set(
    "Size abs amax amin arange bool cat chunk clamp cos cumsum einsum erf exp eye flatten flip float32 float64 full "
    "gather log matmul maximum mean minimum neg ones ones_like randn randn_like reciprocal roll rsqrt sigmoid sin "
    "split sqrt square stack take_along_dim tanh tensor topk where zeros zeros_like".split()
)
_INIT = {  # the functions of nn.init that fill a tensor
    *("zeros_", "ones_", "constant_", "normal_", "trunc_normal_", "uniform_", "orthogonal_"),
    *("xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_"),
}
_OWNERS = ("torch", "nn", "F")
_BUILTINS = {
    "super",
    "range",
    "len",
    "getattr",
    "enumerate",
    "isinstance",
    "sum",
    "True",
    "False",
    "None",
    "str",
    "zip",
    "max",
    "ValueError",
    "float",
    "int",
    "bool",
    "list",
    "tuple",
}


def verify(source: str, classes: Collection[tuple[str, str]] = ()) -> ast.Module:
    """Parse source and return its tree; raises ValueError at the first thing that generated source never has.

    `classes` are those of other packages that it may import, each as the module and the name there.
    """
    tree = ast.parse(source)
    functions = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
    wrapped = {node for node in tree.body if _wraps(node, functions)}
    whole, tree = tree, ast.Module([node for node in tree.body if node not in wrapped], [])
    foreign = _foreign(tree, classes)
    known = _BUILTINS | {"torch", "nn", "F"} | foreign | _defined(tree)
    made = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    members = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if not isinstance(node, _NODES):
            raise ValueError(f"generated source cannot have {type(node).__name__}")
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not _is_allowed(node, classes):
            raise ValueError(f"generated source cannot {ast.unparse(node)}")
        names = _names(node)
        for name in names:
            if name.startswith("_") and name not in _UNDERSCORED:
                raise ValueError(f"generated source cannot use {name}")
        if isinstance(node, ast.Attribute):
            _check_attribute(node)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.decorator_list:
            raise ValueError("generated source cannot have decorators")
        if isinstance(node, ast.Name) and node.id in _OWNERS and node not in members:
            raise ValueError(f"generated source cannot use {node.id} itself")
        if isinstance(node, ast.Name) and node.id in foreign and node not in made:
            raise ValueError(f"generated source makes modules of {node.id}, and nothing else")
        if isinstance(node, ast.Name) and node.id not in known:
            raise ValueError(f"generated source cannot use {node.id}")
        if isinstance(node, ast.Raise) and not ast.unparse(node).startswith("raise ValueError("):
            raise ValueError(f"generated source cannot {ast.unparse(node)}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            _check_getattr(node)
    return whole


def _wraps(node: ast.stmt, functions: set[str]) -> bool:
    """Whether a statement has torch.fx take a function of the source as it is: `torch.fx.wrap("check_sizes")`."""
    return ast.unparse(node) in {f"torch.fx.wrap({name!r})" for name in functions}


def _is_allowed(node: ast.Import | ast.ImportFrom, classes: Collection[tuple[str, str]]) -> bool:
    """Whether an import is one of ours, or brings only classes of other packages that are allowed."""
    if isinstance(node, ast.ImportFrom):
        rest = [one for one in node.names if node.level or (node.module, one.name) not in classes]
        return not rest or ast.unparse(ast.ImportFrom(node.module, rest, node.level)) in _IMPORTS
    return ast.unparse(node) in _IMPORTS


def _foreign(tree: ast.Module, classes: Collection[tuple[str, str]]) -> set[str]:
    """What the classes of other packages are called; no name of ours, and none that the source gives a value."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {one.asname or one.name for one in node.names if (node.module, one.name) in classes}
    odd = sorted(found & (_BUILTINS | set(_OWNERS) | _defined(tree)))
    if odd:
        raise ValueError(f"generated source cannot import {odd[0]}")
    return found


def _check_attribute(node: ast.Attribute) -> None:
    """Of PyTorch, the functions and modules that layers are made of, to be called and not to be changed."""
    owner = node.value.id if isinstance(node.value, ast.Name) else ""
    if ast.unparse(node.value) == "nn.init":
        owner = "nn.init"
    if owner in (*_OWNERS, "nn.init") and not _is_part(owner, node.attr):
        raise ValueError(f"generated source cannot use {owner}.{node.attr}")
    if isinstance(node.ctx, ast.Store) and ast.unparse(node).split(".")[0] in _OWNERS:
        raise ValueError(f"generated source cannot change {ast.unparse(node)}")


def _is_part(owner: str, name: str) -> bool:
    """Whether a name is a module class of nn, a function of F, or one of the functions of torch that layers need."""
    if owner == "nn.init":
        return name in _INIT
    if owner == "nn" and name == "init":
        return True
    if owner == "nn":
        value = getattr(nn, name, None)
        return isinstance(value, type) and issubclass(value, (nn.Module, nn.Parameter))
    if owner == "F":
        value = getattr(functional, name, None)
        return callable(value) and not isinstance(value, (type, ModuleType))
    return name in _TORCH


def _check_getattr(node: ast.Call) -> None:
    """getattr reaches submodules only: a constant name that is no dunder, or a number."""
    step = node.args[1] if len(node.args) == 2 else None
    if isinstance(step, ast.Constant) and isinstance(step.value, str) and not _is_dunder(step.value):
        return
    if step is None or not _is_number(step):
        raise ValueError("generated source reaches submodules by constant names and by numbers")


def _is_number(step: ast.expr) -> bool:
    """`str(i)` or `str(i + 2)`: text that no dunder can be, for a sum with a number is a number."""
    match step:
        case ast.Call(ast.Name("str"), [ast.BinOp(ast.Name(), ast.Add(), ast.Constant(value=int()))], []):
            return True
        case ast.Call(ast.Name("str"), [ast.Name("i" | "j" | "k" | "m" | "n")], []):
            return True
    return False


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.Name):
        return [node.id]
    return [node.arg] if isinstance(node, (ast.arg, ast.keyword)) and node.arg else []


def _defined(tree: ast.Module) -> set[str]:
    """Every name that the source itself gives a value: classes, arguments, variables."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found
