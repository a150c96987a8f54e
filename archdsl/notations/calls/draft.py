"""A layer of another library on its way to a line: its arguments by their names, and what a line will have."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache

from archdsl.layers import Layer
from archdsl.sizes.shape import Shape
from archdsl.typed import Any, NamedTuple
from archdsl.vocabulary import Meaning


class Unwritable(Exception):
    """What a line means cannot be written, or not so; the text says why, as a sentence without its end.

    A `weak` one says less than what is wrong with a text that was tried.
    """

    def __init__(self, reason: str, *, weak: bool = False) -> None:
        self.weak = weak
        super().__init__(reason)


class LineContext(NamedTuple):
    """What is known around a line: the shape that it reads, and the names that stand before it."""

    shape: Shape | None
    names: frozenset[str]
    kinds: frozenset[str]  # every word that is a kind or a block there

    @property
    def channels(self) -> Any:
        return self.shape.channels if self.shape is not None else None

    @property
    def rank(self) -> int | None:
        return self.shape.rank if self.shape is not None else None


class LineDraft:
    """A line to be: what the call gives and has by default, the attributes found, and lines before and after."""

    def __init__(self, row: Meaning, name: str, kind: type[Layer] | None, around: LineContext) -> None:
        self.row, self.name, self.kind, self.around = row, name, kind, around
        self.given: dict[str, Any] = {}
        self.defaults: dict[str, Any] = {}
        self.attributes: dict[str, Any] = {}
        self.words: list[str] = []  # values that are texts already
        self.before: list[str] = []
        self.behind: list[str] = []
        self.text: str | None = None  # the whole line, where a form writes it

    def take(self, *names: str) -> Any:
        """The value of an argument, given or its default; the argument is dealt with."""
        for name in names:
            if name in self.given or name in self.defaults:
                default = self.defaults.pop(name, None)
                return self.given.pop(name, default)
        return None

    def refuse(self, reason: str, *, weak: bool = False) -> Unwritable:
        return Unwritable(f"{self.name} {reason}", weak=weak)


Form = Callable[[LineDraft], None]


def bind(draft: LineDraft, positional: tuple[Any, ...], named: dict[str, Any]) -> None:
    """Give the values of a call to the arguments of its signature; raises Unwritable where they do not fit."""
    names, rest_of, defaults = _signature(draft.row.signature)
    draft.defaults = dict(defaults)
    if len(positional) > len(names):
        if not rest_of:
            raise draft.refuse(f"takes {len(names)} values, got {len(positional)}", weak=True)
        rest = positional[len(names) :]
        draft.given[rest_of] = rest[0] if len(rest) == 1 and isinstance(rest[0], tuple) else rest
    draft.given.update(zip(names, positional, strict=False))
    twice = next((name for name in named if name in draft.given), None)
    if twice is not None:
        raise draft.refuse(f"is given {twice} twice", weak=True)
    draft.given.update(named)
    missing = [name for name in names if name not in (*draft.given, *draft.defaults, "input", "tensors")]
    if missing:
        raise draft.refuse(f"needs {missing[0]}", weak=True)


@lru_cache(maxsize=512)
def _signature(text: str) -> tuple[tuple[str, ...], str, dict[str, Any]]:
    """The names that are given by their places, the name of what takes all further values, and the defaults."""
    signature = ast.parse(f"def f({text}): pass").body[0]
    assert isinstance(signature, ast.FunctionDef)
    each = signature.args
    names = tuple(argument.arg for argument in each.args)
    every = (*names, *(argument.arg for argument in each.kwonlyargs))
    defaults = [*each.defaults, *(default for default in each.kw_defaults if default is not None)]
    optional = [*names[len(names) - len(each.defaults) :], *every[len(names) :]]
    known = {name: ast.literal_eval(default) for name, default in zip(optional, defaults, strict=True)}
    return names, each.vararg.arg if each.vararg is not None else "", known
