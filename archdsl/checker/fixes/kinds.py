"""What a kind that there is not was meant to be: a name of another library, several words, a keyword, a slip."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from archdsl.checker.fixes import respell
from archdsl.checker.fixes.proposal import Either, Proposal, chained, respelled
from archdsl.checker.fixes.statement import SplitStatement
from archdsl.diagnostics import nearest
from archdsl.layers import REGISTRY, Layer, lookup
from archdsl.notations.calls.arguments import attribute_by
from archdsl.notations.calls.draft import LineContext, Unwritable
from archdsl.vocabulary import Meaning, known, names, plain
from archdsl.vocabulary.arguments import FROM_INPUT
from archdsl.vocabulary.papers import STATEMENTS

_KEYWORDS = ("model", "use", "block", "input", "output", "let", "cases", "expect", "freeze", "init", "for", "if")
_MOST_WORDS = 4  # of one name: global average pooling layer


def proposals(statement: SplitStatement, around: Callable[[], LineContext]) -> Iterator[Proposal]:
    """Statements that may be meant, the likeliest first; raises Unwritable where a sentence says more."""
    word = statement.kind
    yield from _both_ways(statement, around)
    yield from _several_words(statement, around)
    if word.lower() in _KEYWORDS and not statement.label:
        yield statement._replace(kind=word.lower())
    row = known(word)
    if row is not None:
        if not _lacks(row, statement):
            yield from by_row(row, statement, around)
        raise Unwritable(_told(word, row) if row.kind else "", weak=True)
    if word.lower() in STATEMENTS:
        raise Unwritable(STATEMENTS[word.lower()])
    kind = lookup(plain(word))
    if kind is not None:
        yield from respelled(kind, statement, around())
    glued = re.fullmatch(r"([A-Za-z_]+?)_?(\d+(?:[xX×]\d+)*)", word)
    if glued:
        yield from _either_name(statement._replace(kind=glued[1], values=(glued[2].lower(), *statement.values)), around)
    yield from _nearly(statement, around())


def _both_ways(statement: SplitStatement, around: Callable[[], LineContext]) -> Iterator[Proposal]:
    """`BIDIRECTIONAL GRU 16`, `BILSTM 16`."""
    word, values = statement.kind.lower().replace("_", "").replace("-", ""), statement.values
    for prefix in ("bidirectional", "bi"):
        name = values[0] if values and word == prefix else word.removeprefix(prefix) if word.startswith(prefix) else ""
        kind = lookup(name) if name else None
        if kind is not None and "bidirectional" in kind.attributes:
            rest = statement._replace(values=values[1:] if word == prefix else values)
            yield from respelled(kind, rest, around(), "bidirectional")


def _several_words(statement: SplitStatement, around: Callable[[], LineContext]) -> Iterator[Proposal]:
    """`global average pool`, `MAX POOL 2x2` as one kind; `conv1 CONV 64 3x3` as a name before one."""
    words = [statement.kind]
    for value in statement.values[:_MOST_WORDS]:
        if not re.fullmatch(r"[A-Za-z]+", value):
            break
        words.append(value)
    for count in range(len(words), 1, -1):
        name, rest = "".join(words[:count]), statement.values[count - 1 :]
        if lookup(name) is not None or known(name) is not None:
            yield from _either_name(statement._replace(kind=name, values=rest), around)
            return
    first = statement.values[0] if statement.values else ""
    is_name = not statement.label and known(statement.kind) is None
    if is_name and (lookup(first) is not None or first in around().kinds):
        yield SplitStatement(f"{statement.kind}:", first, statement.values[1:], statement.tail)


def _either_name(statement: SplitStatement, around: Callable[[], LineContext]) -> Iterator[Proposal]:
    """A statement whose kind is one here, or another library's name for one."""
    kind, row = lookup(statement.kind), known(statement.kind)
    if kind is not None:
        yield from respelled(kind, statement, around())
    elif row is not None:
        yield from by_row(row, statement, around)


def _nearly(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    close = nearest(statement.kind, [*REGISTRY, *around.kinds])
    if close is None:
        close = nearest(plain(statement.kind), names())  # `BATCHNOM`
        row = known(close) if close is not None else None
        yield from by_row(row, statement, lambda: around) if row is not None else ()
        return
    kind = lookup(close)
    if kind is not None and close not in around.kinds:
        yield from respelled(kind, statement, around)
    yield statement._replace(kind=close)


def _lacks(row: Meaning, statement: SplitStatement) -> bool:
    """Whether a name says nothing where its library asks for a value, and the kind has one of its own: `CLIP`."""
    needed = re.split(r"[,(] ?(?:\w+=|\*)", row.signature)[0].split(", ") if not statement.values else []
    kind = lookup(row.kind)
    found = [attribute_by(kind, name) for name in needed if name not in FROM_INPUT] if kind is not None else []
    return any(name is not None and kind is not None and not kind.attributes[name].required for name in found)


def _told(word: str, row: Meaning) -> str:
    """What a word is here, where no line with it could be found."""
    kind = lookup(row.kind)
    return f"{word} is {row.kind} here: {kind.usage()}" if kind is not None else f"{word} is {row.kind} here"


def by_row(row: Meaning, statement: SplitStatement, around: Callable[[], LineContext]) -> Iterator[Proposal]:
    """A statement by a row of the tables of names."""
    if row.either:
        yield from _either(row, statement, around())
    elif row.reason:
        raise Unwritable(f"{statement.kind} {row.reason}")
    elif row.text:
        if statement.values:
            raise Unwritable(f"{statement.kind} is written {row.text}")
        yield f"{statement.label} {row.text} {statement.tail}".strip()
    elif row.library:
        if not statement.label:
            yield f"use {row.library}; {statement._replace(kind=row.kind)}"
        library = (
            f"{statement.kind} is a block of the library that ships with archdsl: use "
            f"{row.library}, and then {row.kind}"
        )
        raise Unwritable(library, weak=True)
    elif row.form in _FORMS:
        yield from _FORMS[row.form](statement, around())
    else:
        yield from respelled(REGISTRY[row.kind], statement, around(), row.behind)


def _either(row: Meaning, statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """The one kind that is meant where the input tells, else all of them."""
    kinds = [kind for kind, _ in row.either]
    if kinds == ["FC", "LINEAR"] and around.rank in (1, 2):
        yield from respelled(REGISTRY[kinds[around.rank - 1]], statement, around)
        return
    texts = [(next(respelled(REGISTRY[kind], statement, around)), does) for kind, does in row.either]
    yield Either(tuple(texts))


def _separable(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """`SEPCONV 64 3x3`: each channel by itself, and then 1x1 over all of them."""
    for head in respell.heads(REGISTRY["CONV"], statement.values, around):
        _, out, *rest = head.words
        bare = [word for word in rest if word != "nobias"]
        last = f"CONV {out} 1x1{' nobias' if bare != rest else ''}"
        yield chained(statement, " ".join(["DWCONV", *bare, "nobias"]), last, *head.behind)


def _pointwise(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """`POINTWISE 64`: a convolution that looks at one position."""
    one = "1" if around.rank == 2 else "1x1"
    first = next((at for at, value in enumerate(statement.values) if value.isdigit()), -1) + 1
    values = (*statement.values[:first], one, *statement.values[first:])
    yield from respelled(_conv(), statement._replace(values=values), around)


def _conv() -> type[Layer]:
    return REGISTRY["CONV"]


_FORMS: dict[str, Callable[[SplitStatement, LineContext], Iterator[Proposal]]] = {
    "separable": _separable,
    "pointwise": _pointwise,
}
