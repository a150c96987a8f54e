"""The one source of what is coloured: the words and signs of the language as patterns, each with what it is.

A rule is a regular expression that Pygments and TextMate read alike (no lookbehind, no named groups; `^` is the start
of a line), and what the match is, or each of its groups. Rules are tried in their order at each place. Keywords are
those of `grammars/arch.lark`, kinds those of the registry, units and values those that claims and expressions know;
nothing is listed a second time here.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from archdsl.analysis.cost import TOTALS
from archdsl.data import GRAMMARS
from archdsl.expressions.scope import VALUES
from archdsl.layers import REGISTRY
from archdsl.named import NamedTuple

# What a part of a text can be.
COMMENT, TEXT, KEYWORD, VALUE, KIND, BLOCK, LABEL, REFERENCE = (
    "comment",
    "text",
    "keyword",
    "value",
    "kind",
    "block",
    "label",
    "reference",
)
OPTION, SIZE, NUMBER, UNIT, SYMBOL, HOLE, REPEAT, NAME, ARROW, OPERATOR, SIGN, SPACE = (
    "option",
    "size",
    "number",
    "unit",
    "symbol",
    "hole",
    "repeat",
    "name",
    "arrow",
    "operator",
    "sign",
    "space",
)

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PATH = rf"{_NAME}(?:\.[A-Za-z0-9_]+)*"
_TEMPLATE = rf"{_NAME}(?:\{{[A-Za-z0-9_+*/%-]*\}}[A-Za-z0-9_]*)+"
_LABEL = rf'(?:{_TEMPLATE}|{_NAME}|[0-9]+|"[^"\n]*")'
_REFERENCE = rf'(?:{_TEMPLATE}|{_PATH}|"[^"\n]*")'
_REFERENCES = rf"{_REFERENCE}(?:[ \t]*,[ \t]*{_REFERENCE})*"
_AXIS = r"(?:[0-9]+|\?|[A-Z][A-Z0-9_]*)"
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?:[KMGT]i?B?|B)?"

_LABELLED = (LABEL, SPACE, SIGN, SPACE, KIND)


class Rule(NamedTuple):
    """A pattern, and what the whole match is, or each of its groups."""

    pattern: str
    parts: tuple[str, ...]


def keywords() -> tuple[str, ...]:
    """The words that the grammar has as they are."""
    grammar = (GRAMMARS / "arch.lark").read_text(encoding="utf-8")
    return tuple(sorted(set(re.findall(r'"([a-z]+)"', re.sub(r"//[^\n]*", "", grammar)))))


def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they are tried."""
    kinds = _any_of(REGISTRY)
    return (
        Rule(r"[ \t\r\n]+|\\\r?\n", (SPACE,)),
        Rule(r"#[^\n]*", (COMMENT,)),
        Rule(rf"({_LABEL}(?:\s*,\s*{_LABEL})*)([ \t]*)(:)([ \t]*)((?i:{kinds})(?![\w.:×{{])|)", _LABELLED),
        Rule(rf"([;{{}}])([ \t]*)((?i:{kinds}))(?![\w.:=×{{])", (SIGN, SPACE, KIND)),
        Rule(rf"^(?i:{kinds})(?![\w.:=×{{])", (KIND,)),
        Rule(r'"[^"\n]*"', (TEXT,)),
        Rule(rf"(<-)([ \t]*)({_REFERENCES})", (ARROW, SPACE, REFERENCE)),
        Rule(rf"\b(model|block)([ \t]+)({_NAME})", (KEYWORD, SPACE, BLOCK)),
        Rule(rf"\b(use)([ \t]+)({_PATH})", (KEYWORD, SPACE, REFERENCE)),
        Rule(rf"\b(?:{_any_of(keywords())})\b(?![\w.:=×{{])", (KEYWORD,)),
        Rule(rf"({_NAME})([ \t]*)(=)(?!=)", (OPTION, SPACE, OPERATOR)),
        Rule(rf"\b(?:{_any_of(VALUES)})\b", (VALUE,)),
        Rule(r"[x×](?:[0-9]+|\?)(?![\w.?])|[x×](?=\()", (REPEAT,)),
        Rule(rf"{_AXIS}(?:[x×]{_AXIS})+(?![A-Za-z0-9_(.?])", (SIZE,)),
        Rule(rf"({_NUMBER})([ \t]+)({_any_of(TOTALS)}|memory)\b", (NUMBER, SPACE, UNIT)),
        Rule(rf"(?:{_NUMBER})(?![\w(])", (NUMBER,)),
        Rule(r"\?", (HOLE,)),
        Rule(rf"\b(?:{kinds})\b(?![\w.×{{])", (KIND,)),
        Rule(r"[a-z](?:[0-9]+|\?)(?:[x×](?:[0-9]+|\?))*(?![\w.{])", (OPTION,)),
        Rule(r"\b[A-Z](?![A-Za-z0-9_.])", (SYMBOL,)),
        Rule(r"\b[A-Z][A-Z0-9_]+(?![\w.{])", (BLOCK,)),
        Rule(rf"{_TEMPLATE}|[A-Za-z_][A-Za-z0-9_×]*(?:\.[A-Za-z0-9_]+)*", (NAME,)),
        Rule(r"<-|->", (ARROW,)),
        Rule(r"\.\.|==|!=|<=|>=|//|[-+*/%<>=]", (OPERATOR,)),
        Rule(r"[{}()\[\],;:]", (SIGN,)),
    )


def _any_of(words: Collection[str]) -> str:
    """A pattern of one of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
