"""Text to tokens, one at a time, at the pace of the parser.

The tokens are those of the grammar. This lexer is ours for three reasons: nesting must be capped before the parser sees
it, text that no token fits must become a diagnostic and not an end, and one compiled pattern starts faster than one for
each state of the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.limits import Limits, raising
from archdsl.syntax.plain import PlainLine, PlainReader
from archdsl.syntax.tree import Token
from archdsl.typed import Any

_CLOSES = {")": "(", "]": "[", "}": "{"}
_BRACKETS = {"LPAR": "(", "_XPAREN": "(", "LSQB": "[", "LBRACE": "{", "RPAR": ")", "RSQB": "]", "RBRACE": "}"}
_CLOSERS = {"(": "RPAR", "[": "RSQB", "{": "RBRACE"}
MENDED = "mended"  # a token for the parser alone: brackets were given up here, and their statement with them
DROPPED = "dropped"  # another: what stands here is no text of the language, and neither is its statement
ECHO = "echo"  # another: the rest of this line belongs to a fault told before
TIGHT = {"SIGN": "TSIGN", "MULOP": "TMULOP", "PERCENT": "TPERCENT", "POWER": "TPOWER"}  # where no space is
_MADE = frozenset((*TIGHT.values(), "NEG", "GROUPED"))  # terminals that are no text of their own
_TWO_INTEGERS = r"(?<![\w.)\]*/%+-])[0-9]+\*[0-9]+(?![\w.(\[*/%+-])"  # 3*3, which papers write for 3x3
_ELSE = r"(?:[ \t\r\n]|#[^\n]*\n)*else\b"  # on a line of its own, behind the braces of its `if`
_IGNORE = r"#\s*archdsl:\s*ignore\[([^\]\n]*)\]"


class Vocabulary:
    """The terminals of a grammar as one pattern: longest-priority first, as Lark orders them.

    A terminal is its name, its pattern, whether that is a text which stands for itself, and its priority.
    """

    def __init__(self, terminals: Collection[tuple[str, str, bool, int]], ignored: Collection[str]) -> None:
        patterns = {name: re.escape(value) if text else value for name, value, text, _ in terminals}
        literal = [(name, value) for name, value, text, _ in terminals if text]
        self.keywords = {value: name for name, value in literal if value.isalpha()}
        signs = [name for name, value in literal if not value.isalpha()]
        regular = [one for one in terminals if not one[2] and one[0] not in ignored and one[0] not in _MADE]
        regular.sort(key=lambda one: (-one[3], -len(one[1])))
        long = [name for name, value in literal if name in signs and len(value) > 1]
        short = [name for name, value in literal if name in signs and len(value) == 1]
        named = [*long, *(name for name, *_ in regular), *short]
        pattern = "|".join(f"(?P<{name}>{patterns[name]})" for name in named)
        skipped = "|".join(patterns[name] for name, value, *_ in terminals if name in ignored and value[0] != "#")
        self.match = re.compile(rf"(?:{skipped})*(?:(?P<COMMENT>#[^\n]*)|{pattern})?").match
        self._grouped = patterns["GROUPED"]
        self.plain = PlainReader(self.match, self.keywords)

    def grouped(self, text: str, start: int) -> re.Match[str] | None:
        """The number such as `61,706` that begins here."""
        return re.compile(self._grouped).match(text, start)


class NoLexer:
    """Stands in for Lark's own lexer, which compiles its patterns and looks for collisions of them."""

    def __init__(self, conf: Any, states: Any, always_accept: Any = ()) -> None:
        pass


