"""The one source of what is coloured: the words and signs of the language as patterns, each with what it is.

A rule is a regular expression that Pygments and TextMate read alike (no lookbehind, no named groups; `^` is the start
of a line), and what the match is, or each of its groups. Rules are tried in their order at each place. Keywords are
those of `grammars/arch.lark`, kinds those of the registry, units and values those that claims and expressions know;
nothing is listed a second time here.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum, auto

from archdsl.analysis.cost import TOTALS
from archdsl.data import GRAMMARS
from archdsl.expressions.scope import VALUES
from archdsl.layers import REGISTRY
from archdsl.named import NamedTuple


class Part(StrEnum):
    """What a part of a text can be."""

    COMMENT = auto()
    TEXT = auto()
    KEYWORD = auto()
    VALUE = auto()
    KIND = auto()
    BLOCK = auto()
    LABEL = auto()
    REFERENCE = auto()
    OPTION = auto()
    SIZE = auto()
    NUMBER = auto()
    UNIT = auto()
    SYMBOL = auto()
    HOLE = auto()
    REPEAT = auto()
    NAME = auto()
    ARROW = auto()
    OPERATOR = auto()
    SIGN = auto()
    SPACE = auto()


_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PATH = rf"{_NAME}(?:\.[A-Za-z0-9_]+)*"
_TEMPLATE = rf"{_NAME}(?:\{{[A-Za-z0-9_+*/%-]*\}}[A-Za-z0-9_]*)+"
_LABEL = rf'(?:{_TEMPLATE}|{_NAME}|[0-9]+|"[^"\n]*")'
_REFERENCE = rf'(?:{_TEMPLATE}|{_PATH}|"[^"\n]*")'
_REFERENCES = rf"{_REFERENCE}(?:[ \t]*,[ \t]*{_REFERENCE})*"
_AXIS = r"(?:[0-9]+|\?|[A-Z][A-Z0-9_]*)"
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?:[KMGT]i?B?|B)?"

_LABELLED = (Part.LABEL, Part.SPACE, Part.SIGN, Part.SPACE, Part.KIND)


class Rule(NamedTuple):
    """A pattern, and what the whole match is, or each of its groups."""

    pattern: str
    parts: tuple[Part, ...]


def keywords() -> tuple[str, ...]:
    """The words that the grammar has as they are."""
    grammar = (GRAMMARS / "arch.lark").read_text(encoding="utf-8")
    return tuple(sorted(set(re.findall(r'"([a-z]+)"', re.sub(r"//[^\n]*", "", grammar)))))


def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they are tried."""
    kinds = _any_of(REGISTRY)
    return (
        Rule(r"[ \t\r\n]+|\\\r?\n", (Part.SPACE,)),
        Rule(r"#[^\n]*", (Part.COMMENT,)),
        Rule(rf"({_LABEL}(?:\s*,\s*{_LABEL})*)([ \t]*)(:)([ \t]*)((?i:{kinds})(?![\w.:×{{])|)", _LABELLED),
        Rule(rf"([;{{}}])([ \t]*)((?i:{kinds}))(?![\w.:=×{{])", (Part.SIGN, Part.SPACE, Part.KIND)),
        Rule(rf"^(?i:{kinds})(?![\w.:=×{{])", (Part.KIND,)),
        Rule(r'"[^"\n]*"', (Part.TEXT,)),
        Rule(rf"(<-)([ \t]*)({_REFERENCES})", (Part.ARROW, Part.SPACE, Part.REFERENCE)),
        Rule(rf"\b(model|block)([ \t]+)({_NAME})", (Part.KEYWORD, Part.SPACE, Part.BLOCK)),
        Rule(rf"\b(use)([ \t]+)({_PATH})", (Part.KEYWORD, Part.SPACE, Part.REFERENCE)),
        Rule(rf"\b(?:{_any_of(keywords())})\b(?![\w.:=×{{])", (Part.KEYWORD,)),
        Rule(rf"({_NAME})([ \t]*)(=)(?!=)", (Part.OPTION, Part.SPACE, Part.OPERATOR)),
        Rule(rf"\b(?:{_any_of(VALUES)})\b", (Part.VALUE,)),
        Rule(r"[x×](?:[0-9]+|\?)(?![\w.?])|[x×](?=\()", (Part.REPEAT,)),
        Rule(rf"{_AXIS}(?:[x×]{_AXIS})+(?![A-Za-z0-9_(.?])", (Part.SIZE,)),
        Rule(rf"({_NUMBER})([ \t]+)({_any_of(TOTALS)}|memory)\b", (Part.NUMBER, Part.SPACE, Part.UNIT)),
        Rule(rf"(?:{_NUMBER})(?![\w(])", (Part.NUMBER,)),
        Rule(r"\?", (Part.HOLE,)),
        Rule(rf"\b(?:{kinds})\b(?![\w.×{{])", (Part.KIND,)),
        Rule(r"[a-z](?:[0-9]+|\?)(?:[x×](?:[0-9]+|\?))*(?![\w.{])", (Part.OPTION,)),
        Rule(r"\b[A-Z](?![A-Za-z0-9_.])", (Part.SYMBOL,)),
        Rule(r"\b[A-Z][A-Z0-9_]+(?![\w.{])", (Part.BLOCK,)),
        Rule(rf"{_TEMPLATE}|[A-Za-z_][A-Za-z0-9_×]*(?:\.[A-Za-z0-9_]+)*", (Part.NAME,)),
        Rule(r"<-|->", (Part.ARROW,)),
        Rule(r"\.\.|==|!=|<=|>=|//|[-+*/%<>=]", (Part.OPERATOR,)),
        Rule(r"[{}()\[\],;:]", (Part.SIGN,)),
    )


def _any_of(words: Collection[str]) -> str:
    """A pattern of one of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
