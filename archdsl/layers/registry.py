"""The kinds by their names; the file of a family is imported when one of its kinds is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from archdsl.layers.families import FAMILIES
from archdsl.typed import Any


class Registry(MutableMapping[str, type[Any]]):
    """The kinds by their names, in the order of the families; the file of a family is imported when it is needed."""

    def __init__(self) -> None:
        self._family = {kind: family for family, (_, kinds) in FAMILIES.items() for kind in kinds.split()}
        self._declared: dict[str, type[Any]] = {}

    def __getitem__(self, name: str) -> type[Any]:
        if name not in self._declared:
            from importlib import import_module

            import_module(f"archdsl.layers.kinds.{self._family[name]}")
        return self._declared[name]

    def __setitem__(self, name: str, kind: type[Any]) -> None:
        self._declared[name] = kind

    def __delitem__(self, name: str) -> None:
        del self._declared[name]

    def __contains__(self, name: object) -> bool:
        return name in self._family or name in self._declared

    def __iter__(self) -> Iterator[str]:
        return iter({**self._family, **self._declared})

    def __len__(self) -> int:
        return len({**self._family, **self._declared})


REGISTRY = Registry()
