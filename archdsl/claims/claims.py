"""Claims: what the author says must come out, held against what is derived."""

from __future__ import annotations

from typing import Any, NamedTuple

from archdsl.analysis.cost import TOTALS, Cost
from archdsl.diagnostics import nearest
from archdsl.expressions.evaluate import evaluate, number, unknown_symbol
from archdsl.expressions.scope import WRONG, Scope
from archdsl.faults.problem import Problem, Silent
from archdsl.layers import REGISTRY
from archdsl.layers.values import Sizes, give, whole
from archdsl.limits import LARGEST, Limits
from archdsl.sizes.size import Ratio, Size
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_SCALES = (
    {"": 1}
    | {letter: 1_000**power for power, letter in enumerate(("K", "M", "G", "T"), 1)}
    | {letter + "i": 1_024**power for power, letter in enumerate(("K", "M", "G", "T"), 1)}
)
MOST_DIGITS = 300  # of a count; that of four nested repeats of a million has 25
_PARAMETER_BYTES = 4  # float32


class Claim(NamedTuple):
    """A claim with its verdict. `claimed` is as written, `derived` as the claim would have to be written."""

    line: int
    text: str
    holds: bool
    claimed: str
    derived: str
    file: str


class Quantity(NamedTuple):
    """A claimed number: `value / 10**decimals`, times `scale`, of `unit`; `size` in bytes where `bytes`."""

    digits: int
    decimals: int
    scale: int
    exact: bool
    bytes: bool


def claimed_shape(size: tree.Expr, scope: Scope, limits: Limits) -> tuple[Size, ...]:
    """The sizes that a claim or an input states: `55x55x96`, `Tx300`, `4096`, `[H//4, c]`."""
    if isinstance(size, Token) and size.type == "WORD" and size.text not in scope:
        parts = size.text.replace("×", "x").split("x")
        return tuple(_part(part, size, scope) for part in parts)
    value = evaluate(size, scope, limits)
    sizes = value.sizes if isinstance(value, Sizes) else value if isinstance(value, tuple) else (value,)
    if not sizes:
        raise Problem("wrong-type", "a shape has one size or more, and this list is empty", size)
    for given in sizes:
        one: Any = (
            whole(given)
            if (hasattr(given, "__add__") or isinstance(given, Ratio)) and not isinstance(given, (tuple, str))
            else given
        )
        if isinstance(one, Ratio):
            message = f"a size must come out whole, and of {one} that is open"
            raise Problem("undetermined", message, size, hint=f"{give(one)}; or say behind `where` that it does")
        if isinstance(one, (bool, str, tuple, float)) or not hasattr(one, "__floordiv__"):
            raise Problem("wrong-type", "a shape is made of whole numbers and sizes", size)
        if isinstance(one, int) and not 0 < one < LARGEST:
            code = "out-of-range" if one <= 0 else "too-large"
            raise Problem(code, f"a size is 1 or more, not {one}" if one <= 0 else "a size beyond any tensor", size)
        if getattr(one, "denominator", 1) != 1:
            raise Problem("not-whole", f"a size must come out whole, and this is {float(one)}", size)
    return tuple(whole(one) for one in sizes)


def stated_shape(claim: tree.ShapeClaim, text: str, scope: Scope, limits: Limits) -> tuple[Size | None, ...]:
    """The sizes that a claim states; None for a ?, which claims nothing of its axis."""
    if "?" in text:
        from archdsl.expressions.unknown import claimed

        return claimed(claim.size, scope, limits)
    return claimed_shape(claim.size, scope, limits)


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
        message = f"{at.text} is a kind of layer, and a shape or a count stands here"
        raise Problem("wrong-type", message, at, hint="layers on one line are joined by ;")
    raise unknown_symbol(part if part.isupper() else at.text, at, scope)


def judge_quantity(claim: tree.QuantityClaim, cost: Cost) -> tuple[bool, str]:
    """Whether a claimed count is the derived one, to the digits written; and the derived count."""
    unit = claim.unit.text
    if unit not in TOTALS:
        close = nearest(unit, TOTALS)
        hint, instead = f"units are {', '.join(TOTALS)}", (close,) if close else ()
        raise Problem("unknown-unit", f"nothing is counted in {unit}", claim.unit, hint=hint, instead=instead)
    claimed = quantity(claim.number)
    derived = getattr(cost, unit)
    if claimed.bytes:
        if unit not in ("params", "trainable", "buffers", "weights"):
            raise Problem(
                "unknown-unit", f"{unit} have no bytes", claim.unit, hint="bytes are of params, weights or buffers"
            )
        derived = derived * _PARAMETER_BYTES
    if unwritable(derived):
        return False, f"a number of more than {MOST_DIGITS} digits"
    text = (
        f"{derived:,} {'bytes of ' if claimed.bytes else ''}{unit}" if isinstance(derived, int) else f"{derived} {unit}"
    )
    if not isinstance(derived, int):
        return False, text
    return _close(derived, claimed, claim.within), text


def unwritable(size: Size) -> bool:
    """Whether a count has more digits than anybody reads, and than Python converts to text."""
    factors = [size] if isinstance(size, int) else [factor for _, factor in size.terms]
    return any(abs(factor) >= 10**MOST_DIGITS for factor in factors)


def quantity(token: Token) -> Quantity:
    """`62,378,344`, `61.1M`, `240MB`, `1.5`: a number to the digits written."""
    text = token.text.replace(",", "")
    digits = text.rstrip("KMGTBi")
    suffix = text[len(digits) :]
    in_bytes = len(suffix) > 1 and suffix.endswith("B")
    suffix = suffix[:-1] if in_bytes else suffix
    scale = 10**9 if suffix == "B" else _SCALES[suffix]
    if "e" in digits.lower():
        value = number(Token("NUMBER", digits, token.start, token.end))
        return Quantity(int(value), 0, scale, False, in_bytes)
    head, _, tail = digits.partition(".")
    return Quantity(int(head + tail), len(tail), scale, scale == 1 and not tail, in_bytes)


def _close(derived: int, claimed: Quantity, within: Token | None) -> bool:
    """Equal when rounded to the digits written, or as near as `within` says. All in whole numbers: nothing is lost."""
    unit = 10**claimed.decimals
    difference = abs(derived * unit - claimed.digits * claimed.scale)
    if within is not None:
        percent: Any = quantity(within)
        return difference * 100 * 10**percent.decimals <= percent.digits * claimed.digits * claimed.scale
    return difference == 0 if claimed.exact else 2 * difference <= claimed.scale
