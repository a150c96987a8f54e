"""Text to tree, with every syntax error of the text in one run."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from lark import Lark
from lark.exceptions import UnexpectedToken

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.limits import Limits
from archdsl.syntax import tree
from archdsl.syntax.builder import Builder
from archdsl.syntax.lexer import Lexer, Vocabulary
from archdsl.syntax.tree import Token

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_LONG_NUMBER = re.compile(r"[0-9]+")

# What a terminal is called in a message; a terminal that is missing here is never suggested.
_WORDS = {
    "WORD": "a name",
    "NUMBER": "a number",
    "DIMS": "a size like 3x3",
    "STRING": 'a text in "quotes"',
    "LBRACE": "{",
    "RBRACE": "}",
    "LPAR": "(",
    "_RPAR": ")",
    "LSQB": "[",
    "RSQB": "]",
    "COLON": ":",
    "COMMA": ",",
    "EQUAL": "=",
    "IN": "in",
    "ELSE": "else",
    "__ANON_0": "",
}


class Parsed(NamedTuple):
    """A tree, or None where the text has none; the errors; and the codes ignored by comments, with their offsets."""

    file: tree.File | None
    diagnostics: list[Diagnostic]
    ignored: list[tuple[str, int, int]]


class _Tables:
    """The loaded parse tables, and the tokens that they know; made at the first parse."""

    lark: Lark | None = None
    vocabulary: Vocabulary
    signs: dict[str, str]


def _load() -> Lark:
    if _Tables.lark is None:
        from archdsl.syntax import _tables

        load: Any = Lark._load_from_dict
        lark = load(_tables.DATA, _tables.MEMO, transformer=Builder(), _plugins={"ContextualLexer": _NoLexer})
        _Tables.vocabulary = Vocabulary(lark.terminals, lark.lexer_conf.ignore)
        _Tables.signs = {t.name: t.pattern.value for t in lark.terminals if t.pattern.type == "str"}
        _Tables.lark = lark
    return _Tables.lark


class _NoLexer:
    """Stands in for Lark's own lexer, whose patterns would cost a third of the start; tokens come from `Lexer`."""

    def __init__(self, conf: Any, states: Any, always_accept: Any = ()) -> None:
        pass


def parse(source: Source, limits: Limits) -> Parsed:
    """Parse a whole file."""
    hidden = _forbidden(source, limits)
    if hidden:
        return Parsed(None, hidden, [])
    lexer, value = _run(source, limits, "start")
    return Parsed(None if lexer.diagnostics else value, lexer.diagnostics, lexer.ignored)


def parse_expression(source: Source, limits: Limits) -> tuple[tree.Expr | None, list[Diagnostic]]:
    """Parse one expression, as inside the braces of a name."""
    lexer, value = _run(source, limits, "expression")
    return (None if lexer.diagnostics else value), lexer.diagnostics


def _run(source: Source, limits: Limits, start: str) -> tuple[Lexer, Any]:
    lark = _load()
    lexer = Lexer(source, _Tables.vocabulary, limits)
    state = lark.parse_interactive("", start=start).parser_state
    actions, stack = state.parse_conf.states, state.state_stack
    feed: Any = state.feed_token  # takes anything with a `type`
    skipping = False
    for token in lexer.tokens(lambda: actions[stack[-1]]):
        if skipping:
            if token.type != "_NL" or not _resume(state):
                continue
            skipping = False
        try:
            feed(token)
        except UnexpectedToken:
            lexer.diagnostics.append(_unexpected(source, token, actions[stack[-1]]))
            if len(lexer.diagnostics) >= limits.diagnostics:
                return lexer, None
            skipping = token.type != "_NL" or not _resume(state)
            if not skipping:
                feed(token)
    if lexer.diagnostics:
        return lexer, None
    end = Token("$END", "", len(source.text), len(source.text))
    try:
        return lexer, feed(end, True)
    except UnexpectedToken:
        lexer.diagnostics.append(_unexpected(source, end, actions[stack[-1]]))
        return lexer, None


def _resume(state: Any) -> bool:
    """Drop the statement that went wrong, so that the next line is read afresh."""
    actions = state.parse_conf.states
    while len(state.state_stack) > 1 and "_lines" not in _after_line(actions, state.state_stack[-1]):
        state.state_stack.pop()
        state.value_stack.pop()
    return True


