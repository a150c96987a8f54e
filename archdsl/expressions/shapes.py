"""Shapes as inputs and claims state them: `55x55x96`, `Tx300`, `4096`, `[H//4, c]`."""

from __future__ import annotations

from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.scope import WRONG, Scope
from archdsl.expressions.words import unknown_symbol
from archdsl.faults.problem import Problem, Silent
from archdsl.layers import REGISTRY
from archdsl.layers.values import Sizes, give, whole
from archdsl.limits import LARGEST
from archdsl.sizes.size import Ratio, Size
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any


def claimed_shape(size: tree.Expr, scope: Scope) -> tuple[Size, ...]:
    """The sizes that a claim or an input states: `55x55x96`, `Tx300`, `4096`, `[H//4, c]`."""
    if isinstance(size, Token) and size.type == "WORD" and size.text not in scope:
        parts = size.text.replace("×", "x").split("x")
        return tuple(_part(part, size, scope) for part in parts)
    value = evaluate(size, scope)
    sizes = value.sizes if isinstance(value, Sizes) else value if isinstance(value, tuple) else (value,)
    if not sizes:
        raise Problem("wrong-type", "a shape needs at least one size, and this list is empty", size)
    for given in sizes:
        one: Any = (
            whole(given)
            if (hasattr(given, "__add__") or isinstance(given, Ratio)) and not isinstance(given, (tuple, str))
            else given
        )
        if isinstance(one, Ratio):
            message = f"a size must be an integer, and whether {one} is one is not known"
            raise Problem("undetermined", message, size, hint=f"{give(one)}; or state it after `where`")
        if isinstance(one, (bool, str, tuple, float)) or not hasattr(one, "__floordiv__"):
            raise Problem("wrong-type", "a shape consists of integers and symbolic dimensions", size)
        if isinstance(one, int) and not 0 < one < LARGEST:
            code = "out-of-range" if one <= 0 else "too-large"
            raise Problem(
                code, f"a size is 1 or more, not {one}" if one <= 0 else "a size larger than any tensor can have", size
            )
        if getattr(one, "denominator", 1) != 1:
            raise Problem("not-whole", f"a size must be an integer, and this is {float(one)}", size)
    return tuple(whole(one) for one in sizes)


def stated_shape(claim: tree.ShapeClaim, text: str, scope: Scope) -> tuple[Size | None, ...]:
    """The sizes that a claim states; None for a ?, which claims nothing of its axis."""
    if "?" in text:
        return _with_holes(claim.size, scope)
    return claimed_shape(claim.size, scope)


def agrees(claimed: tuple[Size | None, ...], derived: tuple[Size, ...]) -> bool:
    """Whether a claimed shape is the derived one, as far as it is claimed."""
    if claimed == derived:
        return True
    return len(claimed) == len(derived) and all(a is None or a == b for a, b in zip(claimed, derived, strict=True))


def _part(part: str, at: Token, scope: Scope) -> Size:
    if part.isdigit():
        return int(part)
    if part and part in scope.symbols:
        if scope.symbols[part] is WRONG:
            raise Silent
        size: Size = scope.symbols[part]
        return size
    if at.text.upper() in REGISTRY:
        message = f"{at.text} is a kind of layer, and a shape or a count is expected here"
        raise Problem("wrong-type", message, at, hint="layers on one line are joined by ;")
    raise unknown_symbol(part if part.isupper() else at.text, at, scope)


def _with_holes(size: tree.Expr, scope: Scope) -> tuple[Size | None, ...]:
    """The sizes of a claim with a ?, which claims nothing of its axis: None stands there."""
    from archdsl.expressions.unknown import parts

    items = size.items if isinstance(size, tree.List) else parts(size) if isinstance(size, Token) else (size,)
    found: list[Size | None] = []
    for item in items:
        found += [None] if isinstance(item, Token) and item.type == "HOLE" else claimed_shape(item, scope)
    return tuple(found)
