"""The colours of specs in everything that uses Pygments, such as Sphinx: an entry point of the package."""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Whitespace,
)

from archdsl.editors import words

_TOKENS = {
    words.COMMENT: Comment.Single,
    words.TEXT: String.Double,
    words.KEYWORD: Keyword,
    words.VALUE: Keyword.Constant,
    words.KIND: Name.Function,
    words.BLOCK: Name.Class,
    words.LABEL: Name.Label,
    words.REFERENCE: Name.Label,
    words.OPTION: Name.Attribute,
    words.SIZE: Number,
    words.NUMBER: Number,
    words.UNIT: Keyword.Type,
    words.SYMBOL: Name.Variable,
    words.HOLE: Name.Exception,
    words.REPEAT: Operator.Word,
    words.NAME: Text,
    words.ARROW: Operator,
    words.OPERATOR: Operator,
    words.SIGN: Punctuation,
    words.SPACE: Whitespace,
}


def _rule(rule: words.Rule) -> tuple[str, Any]:
    """A rule as Pygments has it."""
    tokens = [_TOKENS[part] for part in rule.parts]
    return rule.pattern, tokens[0] if len(tokens) == 1 else bygroups(*tokens)


class ArchLexer(RegexLexer):
    """Specs of archdsl."""

    name = "archdsl"
    aliases: ClassVar[list[str]] = ["arch", "archdsl"]
    filenames: ClassVar[list[str]] = ["*.arch"]
    url = "https://pypi.org/project/archdsl/"
    tokens: ClassVar[dict[str, list[tuple[str, Any]]]] = {"root": [_rule(rule) for rule in words.rules()]}