def _after_line(actions: Any, position: int) -> Any:
    """The rules that may stand next: a position that can begin a line can also begin `line`."""
    return ("_lines",) if "line" in actions[position] else ()


def _unexpected(source: Source, token: Token, accepted: Any) -> Diagnostic:
    span = Span(token.start, max(token.end, token.start))
    expected = _expected(accepted)
    found = _found(source, token)
    message = f"expected {expected}, found {found}" if expected else f"{found} cannot stand here"
    hint = _advice(source, token, accepted)
    return Diagnostic("syntax", message, span, source, hint=hint)


def _found(source: Source, token: Token) -> str:
    if token.type == "$END":
        return "the end of the file"
    if token.type == "_NL":
        return "the end of the line"
    return source.text[token.start : token.end]


def _expected(accepted: Any) -> str:
    """The next words of the language that would fit, in its own terms."""
    names = [name for name in accepted if name.isupper() or name.startswith("_")]
    if "MODEL" in names:
        return "a statement"
    if {"NUMBER", "STRING", "LPAR", "SIGN"} <= set(names):
        return "a value"
    words = [_WORDS[name] for name in _WORDS if name in names and _WORDS[name]]
    if ("_NL" in names and "RBRACE" not in names) or ("_NL" in names and len(words) < 4):
        words.append("the end of the line")
    words = list(dict.fromkeys(words))
    if not words or len(words) > 5:
        return ""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _advice(source: Source, token: Token, accepted: Any) -> str | None:
    """What to do about a mistake that has a usual reason."""
    before = source.text[: token.start].rstrip()
    if token.type in ("GROUPED", "COMMA") or token.text == ",":
        return "values of a line are parted by spaces; write thousands with commas in claims only"
    if token.type in ("CMP",):
        return "comparisons stand in parentheses among values"
    if token.type in ("SIGN", "MULOP", "PERCENT"):
        return "expressions stand in parentheses among values: (in/2)"
    if token.text == "else" or (before.endswith("}") and token.type not in ("_NL", "$END", "RBRACE")):
        return "`else` stands on the line of the } before it; other statements part by ; or a new line"
    if token.type == "TEMPLATE":
        return "a brace touching a word belongs to the name; put a space before {"
    if token.type == "LBRACE":
        return "{ stands behind a kind, a label or the word that opens it, on the same line"
    return None


def _forbidden(source: Source, limits: Limits) -> list[Diagnostic]:
    """Characters that hide or reorder text, lines and numbers beyond the limits: found before anything is parsed."""
    found = []
    for match in _FORBIDDEN.finditer(source.text):
        if match.group() == "\r" and source.text[match.end() : match.end() + 1] == "\n":
            continue
        name = f"U+{ord(match.group()):04X}"
        message = f"the invisible character {name} is not allowed, not even in comments"
        found.append(Diagnostic("encoding", message, Span(match.start(), match.end()), source, hint="delete it"))
        if len(found) >= limits.diagnostics:
            return found
    longest = max(map(len, source.text.split("\n")))
    if longest > limits.line:
        found += _long_lines(source, limits)
    for match in _LONG_NUMBER.finditer(source.text) if longest > limits.digits else ():
        if match.end() - match.start() > limits.digits and not _in_word(source.text, match.start()):
            message = f"a number of {match.end() - match.start():,} digits; the limit is {limits.digits}"
            found.append(Diagnostic("limit", message, Span(match.start(), match.end()), source))
            break
    return found


def _in_word(text: str, start: int) -> bool:
    """Whether digits belong to a name or a comment, where their number is free."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return "#" in line or line[-1:].isalnum() or line[-1:] == "_"


def _long_lines(source: Source, limits: Limits) -> list[Diagnostic]:
    start = 0
    for line in source.text.split("\n"):
        if len(line) > limits.line:
            message = f"a line of {len(line):,} characters; the limit is {limits.line:,}"
            hint = "continue it with \\ at its end, or raise the limit with --limit line=N"
            return [Diagnostic("limit", message, Span(start, start + 1), source, hint=hint)]
        start += len(line) + 1
    return []
