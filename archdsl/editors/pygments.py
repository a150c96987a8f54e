"""The colours of specs in everything that uses Pygments, such as Sphinx: an entry point of the package."""

from __future__ import annotations

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

from archdsl.editors.words import ColourRule, TextPart, rules
from archdsl.typed import Any, ClassVar

_TOKENS = {
    TextPart.COMMENT: Comment.Single,
    TextPart.TEXT: String.Double,
    TextPart.KEYWORD: Keyword,
    TextPart.VALUE: Keyword.Constant,
    TextPart.KIND: Name.Function,
    TextPart.BLOCK: Name.Class,
    TextPart.LABEL: Name.Label,
    TextPart.REFERENCE: Name.Label,
    TextPart.OPTION: Name.Attribute,
    TextPart.SIZE: Number,
    TextPart.NUMBER: Number,
    TextPart.UNIT: Keyword.Type,
    TextPart.SYMBOL: Name.Variable,
    TextPart.HOLE: Name.Exception,
    TextPart.REPEAT: Operator.Word,
    TextPart.NAME: Text,
    TextPart.ARROW: Operator.Word,
    TextPart.OPERATOR: Operator,
    TextPart.SIGN: Punctuation,
    TextPart.SPACE: Whitespace,
}


def _rule(rule: ColourRule) -> tuple[str, Any]:
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
