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
from archdsl.typed import NamedTuple


class TextPart(StrEnum):
    """What a part of a text can be: whatever has a colour of its own."""

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
_TEMPLATE = rf"{_NAME}(?:\{{[A-Za-z0-9_+*/%.()-]*\}}[A-Za-z0-9_]*)+(?:\.[A-Za-z0-9_]+)*"
_LABEL = rf'(?:{_TEMPLATE}|{_NAME}|[0-9]+|"[^"\n]*")'
_REFERENCE = rf'(?:(?:take|all)[ \t]+)?(?:{_TEMPLATE}|{_PATH}|"[^"\n]*")'
_REFERENCES = rf"{_REFERENCE}(?:[ \t]*,[ \t]*{_REFERENCE})*"
_BRACED = r"[A-Za-z0-9_]*(?:\{[A-Za-z0-9_+*/%.()-]*\}[A-Za-z0-9_]*)+"  # a step with a number put in
_STEP = rf"(?:{_BRACED}|[A-Za-z0-9_]+|\*)"
_WILD = (
    rf"{_NAME}(?:\{{[A-Za-z0-9_+*/%.()-]*\}}[A-Za-z0-9_]*)*\.(?:{_STEP}\.)*(?:{_BRACED}|\*)(?:\.{_STEP})*"
    rf"|\*(?:\.{_STEP})+"
)
_AXIS = r"(?:[0-9]+|\?|[A-Z][A-Z0-9_]*)"
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?:[KMGT]i?B?|B)?"

_LABELLED = (TextPart.LABEL, TextPart.SPACE, TextPart.SIGN, TextPart.SPACE, TextPart.KIND)


class ColourRule(NamedTuple):
    """A pattern, and what the whole match is, or each of its groups."""

    pattern: str
    parts: tuple[TextPart, ...]


def keywords() -> tuple[str, ...]:
    """The words that the grammar has as they are."""
    grammar = (GRAMMARS / "arch.lark").read_text(encoding="utf-8")
    return tuple(sorted(set(re.findall(r'"([a-z]+)"', re.sub(r"//[^\n]*", "", grammar)))))


def rules() -> tuple[ColourRule, ...]:
    """All rules, in the order in which they are tried."""
    kinds = _any_of(REGISTRY)
    return (
        ColourRule(r"[ \t\r\n]+|\\\r?\n", (TextPart.SPACE,)),
        ColourRule(r"#[^\n]*", (TextPart.COMMENT,)),
        ColourRule(rf"({_LABEL}(?:\s*,\s*{_LABEL})*)([ \t]*)(:)([ \t]*)((?i:{kinds})(?![\w.:×{{])|)", _LABELLED),
        ColourRule(rf"([;{{}}])([ \t]*)((?i:{kinds}))(?![\w.:=×{{])", (TextPart.SIGN, TextPart.SPACE, TextPart.KIND)),
        ColourRule(rf"^(?i:{kinds})(?![\w.:=×{{])", (TextPart.KIND,)),
        ColourRule(r'"[^"\n]*"', (TextPart.TEXT,)),
        ColourRule(rf"(<-)([ \t]*)({_REFERENCES})", (TextPart.ARROW, TextPart.SPACE, TextPart.REFERENCE)),
        ColourRule(rf"\b(model|block)([ \t]+)({_NAME})", (TextPart.KEYWORD, TextPart.SPACE, TextPart.BLOCK)),
        ColourRule(rf"\b(use)([ \t]+)({_PATH})", (TextPart.KEYWORD, TextPart.SPACE, TextPart.REFERENCE)),
        ColourRule(_WILD, (TextPart.NAME,)),
        ColourRule(rf"\b(?:{_any_of(keywords())})\b(?![\w.:=×{{])", (TextPart.KEYWORD,)),
        ColourRule(rf"({_NAME})([ \t]*)(=)(?!=)", (TextPart.OPTION, TextPart.SPACE, TextPart.OPERATOR)),
        ColourRule(rf"\b(?:{_any_of(VALUES)})\b", (TextPart.VALUE,)),
        ColourRule(r"[x×](?:[0-9]+|\?)(?![\w.?])|[x×](?=\()", (TextPart.REPEAT,)),
        ColourRule(rf"{_AXIS}(?:[x×]{_AXIS})+(?![A-Za-z0-9_(.?])", (TextPart.SIZE,)),
        ColourRule(
            rf"({_NUMBER})([ \t]+)({_any_of(TOTALS)}|memory)\b", (TextPart.NUMBER, TextPart.SPACE, TextPart.UNIT)
        ),
        ColourRule(rf"(?:{_NUMBER})(?![\w(])", (TextPart.NUMBER,)),
        ColourRule(r"\?", (TextPart.HOLE,)),
        ColourRule(rf"\b(?:{kinds})\b(?![\w.×{{])", (TextPart.KIND,)),
        ColourRule(r"[a-z](?:[0-9]+|\?)(?:[x×](?:[0-9]+|\?))*(?![\w.{])", (TextPart.OPTION,)),
        ColourRule(r"\b[A-Z](?![A-Za-z0-9_.])", (TextPart.SYMBOL,)),
        ColourRule(r"\b[A-Z][A-Z0-9_]+(?![\w.{])", (TextPart.BLOCK,)),
        ColourRule(rf"{_TEMPLATE}|[A-Za-z_][A-Za-z0-9_×]*(?:\.[A-Za-z0-9_]+)*", (TextPart.NAME,)),
        ColourRule(r"<-|->", (TextPart.ARROW,)),
        ColourRule(r"\.\.|==|!=|<=|>=|//|[-+*/%<>=]", (TextPart.OPERATOR,)),
        ColourRule(r"[{}()\[\],;:]", (TextPart.SIGN,)),
    )


def _any_of(words: Collection[str]) -> str:
    """A pattern of one of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
