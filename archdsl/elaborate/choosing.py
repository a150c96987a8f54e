"""What the parts of `init` and `freeze` mean: a path, in which * is any one step, a kind, or all layers."""

from __future__ import annotations

from collections.abc import Container

from archdsl.diagnostics import nearest
from archdsl.elaborate.names import Place
from archdsl.expressions.labels import filled, spread
from archdsl.expressions.scope import Scope
from archdsl.faults.problem import Problem, misplaced
from archdsl.layers import REGISTRY
from archdsl.network.choosing import ANY, Selector, leaves
from archdsl.network.nodes import Sequence
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any, TypeAlias

_ALL = "all"
Paths: TypeAlias = tuple[tuple[str, ...], ...]


def note(statement: tree.Freeze | tree.Init, place: Place, models: Container[int]) -> None:
    """Keep a statement about parts until all of them are known; refuse it where it does not belong."""
    if place.names.model:
        kept: list[Any] = place.names.freezes if isinstance(statement, tree.Freeze) else place.names.inits
        kept.append((statement, place.scope))
    elif not place.chain or place.chain[-1].name.start not in models:
        raise misplaced(statement)
    elif isinstance(statement, tree.Freeze):  # `init` is ignored as `cases` are
        message = "a model that is used freezes nothing: the text that uses it does, freeze NAME.part"
        raise Problem("misplaced", message, statement.parts[0])


class Labels:
    """The first steps of the paths of a network, gathered when they are first asked for."""

    def __init__(self, body: Sequence) -> None:
        self._body = body
        self._names: set[str] | None = None

    def __contains__(self, name: object) -> bool:
        if self._names is None:
            self._names = {placed.path.partition(".")[0] for placed in leaves(self._body, unroll=False)}
        return name in self._names


def chosen_parts(
    labels: Labels, parts: tuple[Token, ...], among: tuple[Token, ...], scope: Scope
) -> tuple[tuple[Token, ...], tuple[Selector, ...]]:
    """The parts with their values put in, a range as each of its names, and what each chooses."""
    tokens = tuple(one for part in parts for one in written(part, scope))
    inside = tuple(_path(one) for part in among for one in written(part, scope))
    return tokens, tuple(_selector(token, inside, labels) for token in tokens)


def written(token: Token, scope: Scope) -> list[Token]:
    return [filled(one, scope) for one in spread(token, scope)]


def is_written(token: Token) -> bool:
    """Whether a part is written as it is meant, and not one of several that a range or a number makes."""
    return token.end - token.start == len(token.text)


def _path(token: Token) -> tuple[str, ...]:
    return tuple(token.text.strip('"').split("."))


def _selector(token: Token, among: Paths, labels: Labels) -> Selector:
    """What a part means: a label goes before a kind of the same name."""
    text = token.text.strip('"')
    if text == _ALL and text not in labels:
        return Selector(among=among)
    if text.upper() in REGISTRY and text not in labels:
        return Selector(kind=text.upper(), among=among)
    if among:
        message = f"{text} is no kind of layer, and `in` goes behind a kind"
        close = nearest(text.upper(), list(REGISTRY))
        raise Problem("unknown-kind", message, token, instead=(close,) if close else ())
    return Selector(path=_path(token))


def nothing_chosen(body: Sequence, selector: Selector, token: Token) -> Problem:
    """The fault of a part that chooses no layer."""
    if not selector.path:
        where = f" in {', '.join('.'.join(path) for path in selector.among)}" if selector.among else ""
        kind = REGISTRY.get(selector.kind)
        if kind is not None and kind.braces:
            message = f"{kind.name} holds the weights of other layers"
            return Problem("unknown-name", message, token, hint=f"name it, a: {kind.name}; a alone is all of it")
        return Problem("unknown-name", f"there is no {selector.kind or 'layer'}{where}", token)
    paths = [placed.path.split(".") for placed in leaves(body, unroll=False)]
    for number, step in enumerate(selector.path):
        beside = [path[number] for path in paths if len(path) > number]
        paths = [path for path in paths if len(path) > number and step in (ANY, path[number])]
        if not paths:
            around = ".".join(selector.path[:number])
            kinds = {placed.node.op.name for placed in leaves(body, unroll=False)}
            words = [list(dict.fromkeys(beside)), sorted(kinds) if not number else []]
            close = next(filter(None, (nearest(step, each) for each in words[:: -1 if step.isupper() else 1])), None)
            whole = ".".join([*selector.path[:number], close or "", *selector.path[number + 1 :]])
            instead = (whole,) if close and is_written(token) else ()
            where = f" in {around}" if around else ""
            return Problem("unknown-name", f"no part{where} is named {step}", token, instead=instead)
    return Problem("unknown-name", f"no part is named {token.text}", token)
