"""What lines of a listing are built of: sizes, words and figures as tokens; notes, and what is unclear."""

from __future__ import annotations

import re

from archdsl.diagnostics import Span
from archdsl.notations.listing.line import BracketShape, sizes
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple

GROUPED = re.compile(r"[0-9]{1,3}\.[0-9]{3}")  # 54.314 parameters, as German writes thousands


class Unclear(Exception):
    """A layer that cannot be understood: why, where, and what would be."""

    def __init__(self, message: str, at: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.at, self.hint = message, at, hint


class Note(NamedTuple):
    """How something was read: what was inferred, or ignored."""

    start: int
    end: int
    text: str


def whole(token: Token) -> int:
    """The number of a token: 4096, 4,096 or, among counts, 4.096."""
    return int("".join(sizes(token)) or "0")


def word(text: str, at: Span) -> Token:
    return Token("WORD", text, at.start, at.end)


def amount(numbers: tuple[object, ...], at: Span) -> Token:
    """Sizes as a token: 96, 11x11."""
    return Token("DIMS" if len(numbers) > 1 else "NUMBER", "x".join(map(str, numbers)), at.start, at.end)


def figure(token: Token, unit: str) -> tree.QuantityClaim:
    """A claimed count: 156 params, 62.3M params."""
    text = token.text.replace(",", "") if token.type == "NUMBER" else token.text
    kind = "NUMBER"
    if token.type == "ROUNDED":
        digits = "".join(letter for letter in text if letter.isdigit() or letter in ".,").replace(",", ".").rstrip(".")
        rest = text.lower().lstrip("0123456789., ")
        text, kind = digits + ("B" if rest[:1] in "gb" else rest[:1].upper()), "SCALED"
    elif token.type == "COUNTED" or GROUPED.fullmatch(text):
        text, kind = f"{whole(token):,}", "GROUPED"
    return tree.QuantityClaim(
        Token(kind, text, token.start, token.end), word(unit, place_of(token)), None, token.start, token.end
    )


def place_of(item: Token | BracketShape) -> Span:
    return Span(item.start, item.end)


def dims(token: Token) -> str:
    return "x".join(sizes(token))


def ends_square(numbers: tuple[str, ...]) -> bool:
    """Whether the last two of three sizes are equal, as in 64x3x3: so many windows."""
    return len(numbers) == 3 and numbers[1] == numbers[2] != numbers[0]


def rotated(numbers: tuple[str, ...]) -> tuple[str, ...]:
    """3x224x224 as 224x224x3."""
    return (*numbers[1:], numbers[0])


def pair(numbers: tuple[str, ...]) -> tuple[str, ...]:
    """A window written as one number, for both axes."""
    return numbers * 2 if len(numbers) == 1 else numbers


def short(numbers: tuple[int, ...], *, always: bool = False) -> str:
    """Equal sizes once: 2 for 2x2."""
    same = len(set(numbers)) == 1 and not always
    return str(numbers[0]) if same else "x".join(map(str, numbers))
