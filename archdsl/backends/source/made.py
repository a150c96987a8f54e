"""What a written class is to those that use it, and where a statement of a class is written."""

from __future__ import annotations

from typing import Any, NamedTuple

from archdsl.backends.source.values import Column


class Made(NamedTuple):
    """A written class: its name, its parameters with their values for each member, how inputs and results lie."""

    name: str
    arguments: list[tuple[str, str, Column]]
    defaults: dict[str, Any]
    forms: tuple[str, ...]
    gives: tuple[str, ...]


class At(NamedTuple):
    """Where submodules are registered, the number that steps without a label start from, and the running variable.

    `branch` says that what stands here are branches of a merge, so that the turns of a `for` are parallel.
    """

    owner: str
    base: int
    variable: str
    branch: bool = False
