"""A symbol of which nothing is known: what holds for it holds for every integer."""

from __future__ import annotations

from collections.abc import Callable

from archdsl.limits import Limits
from archdsl.sizes.condition import replaced
from archdsl.sizes.floors import floor
from archdsl.sizes.formula import written
from archdsl.sizes.maxima import maximum
from archdsl.sizes.size import Expression, Size, Symbol, Undetermined, symbol


class _Nothing:
    """What is known of a free symbol."""

    exploring = False

    def __init__(self) -> None:
        self.limits = Limits()

    def asked(self, size: Expression, relation: str, question: Callable[[], str]) -> bool:
        raise Undetermined(question())

    def known(self, size: Expression, relation: str) -> bool | None:
        return None

    def interval(self, name: str) -> tuple[int | None, int | None]:
        return None, None

    def floor(self, numerator: Size, divisor: Size) -> Size:
        return floor(numerator, divisor)

    def maximum(self, left: Size, right: Size) -> Size:
        return maximum(left, right)

    def tidied(self, size: Size) -> Size:
        return size

    def written(self, size: Expression) -> str:
        return written(size)

    def spend(self, steps: int) -> None:
        """What is worked out here is small and kept; who asks counts a question."""


_NOTHING = _Nothing()


def freed(size: Expression, name: str) -> Size:
    """The same of a free symbol, so that what follows is right whatever is known or supposed. Raises Undetermined."""
    return replaced(size, Symbol(name, size.context), symbol(name, _NOTHING))
