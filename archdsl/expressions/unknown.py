"""What a `?` means where a value stands: the number that is tried for it, or nothing that is known yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from archdsl.claims.claims import claimed_shape
from archdsl.expressions.evaluate import evaluate, unknown_symbol
from archdsl.expressions.scope import WRONG, Scope
from archdsl.faults.problem import Problem
from archdsl.layers.values import Sizes
from archdsl.limits import Limits
from archdsl.sizes.size import Size
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

if TYPE_CHECKING:
    from archdsl.expressions.bind import Signature, Slot

_OPTION = re.compile(r"([a-z])((?:[0-9]+|\?)(?:[x×](?:[0-9]+|\?))*)")
UNPINNED = "unpinned-hole"  # the code of a hole that has no number


def sizes(token: Token, scope: Scope) -> Any:
    """The value of `?`, `?x3` or `Tx?`; raises Problem where a number is not known."""
    values = [_size(part, scope) for part in parts(token)]
    return values[0] if token.type == "HOLE" else Sizes(tuple(values))


def parts(token: Token) -> list[Token]:
    """The words that an `x` parts, each with its place; a repeat is one."""
    found, at = [], token.start
    for word in re.split("[x×]", token.text):
        kind = "HOLE" if word == "?" else "NUMBER" if word.isdigit() else "WORD"
        found.append(Token(kind, word, at, at + len(word)))
        at += len(word) + 1
    return found


def _size(part: Token, scope: Scope) -> Any:
    if part.type == "NUMBER":
        return evaluate(part, scope, Limits())
    if part.type == "HOLE":
        value = scope.hole(part.start)
        if value is None:
            raise Problem(UNPINNED, "the number of this ? is not known", part)
        return value
    if "?" in part.text:
        hint = "a ? stands for a number: p? is an option, Tx? a shape"
        raise Problem("unknown-name", f"nothing is called {part.text} here", part, hint=hint)
    if part.text in scope and part.text.isupper():
        return evaluate(part, scope, Limits())
    raise unknown_symbol(part.text, part, scope)


def option(signature: Signature, token: Token, scope: Scope) -> tuple[Slot | None, Any]:
    """The option `p?` or `s?x2` of a kind or block and its value; no option where the word is none, as `Tx?`."""
    match = _OPTION.fullmatch(token.text)
    if match is None:
        return None, WRONG
    slot = signature.letters.get(match[1])
    if slot is None:
        letters = ", ".join(sorted(signature.letters))
        has = f"its options are {letters}" if letters else "it has no one-letter options"
        message = f"{signature.title} has no option {match[1]}; {has}"
        raise Problem("unknown-option", message, token, hint=f"usage: {signature.usage}")
    behind = Token("HOLE" if match[2] == "?" else "DIMS", match[2], token.start + 1, token.end)
    return slot, sizes(behind, scope)


def claimed(size: tree.Expr, scope: Scope, limits: Limits) -> tuple[Size | None, ...]:
    """The sizes of a claim with a ?, which claims nothing of its axis: None stands there."""
    items = size.items if isinstance(size, tree.List) else parts(size) if isinstance(size, Token) else (size,)
    found: list[Size | None] = []
    for item in items:
        found += [None] if isinstance(item, Token) and item.type == "HOLE" else claimed_shape(item, scope, limits)
    return tuple(found)
