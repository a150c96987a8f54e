"""What a `?` means where a value stands: the number that is tried for it, or nothing that is known yet."""

from __future__ import annotations

import re

from archdsl.expressions.scope import Scope
from archdsl.expressions.words import number, unknown_symbol, word
from archdsl.faults.problem import Problem
from archdsl.layers.values import Sizes
from archdsl.syntax.tree import Token
from archdsl.typed import Any

UNPINNED = "unpinned-hole"  # the code of a hole that has no number


def sizes(token: Token, scope: Scope) -> Any:
    """The value of `?`, `?x3` or `Tx?`; raises Problem where a number is not known."""
    values = [_size(part, scope) for part in parts(token)]
    return values[0] if token.type == "HOLE" else Sizes(tuple(values))


def parts(token: Token) -> list[Token]:
    """The words that an `x` parts, each with its place; a repeat is one."""
    found, at = [], token.start
    for text in re.split("[x×]", token.text):
        kind = "HOLE" if text == "?" else "NUMBER" if text.isdigit() else "WORD"
        found.append(Token(kind, text, at, at + len(text)))
        at += len(text) + 1
    return found


def _size(part: Token, scope: Scope) -> Any:
    if part.type == "NUMBER":
        return number(part)
    if part.type == "HOLE":
        value = scope.hole(part.start)
        if value is None:
            raise Problem(UNPINNED, "the number of this ? is not known", part)
        return value
    if "?" in part.text:
        hint = "a ? stands for a number: p? is an option, Tx? a shape"
        raise Problem("unknown-name", f"{part.text} is not defined here", part, hint=hint)
    if part.text in scope and part.text.isupper():
        return word(part, scope)
    raise unknown_symbol(part.text, part, scope)
