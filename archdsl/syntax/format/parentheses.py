"""Parentheses that say nothing: among values `(4 * d)` is `4*d`, where no space stands in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from archdsl.syntax import tree
from archdsl.syntax.lexer import TIGHT
from archdsl.syntax.tree import Token
from archdsl.typed import Any

_ARITHMETIC = frozenset(("+", "-", "*", "/", "//", "%", "**"))
_REPEAT = re.compile(r"[x×][0-9]")  # how no name begins outside of parentheses
_PLAIN = ("WORD", "NUMBER", "DIMS")
_GONE = ""  # the type of a parenthesis that goes


def without_needless(file: tree.File, read: list[Token], text: str) -> list[Token]:
    """The tokens of a text without the parentheses that can go, their operators as the parser takes them then."""
    places = [token.start for token in read]
    types: dict[int, str] = {}
    for value in _values(file):
        if _in_parentheses(value, text) and "\n" not in text[value.start : value.end] and _can_go(value, text):
            inside = read[bisect_left(places, value.start) : bisect_left(places, value.end)]
            types |= _types(inside)
    changed = (token._replace(type=types.get(token.start, token.type)) for token in read) if types else read
    return [token for token in changed if token.type != _GONE]


def _values(file: tree.File) -> Iterator[Any]:
    """The values of all lines."""
    stack: list[Any] = [file]
    while stack:
        node = stack.pop()
        if isinstance(node, tree.Argument):
            yield node.value
        elif isinstance(node, tuple) and not isinstance(node, Token):
            stack += node


def _in_parentheses(part: Any, text: str) -> bool:
    """Whether a part of arithmetic has parentheses of its own: `(a + b)*c` has none around the whole."""
    first = part.terms[0].start if isinstance(part, (tree.Chain, tree.Choice)) else -1
    return text[part.start] == "(" and first != part.start


def _can_go(value: Any, text: str) -> bool:
    """Whether a value in parentheses says the same without them."""
    if isinstance(value, tree.Chain) and value.operators == ("*",) and all(map(_is_integer, value.terms)):
        return False  # 3*3, which papers write for 3x3
    return isinstance(value, (tree.Chain, tree.Prefix)) and _stands(value, text, leading=True)


def _is_integer(part: Any) -> bool:
    return isinstance(part, Token) and part.text.isdigit()


def _stands(part: Any, text: str, *, leading: bool) -> bool:
    """Whether a part can stand without spaces: arithmetic of names and numbers, a minus alone in front of all."""
    if isinstance(part, tree.Prefix):
        return leading and part.operators == ("-",) and _within(part.term, text, leading=False)
    if isinstance(part, tree.Chain):
        terms = enumerate(part.terms)
        plain = _ARITHMETIC.issuperset(part.operators)
        return plain and all(_within(term, text, leading=leading and not place) for place, term in terms)
    return isinstance(part, Token) and part.type in _PLAIN and "?" not in part.text and not _REPEAT.match(part.text)


def _within(part: Any, text: str, *, leading: bool) -> bool:
    """The same of a part that may have brackets of its own."""
    return isinstance(part, tree.List) or _in_parentheses(part, text) or _stands(part, text, leading=leading)


def _types(inside: list[Token]) -> dict[int, str]:
    """The new types of the tokens of a value: none of its parentheses, and operators that touch what they join."""
    around = _around(inside)
    types = {token.start: _GONE for token in (*inside[:around], *inside[len(inside) - around :])}
    depth = 0
    for before, token in pairwise(inside[around - 1 : len(inside) - around]):
        depth += (token.type in ("LPAR", "LSQB")) - (token.type in ("RPAR", "RSQB"))
        if token.type in TIGHT and not depth:
            types[token.start] = "NEG" if before is inside[around - 1] else TIGHT[token.type]
    return types


def _around(inside: list[Token]) -> int:
    """How many pairs of parentheses stand around all of some tokens: two around `((a + b))`, one around `((a)*(b))`."""
    opened: list[int] = []
    closers: dict[int, int] = {}
    for place, token in enumerate(inside):
        if token.type in ("LPAR", "LSQB"):
            opened.append(place)
        elif token.type in ("RPAR", "RSQB"):
            closers[opened.pop()] = place
    count = 0
    while closers.get(count) == len(inside) - 1 - count and inside[count].type == "LPAR":
        count += 1
    return count
