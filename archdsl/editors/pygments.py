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

from archdsl.editors.words import Part, Rule, rules

_TOKENS = {
    Part.COMMENT: Comment.Single,
    Part.TEXT: String.Double,
    Part.KEYWORD: Keyword,
    Part.VALUE: Keyword.Constant,
    Part.KIND: Name.Function,
    Part.BLOCK: Name.Class,
    Part.LABEL: Name.Label,
    Part.REFERENCE: Name.Label,
    Part.OPTION: Name.Attribute,
    Part.SIZE: Number,
    Part.NUMBER: Number,
    Part.UNIT: Keyword.Type,
    Part.SYMBOL: Name.Variable,
    Part.HOLE: Name.Exception,
    Part.REPEAT: Operator.Word,
    Part.NAME: Text,
    Part.ARROW: Operator.Word,
    Part.OPERATOR: Operator,
    Part.SIGN: Punctuation,
    Part.SPACE: Whitespace,
}


def _rule(rule: Rule) -> tuple[str, Any]:
    """A rule as Pygments has it."""
    tokens = [_TOKENS[part] for part in rule.parts]
    return rule.pattern, tokens[0] if len(tokens) == 1 else bygroups(*tokens)


class ArchLexer(RegexLexer):
    """Specs of archdsl."""

    name = "archdsl"
    aliases: ClassVar[list[str]] = ["arch", "archdsl"]
    filenames: ClassVar[list[str]] = ["*.arch"]
    url = "https://pypi.org/project/archdsl/"
    tokens: ClassVar[dict[str, list[tuple[str, Any]]]] = {"root": [_rule(rule) for rule in rules()]}
