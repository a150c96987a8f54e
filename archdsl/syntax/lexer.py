"""Text to tokens, one at a time, at the pace of the parser.

The tokens are those of the grammar. This lexer is ours for three reasons: nesting must be capped before the parser sees
it, text that no token fits must become a diagnostic and not an end, and one compiled pattern starts faster than one for
each state of the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.limits import Limits
from archdsl.syntax.tree import Token

_CLOSES = {")": "(", "]": "[", "}": "{"}
_BRACKETS = {"LPAR": "(", "_XPAREN": "(", "LSQB": "[", "LBRACE": "{", "_RPAR": ")", "RSQB": "]", "RBRACE": "}"}
_IGNORE = re.compile(r"#\s*archdsl:\s*ignore\[([^\]\n]*)\]")


class Vocabulary:
    """The terminals of a grammar as one pattern: longest-priority first, as Lark orders them."""

    def __init__(self, terminals: Collection[Any], ignored: Collection[str]) -> None:
        regular = [t for t in terminals if t.pattern.type == "re" and t.name not in ignored and t.name != "GROUPED"]
        literal = [t for t in terminals if t.pattern.type == "str"]
        self.keywords = {t.pattern.value: t.name for t in literal if t.pattern.value.isalpha()}
        signs = [t for t in literal if not t.pattern.value.isalpha()]
        regular.sort(key=lambda t: (-t.priority, -len(t.pattern.value)))
        long = [t for t in signs if len(t.pattern.value) > 1]
        short = [t for t in signs if len(t.pattern.value) == 1]
        named = [*long, *regular, *short]
        pattern = "|".join(f"(?P<{t.name}>{t.pattern.to_regexp()})" for t in named)
        skipped = "|".join(t.pattern.to_regexp() for t in terminals if t.name in ignored and t.pattern.value[0] != "#")
        self.match = re.compile(rf"(?:{skipped})*(?:(?P<COMMENT>#[^\n]*)|{pattern})?").match
        self.grouped = re.compile(next(t.pattern.to_regexp() for t in terminals if t.name == "GROUPED")).match


class Lexer:
    """The tokens of one text, with the diagnostics and the ignored codes found on the way."""

    def __init__(self, source: Source, vocabulary: Vocabulary, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.vocabulary = vocabulary
        self.diagnostics: list[Diagnostic] = []
        self.ignored: list[tuple[str, int, int]] = []  # code, offset of the comment, end of the comment
        self._open: list[Token] = []

    def tokens(self, accepts: Callable[[], Collection[str]]) -> Iterator[Token]:
        """Yield the tokens; `accepts` tells which the parser can take now."""
        text, match, keywords = self.source.text, self.vocabulary.match, self.vocabulary.keywords
        position, length, count, budget = 0, len(text), 0, self.limits.tokens
        while position < length:
            found = match(text, position)
            assert found is not None  # every part of the pattern is optional
            kind, end = found.lastgroup, found.end()
            if kind is None:
                if end >= length:
                    break
                position = self._stray(end)
                continue
            start = found.start(kind)
            position = end
            if kind == "COMMENT":
                self._comment(found.group(kind), start)
                continue
            count += 1
            if count > budget:
                self._report("limit", f"more than {budget:,} tokens", start, end, hint="raise it with --limit tokens=N")
                return
            word = text[start:end]
            if kind == "WORD":
                if word in keywords and keywords[word] in accepts():
                    kind = keywords[word]
            elif kind == "NUMBER":
                if end < length and text[end] == "," and "GROUPED" in accepts():
                    grouped = self.vocabulary.grouped(text, start)
                    if grouped:
                        kind, word, end = "GROUPED", grouped.group(), grouped.end()
                        position = end
            elif kind == "_NL":
                if any(bracket.text == "[" for bracket in self._open) and "_NL" not in accepts():
                    continue
            elif kind in _BRACKETS and not self._bracket(Token(kind, _BRACKETS[kind], start, end)):
                if len(self._open) > self.limits.depth:
                    return
                continue
            yield Token(kind, word, start, end)
        for bracket in self._open:
            message = f"this {bracket.text} is never closed"
            self._report("unclosed", message, bracket.start, bracket.end)

    def _bracket(self, token: Token) -> bool:
        """Keep the open brackets; False where this one closes nothing or opens too deep."""
        if token.text not in _CLOSES:
            self._open.append(token)
            if len(self._open) <= self.limits.depth:
                return True
            message = f"nested more than {self.limits.depth} deep"
            self._report("limit", message, token.start, token.end, hint="raise it with --limit depth=N")
            return False
        if self._open and self._open[-1].text == _CLOSES[token.text]:
            self._open.pop()
            return True
        message = f"this {token.text} closes nothing"
        if self._open:
            message = f"this {token.text} cannot close the {self._open[-1].text} opened on line " + str(
                self.source.position(self._open[-1].start)[0]
            )
        self._report("unclosed", message, token.start, token.end)
        return False

    def _comment(self, text: str, start: int) -> None:
        for found in _IGNORE.finditer(text):
            for code in found.group(1).split(","):
                self.ignored.append((code.strip(), start, start + len(text)))

    def _stray(self, start: int) -> int:
        """Report text that no token fits and return where to go on."""
        text = self.source.text
        end = start + 1
        run = re.compile(r"[A-Za-z0-9_.]+").match(text, start)
        if run:
            end = run.end()
            word = text[start:end]
            number = re.match(r"[0-9.]*", word)
            head = number.group() if number else ""
            tail = word[len(head) :]
            message = f"a number and a word run together: {word}"
            hint = f"put a space or an operator between {head} and {tail}" if head and tail else None
            self._report("syntax", message, start, end, hint=hint)
        elif text[start] == '"':
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            self._report("syntax", 'this string has no closing "', start, end, hint='strings end on their line: "text"')
        elif text[start] == "?" or text[start : start + 2].endswith("?"):
            self._report("reserved", "holes (?) are not part of the language yet", start, end, hint="write the number")
        elif text[start] in ")]":
            after = text[start + 1 : start + 2]
            message = f"a closing {text[start]} touches {after}"
            self._report("syntax", message, start, end, hint=f"put a space after {text[start]}")
        else:
            self._report("syntax", f"{text[start]!r} has no meaning here", start, end)
        return end

    def _report(self, code: str, message: str, start: int, end: int, *, hint: str | None = None) -> None:
        self.diagnostics.append(Diagnostic(code, message, Span(start, end), self.source, hint=hint))
