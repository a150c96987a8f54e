"""Claims: what the author says must come out, held against what is derived."""

from __future__ import annotations

from archdsl.analysis.cost import TOTALS, Cost
from archdsl.diagnostics import nearest
from archdsl.expressions.words import number
from archdsl.faults.problem import Problem
from archdsl.sizes.size import Size
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any, NamedTuple

_SCALES = (
    {"": 1}
    | {letter: 1_000**power for power, letter in enumerate(("K", "M", "G", "T"), 1)}
    | {letter + "i": 1_024**power for power, letter in enumerate(("K", "M", "G", "T"), 1)}
)
MOST_DIGITS = 300  # of a count; that of four nested repeats of a million has 25
_PARAMETER_BYTES = 4  # float32


class Claim(NamedTuple):
    """A claim with its verdict, None where it is not judged: it depends on an input that the caller has replaced.

    `claimed` is as written, `derived` as the claim would have to be written.
    """

    line: int
    text: str
    holds: bool | None
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


def judge_quantity(claim: tree.QuantityClaim, cost: Cost) -> tuple[bool, str]:
    """Whether a claimed count is the derived one, to the digits written; and the derived count."""
    unit = claim.unit.text
    if unit not in TOTALS:
        close = nearest(unit, TOTALS)
        hint, instead = f"units are {', '.join(TOTALS)}", (close,) if close else ()
        raise Problem("unknown-unit", f"there is no unit called {unit}", claim.unit, hint=hint, instead=instead)
    claimed = quantity(claim.number)
    derived = getattr(cost, unit)
    if claimed.bytes:
        if unit not in ("params", "trainable", "buffers", "weights"):
            raise Problem(
                "unknown-unit",
                f"{unit} cannot be claimed in bytes",
                claim.unit,
                hint="bytes can be claimed of params, weights or buffers",
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
    """Equal when rounded to the digits written, or as near as `within` says. All in integers: nothing is lost."""
    unit = 10**claimed.decimals
    difference = abs(derived * unit - claimed.digits * claimed.scale)
    if within is not None:
        percent: Any = quantity(within)
        return difference * 100 * 10**percent.decimals <= percent.digits * claimed.digits * claimed.scale
    return difference == 0 if claimed.exact else 2 * difference <= claimed.scale
