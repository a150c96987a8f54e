"""What else the rules of a kind refuse on a line that has a fault, whatever the values in doubt are.

A value that is wrong may have been meant to mend what the rules say of the others, and a word that means nothing may
have been `p4`. So a refusal is reported only where no value in such a place takes it away, or changes its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from archdsl.expressions.bind import Bound, make
from archdsl.expressions.scope import WRONG
from archdsl.layers import Layer, Refusal
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Undetermined
from archdsl.typed import Any, NamedTuple

_MOST = 4  # refusals of one line that are looked for
_NUMBERS = (1, 2, 3, 8, 64, 720_720)  # tried in place of a value; the last has every divisor up to 16
_TRUTHS = (True, False)


class Further(NamedTuple):
    """A refusal beside the first fault of a line, and the values with which the rules were asked."""

    refusal: Refusal
    bound: Bound


def further(
    kind: type[Layer], bound: Bound, shapes: tuple[Shape, ...], doubted: Set[str], *, unknown: bool
) -> Iterator[Further]:
    """The refusals of values that stand on the line and are not in doubt; a refused value is in doubt for the next.

    With an `unknown` word on the line, every value that it leaves out is in doubt.
    """
    if not all(isinstance(size, int) for shape in shapes for size in shape.sizes):
        return
    doubted = {*doubted, *(name for name, value in bound.values.items() if value is WRONG)}
    own = {name for name, one in kind.attributes.items() if not one.type.gathers and not one.type.reads}
    doubted &= own  # a kind may take values by names of the line's own
    doubted |= {name for name in own if unknown and name not in bound.values}
    for _ in range(_MOST):
        values = {name: value for name, value in bound.values.items() if name not in doubted}
        values |= {name: _NUMBERS[0] for name in doubted if kind.attributes[name].required}
        refusal = _refusal(kind, values, shapes)
        blamed = refusal.blame if refusal is not None and isinstance(refusal.blame, str) else ""
        if refusal is None or blamed in doubted or blamed not in kind.attributes or blamed not in bound.written:
            return
        if _is_mended(kind, values, shapes, refusal, doubted):
            return
        yield Further(refusal, Bound(values, bound.written))
        doubted.add(blamed)


def _is_mended(
    kind: type[Layer], values: dict[str, Any], shapes: tuple[Shape, ...], refusal: Refusal, doubted: Set[str]
) -> bool:
    """Whether a value of what is in doubt or left out takes a refusal away, so that another or none comes."""
    for name in doubted:
        attribute = kind.attributes[name]
        for value in attribute.type.choices or (_TRUTHS if attribute.type.switch else _NUMBERS):
            other = _refusal(kind, {**values, name: value}, shapes)
            same = other is not None and (other.blame == name or other.message == refusal.message)
            if not same:
                return True
    return False


def _refusal(kind: type[Layer], values: dict[str, Any], shapes: tuple[Shape, ...]) -> Refusal | None:
    """What the rules refuse first, if anything."""
    try:
        results = make(kind, Bound(values, {}), shapes).results(*shapes)
    except Refusal as refusal:
        return refusal
    except (Undetermined, ArithmeticError, MemoryError):
        return None
    emptied = any(size <= 0 for shape in results for size in shape.sizes)
    return Refusal("kernel-too-large", f"{kind.name} leaves no output") if emptied else None