class Lexer:
    """The tokens of one text, with the diagnostics and the ignored codes found on the way."""

    def __init__(self, source: Source, vocabulary: Vocabulary, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.vocabulary = vocabulary
        self.diagnostics: list[Diagnostic] = []
        self.ignored: list[tuple[str, int, int]] = []  # code, offset of the comment, end of the comment
        self.balanced = True  # whether each brace has its partner
        self._open: list[Token] = []
        self._told: set[int] = set()  # lines with a diagnostic
        self._excused = {"{": 0, "}": 0, "]": 0}  # brackets that may lack their partner

    def tokens(  # noqa: C901 - one loop over every token of every text; its parts share position and count
        self,
        accepts: Callable[[], Collection[str]],
        shifts: Callable[[str], bool],
        takes_line: Callable[[PlainLine], bool] | None = None,
    ) -> Iterator[Token]:
        """Yield the tokens; `accepts` tells which the parser seems to take now, `shifts` whether it surely does.

        Of plain lines no tokens are made where the parser `takes_line`, and nothing was wrong before.
        """
        text, match, keywords = self.source.text, self.vocabulary.match, self.vocabulary.keywords
        position, length, count, budget = 0, len(text), 0, self.limits.tokens
        new = tuple.__new__  # a third of the time of the class
        begins = takes_line is not None  # whether a line begins here
        while position < length and len(self.diagnostics) < self.limits.diagnostics:
            if begins:
                plain = self._plain(position, budget - count)
                if plain is not None and takes_line is not None and takes_line(plain):
                    position, count = plain.end, count + plain.tokens
                begins = False
            found = match(text, position)
            assert found is not None  # every part of the pattern is optional
            kind, end = found.lastgroup, found.end()
            if kind is None:
                if end >= length:
                    break
                position = self._stray(end)
                yield Token(DROPPED, "", end, end)
                continue
            start = found.start(kind)
            position = end
            if kind == "COMMENT":
                self._comment(found.group(kind), start)
                continue
            count += 1
            if count > budget:
                self.report("limit", f"more than {budget:,} tokens", start, end, hint=raising("tokens"))
                return
            word = text[start:end]
            if kind == "WORD":
                if word in keywords and keywords[word] in accepts() and shifts(keywords[word]):
                    kind = keywords[word]
            elif kind == "NUMBER":
                if end < length and text[end] == "," and "GROUPED" in accepts():
                    grouped = self.vocabulary.grouped(text, start)
                    if grouped:
                        kind, word, end = "GROUPED", grouped.group(), grouped.end()
                        position = end
            elif kind in TIGHT:
                kind = self._operator(kind, start, end, shifts)
            elif kind == "_NL":
                if "ELSE" in accepts() and re.compile(_ELSE).match(text, end) and shifts("ELSE"):
                    continue
                if self._open and any(bracket.text == "[" for bracket in self._open) and "_NL" not in accepts():
                    continue
                if self._open and self._open[-1].text == "(":
                    self.give_up("(")
                    yield Token(MENDED, "", start, start)
                begins = takes_line is not None
            elif kind in _BRACKETS:
                token = Token(kind, _BRACKETS[kind], start, end)
                if token.text in _CLOSES:
                    yield from self._closes(token)
                    continue
                if not self._opens(token):
                    return
            yield new(Token, (kind, word, start, end))
        self._end()

    def _operator(self, kind: str, start: int, end: int, shifts: Callable[[str], bool]) -> str:
        """An operator as it is here: one of a value without spaces, a sign of the value behind it, or any other."""
        text = self.source.text
        before, behind = text[start - 1 : start], text[end : end + 1]
        if not (behind.isalnum() or behind in ("_", "(", '"', "[", "?")) or not behind:
            return kind
        apart = not before or before in " \t\r\n"
        if not apart and shifts(TIGHT[kind]) and not (text[start:end] == "*" and self._two_integers(start)):
            return TIGHT[kind]
        return "NEG" if kind == "SIGN" and (apart or before == "=") and shifts("NEG") else kind

    def _two_integers(self, at: int) -> bool:
        """Whether a product at a place is of two plain integers alone: papers mean a size such as 3x3."""
        text = self.source.text
        begin = at
        while begin and text[begin - 1].isdigit():
            begin -= 1
        return re.compile(_TWO_INTEGERS).match(text, begin) is not None

    def _plain(self, position: int, budget: int) -> PlainLine | None:
        """The plain line that begins here, of a text without a fault so far."""
        if self.diagnostics or (self._open and self._open[-1].text != "{"):
            return None
        found = self.vocabulary.plain.read(self.source.text, position, self.source.base)
        return found if found is not None and found.tokens <= budget else None

    def _end(self) -> None:
        """Report what is still open at the end of the text; of several braces the one that seems unmatched."""
        braces = [bracket.start for bracket in self._open if bracket.text == "{"]
        self.balanced = self.balanced and not braces
        for bracket in self._open:
            if bracket.text != "{":
                self.never_closed(bracket)
        if len(braces) > self._excused["{"]:
            from archdsl.syntax.advice import suspect

            start = suspect(self.source.text)
            start = braces[-1] if start is None else start
            self.never_closed(Token("LBRACE", "{", start, start + 1))

    def never_closed(self, bracket: Token) -> None:
        """Report of an open bracket that none closes."""
        self.report("unclosed", f"this {bracket.text} is never closed", bracket.start, bracket.end)

    def innermost(self, apart: Token | None = None) -> Token | None:
        """The innermost open bracket, `apart` from one."""
        opened = [bracket for bracket in self._open[-2:] if apart is None or bracket.start != apart.start]
        return opened[-1] if opened else None

    def typed(self, token: Token, accepted: Collection[str]) -> Token:
        """A word as the keyword that it is where it is read anew."""
        kind = self.vocabulary.keywords.get(token.text) if token.type == "WORD" else None
        return token._replace(type=kind) if kind is not None and kind in accepted else token

    def reread(self, start: int, end: int) -> Iterator[Token]:
        """The tokens of a part of a line without brackets."""
        while start < end:
            found = self.vocabulary.match(self.source.text, start)
            if found is None or found.lastgroup is None or found.end() > end:
                return
            kind, start = found.lastgroup, found.end()
            yield Token(kind, found.group(kind), found.start(kind), found.end(kind))

    def close(self) -> None:
        """Take the innermost brace as closed, by one that is missing in the text."""
        self._open.pop()

    def open(self, at: int) -> None:
        """Take a brace as opened that is missing in the text."""
        self._open.append(Token("LBRACE", "{", at, at))

    def expect_more(self, sign: str) -> None:
        """A fault was reported that leaves one brace of this sign without its partner: that is no fault of its own."""
        self._excused[sign] += 1

    def excused(self, sign: str) -> bool:
        """Whether an unmatched bracket was to be expected; once for each fault."""
        left = self._excused.get(sign, 0)
        self._excused[sign] = max(0, left - 1)
        return left > 0

    def braces(self) -> int:
        """How many braces are open."""
        return sum(bracket.text == "{" for bracket in self._open)

    def give_up(self, *signs: str) -> None:
        """Report of open brackets of these kinds, the innermost first, that they are never closed, and forget them."""
        while self._open and self._open[-1].text in signs:
            self.never_closed(self._open.pop())

    def _opens(self, token: Token) -> bool:
        """Keep an open bracket; False where it is one too deep."""
        self._open.append(token)
        if len(self._open) <= self.limits.depth:
            return True
        message = f"nested more than {self.limits.depth} deep"
        self.report("limit", message, token.start, token.end, hint=raising("depth"))
        return False

    def _closes(self, token: Token) -> Iterator[Token]:
        """A closing bracket, or the one that should stand in its place; nothing where it closes nothing."""
        wanted = _CLOSES[token.text]
        if self._open and self._open[-1].text == wanted:
            self._open.pop()
            yield token
        elif token.text == "}" and any(bracket.text == "{" for bracket in self._open):
            self.give_up("(", "[")
            yield Token(MENDED, "", token.start, token.start)
            self._open.pop()
            yield token
        elif self._open and self._open[-1].text != "{":
            opened = self._open.pop()
            line = self.source.position(opened.start)[0]
            message = f"this {token.text} cannot close the {opened.text} opened on line {line}"
            self.report("unclosed", message, token.start, token.end)
            yield Token(_CLOSERS[opened.text], token.text, token.start, token.end)
        elif self.excused(token.text):
            self.balanced = self.balanced and token.text != "}"
            yield Token(ECHO, "", token.start, token.start)
        else:
            self.balanced = self.balanced and token.text != "}"
            self.report("unclosed", f"this {token.text} closes nothing", token.start, token.end)
            if token.text != "}":
                yield Token(DROPPED, "", token.start, token.start)

    def _comment(self, text: str, start: int) -> None:
        for found in re.finditer(_IGNORE, text) if "ignore" in text else ():
            for code in found.group(1).split(","):
                self.ignored.append((code.strip(), start, start + len(text)))

    def _stray(self, start: int) -> int:
        """Report text that no token fits and return where to go on."""
        from archdsl.syntax.advice import end_of_stray, stray

        if self.source.position(start)[0] in self._told:
            return end_of_stray(self.source.text, start)
        end, code, message, hint = stray(self.source.text, start)
        self.report(code, message, start, end, hint=hint)
        return end

    def report(self, code: str, message: str, start: int, end: int, *, hint: str | None = None) -> None:
        """Report a fault, unless one was reported of this line: what follows it there is mostly its echo."""
        line = self.source.position(start)[0]
        if line in self._told:
            return
        self._told.add(line)
        self.diagnostics.append(Diagnostic(code, message, Span(start, end), self.source, hint=hint))
