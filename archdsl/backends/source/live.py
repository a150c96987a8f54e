"""The variables of a generated `forward` that something still needs, so that no other value takes their names."""

from __future__ import annotations

from collections.abc import Iterable

from archdsl.backends.source.flow import FlowValue


class Live:
    """Values by the variables that their expressions need; a value is forgotten when nothing reads it any more."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[FlowValue]] = {}

    def append(self, value: FlowValue) -> None:
        for word in value.words():
            self._by_word.setdefault(word, []).append(value)

    def extend(self, values: Iterable[FlowValue]) -> None:
        for value in values:
            self.append(value)

    def __contains__(self, word: str) -> bool:
        values = self._by_word.get(word, [])
        while values and values[-1].left <= 0:
            values.pop()
        return bool(values)


class Taken:
    """The names that a variable cannot have at one place: those that live, and some others."""

    def __init__(self, live: Live, others: set[str]) -> None:
        self._live, self._others = live, others

    def add(self, *names: str) -> None:
        self._others.update(names)

    def __contains__(self, name: object) -> bool:
        return name in self._others or (isinstance(name, str) and name in self._live)
