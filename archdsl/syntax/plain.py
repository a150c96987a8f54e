"""Plain lines, `[name:] KIND values [-> shape]`: most lines of most texts, read word by word without the parser.

The tree of such a line is the one that the parser makes; the tests hold the two against each other. A line that is not
plain, and every line behind a fault, is left to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple

_MOST_WORDS = 10_000  # of which it is remembered what they are
_NO_VALUE = "", 0
_WORD = "WORD", 0


class PlainLine(NamedTuple):
    """A line that was read: its tree, how many tokens it has, and where in the text it ends."""

    line: tree.Line
    tokens: int
    end: int


class PlainReader:
    """Reads plain lines. `match` and `keywords` are those of the lexer."""

    def __init__(self, match: Callable[[str], re.Match[str] | None], keywords: Mapping[str, str]) -> None:
        self._match, self._keywords = match, keywords
        self._known: dict[str, tuple[str, int]] = {}

    def read(self, text: str, start: int, base: int) -> PlainLine | None:
        """The line of a text that begins at `start`, its places counted from `base`; None where it is not plain."""
        words, end = _words(text, start)
        label = at = 0
        if words and words[0][0][-1] == ":":
            label = at = 1
        size = words[-1] if len(words) > at + 2 and words[-2][0] == "->" else None
        head = self._head(words[: at + 1], base) if len(words) > at else None
        if head is None:
            return None
        names, kind = head
        arguments = self._arguments(words[at + 1 : -2 if size else len(words)], base)
        if arguments is None:
            return None
        claims: tuple[tree.ShapeClaim, ...] = ()
        if size is not None:
            claimed = self._arguments([size], base)
            if not claimed or claimed[0].name is not None:
                return None
            claims = (tree.ShapeClaim(*claimed[0][1:]),)
        begin = names[0].start if names else kind.start
        stop = arguments[-1].end if arguments else kind.end
        layer = tree.LayerStatement(names, kind, arguments, None, None, (), claims, begin, stop)
        named = sum([one.name is not None for one in arguments])
        return PlainLine(tree.Line((layer,)), 2 * label + 1 + len(arguments) + 2 * named + 2 * len(claims), end)

    def _head(self, words: list[tuple[str, int]], base: int) -> tuple[tuple[Token, ...], Token] | None:
        """The name of a line and its kind."""
        *labels, (word, place) = words
        if word in self._keywords or (self._known.get(word) or self._learned(word)) != _WORD:
            return None
        new, start = tuple.__new__, place + base
        kind = new(Token, ("WORD", word, start, start + len(word)))
        if not labels:
            return (), kind
        label, start = labels[0][0][:-1], labels[0][1] + base
        usual = label.isidentifier() and label.isascii() and label[0] != "x"  # which may begin a repeat
        if label in self._keywords or not (usual or self._type(label) == "WORD"):
            return None
        return (new(Token, ("WORD", label, start, start + len(label))),), kind

    def _arguments(self, words: list[tuple[str, int]], base: int) -> tuple[tree.Argument, ...] | None:
        """Values, each with or without a name; None where one is not plain."""
        found = []
        known, new = self._known, tuple.__new__  # a third of the time of the classes
        for word, place in words:
            kind, at = known.get(word) or self._learned(word)
            if not kind:
                return None
            start, end = place + base, place + base + len(word)
            name = new(Token, ("WORD", word[: at - 1], start, start + at - 1)) if at else None
            value = new(Token, (kind, word[at:], start + at, end))
            found.append(new(tree.Argument, (name, value, start, end)))
        return tuple(found)

    def _learned(self, word: str) -> tuple[str, int]:
        """The type of a value and where it begins in its word, behind a name and `=`; no type where it is not plain."""
        name, sign, value = word.rpartition("=")
        kind = self._type(value)
        plain = kind and (not sign or (self._type(name) == "WORD" and name not in self._keywords))
        plain = plain and (value not in self._keywords or value == "in")
        if len(self._known) >= _MOST_WORDS:
            self._known.clear()
        found = self._known[word] = (kind, len(name) + len(sign)) if plain else _NO_VALUE
        return found

    def _type(self, word: str) -> str:
        """The type of the token that a word is; none where it is several, or nothing that stands for a value."""
        found = self._match(word)
        whole = found is not None and found.end() == len(word) == found.end(found.lastgroup or 0)
        kind = found.lastgroup if found is not None and whole else None
        return kind if kind in ("WORD", "NUMBER", "DIMS") else ""


def _words(text: str, start: int) -> tuple[list[tuple[str, int]], int]:
    """The words of a line with their places, up to a comment, and where they end."""
    end = text.find("\n", start)
    if end < 0:
        end = len(text)
    elif text[end - 1] == "\r" and end > start:
        end -= 1
    found: list[tuple[str, int]] = []
    place = start
    for word in text[start:end].replace("\t", " ").split(" "):
        if word:
            if word[0] == "#":
                return found, place
            found.append((word, place))
        place += len(word) + 1
    return found, end
