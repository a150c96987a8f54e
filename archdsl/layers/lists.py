"""The lists of the language: what they weigh, what tells one from another, and what was found out about them once."""

from __future__ import annotations

from collections.abc import Iterable

from archdsl.typed import Any

_SHORT_TEXT = 1_000  # characters of a list that distinguish it from others


class Values(tuple[Any, ...]):
    """A list of the language. `weight` counts all that is in it, `depth` how deep its lists lie.

    Lists that were found to be equal are one from then on, and a list that is searched gets an index: however often the
    same lists are compared or searched, their items are looked at once.
    """

    weight: int
    depth: int
    _text: str | None
    _hash: int | None
    _equal: Values | None
    _index: frozenset[tuple[bool, Any]] | None

    def __new__(cls, items: Iterable[Any]) -> Values:
        self = super().__new__(cls, items)
        lists = [item for item in self if isinstance(item, tuple)]
        self.weight = len(self) + sum(weight(item) for item in lists)
        self.depth = 1 + max((getattr(item, "depth", 1) for item in lists), default=0)
        self._text = self._hash = self._equal = self._index = None
        return self

    @property
    def text(self) -> str:
        """What tells this list from every other: its text, or a digest of a long one."""
        if self._text is None:
            self._text = repr(self)
            if len(self._text) > _SHORT_TEXT:
                from hashlib import sha256

                self._text = f"[{sha256(self._text.encode()).hexdigest()}]"
        return self._text

    # ---- comparing

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = super().__hash__()
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Values):
            return super().__eq__(other)
        one, two = self._first(), other._first()
        if one is two:
            return True
        if hash(one) != hash(two) or not tuple.__eq__(one, two):
            return False
        two._equal = one
        return True

    def __ne__(self, other: object) -> bool:
        return not self == other

    def _first(self) -> Values:
        """The list that stands for all that were found to be equal to this one."""
        first = self
        while first._equal is not None:
            first = first._equal
        self._equal = first if first is not self else None
        return first

    def comparing(self, other: Values) -> int:
        """How many items are looked at to compare two lists."""
        if self._first() is other._first():
            return 0
        new = [each.weight for each in (self, other) if each._hash is None]
        return sum(new) if new or self._hash != other._hash else min(self.weight, other.weight)

    # ---- searching

    def searching(self) -> int:
        """How many items are looked at to search the list."""
        return self.weight if self._index is None else 0

    def has(self, item: int | str) -> bool | None:
        """Whether an integer, yes or no, or a text is in the list; None where other values are in it, too."""
        if self._index is None:
            if any(type(one) not in _INDEXED for one in self):
                return None
            self._index = frozenset((type(one) is bool, one) for one in self)
        return (type(item) is bool, item) in self._index


_INDEXED = (int, bool, str)


def identity(value: Any) -> str:
    """A text that equal values share and no others."""
    return value.text if isinstance(value, Values) else repr(value)


def weight(value: Any) -> int:
    """How much a value holds."""
    return int(getattr(value, "weight", 1))


def comparing(left: Any, right: Any) -> int:
    """How much is looked at to compare two values."""
    if isinstance(left, Values) and isinstance(right, Values):
        return left.comparing(right)
    return min(weight(left), weight(right))


def searching(items: Any) -> int:
    """How much is looked at to search a value."""
    return items.searching() if isinstance(items, Values) else weight(items)
