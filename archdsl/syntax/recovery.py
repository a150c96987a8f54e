"""After a token that does not fit: its statement is unknown, and the rest of the text is read."""

from __future__ import annotations

import re

from archdsl.diagnostics import Source, Span
from archdsl.syntax import tree
from archdsl.syntax.lexer import DROPPED, ECHO, MENDED, Lexer
from archdsl.syntax.machine import Machine, Unexpected
from archdsl.syntax.tree import Token
from archdsl.typed import Any

_LABEL = re.compile(r'\s*((?:[A-Za-z0-9_{}]+|"[^"\n]*")(?:\s*,\s*(?:[A-Za-z0-9_{}]+|"[^"\n]*"))*)\s*:')
_DECLARES = re.compile(r"\s*(?:model|use|block|output|let|cases|expect|freeze|init)\b(?!\s*[:,])")
_CLAIMED = re.compile(r"->\s*([0-9]+(?:[x×][0-9]+)*)\s*(?:#.*)?$")
_IN_FRONT = re.compile(r"^\W*\[([0-9]+(?:[x×][0-9]+)*)\]")
_BRACKET = re.compile(r"[][(){}#\"]")
_NAME = re.compile(r'[A-Za-z0-9_{}]+|"[^"\n]*"')
_NO_BRACE = re.compile(r'"[^"\n]*"|#[^\n]*|\w\{[^{}\n]*\}')  # texts, comments, and names with a part that is filled in


class Recovery:
    """What is dropped of one text: in the tree stands `Unknown` in its place.

    Braces that were opened in what was dropped stand after it as a group on its line, and are closed as any other.
    """

    def __init__(self, lexer: Lexer, machine: Machine) -> None:
        self.lexer, self.machine = lexer, machine
        self._take = machine.feeder()
        self.active = False  # whether tokens pass through here
        self._dropped: list[tuple[int, int]] = []  # where all that was stands
        self._guessed = False  # whether it is a guess where some braces begin and end
        self._skipping = False
        self._echo = False  # whether what is skipped leaves its statement as it is
        self._line = 0  # the last line with a fault
        self._opened: list[int] = []  # how many braces were open inside each one of what was dropped

    @property
    def dropped(self) -> tuple[str, ...]:
        """The texts of what was dropped."""
        return tuple(self.lexer.source.text[start:end] for start, end in self._dropped)

    @property
    def braces(self) -> bool:
        """Whether it is a guess where some braces begin and end."""
        return self._guessed or not self.lexer.balanced or any(map(_leaves_braces, self.dropped))

    def begin(self, token: Token) -> None:
        """A token does not fit: tell it, and drop its statement."""
        self.active = True
        if token.type == MENDED:
            self._resume(token)
            return
        if token.type in (DROPPED, ECHO):
            self._skipping, self._echo = True, token.type == ECHO
            return
        if token.text == "else" and self.lexer.excused("}"):
            self._skipping = True
            return
        opened = self.lexer.innermost(token)
        if opened is not None and opened.text == "[" and self._begins_line(token):
            self.lexer.give_up("[", "(")
            self._again(token)
            return
        if opened is not None and opened.text == "[" and self._reread(token, opened):
            return
        self.tell(token)
        if token.type == "_NL" and self.machine.shifts("LBRACE") and _goes_in(self.lexer.source.text, token.start):
            self.lexer.excused("}")  # that was expected while it was reported
            self.lexer.open(token.start)
            self._guessed = True
            self._feed(Token("LBRACE", "{", token.start, token.start))
            self._feed(token)
            return
        self._skipping = token.type != "_NL"
        if not self._skipping:
            self._again(token)

    def tell(self, token: Token) -> None:
        """Report what would have fitted; if a brace seems to be missing, its closing brace is not reported."""
        from archdsl.syntax.advice import explain, suspect

        source, opened = self.lexer.source, self.lexer.innermost(token)
        accepted = self.machine.row
        self._line = source.position(token.start)[0]
        self._guessed = self._guessed or ("LBRACE" in accepted and "WORD" not in accepted)
        if "LBRACE" in accepted and ("WORD" not in accepted or token.type == "_NL"):
            self.lexer.expect_more("}")
        if "RBRACE" in accepted and token.type != "$END" and self._line_before(token).endswith("}"):
            self.lexer.expect_more("{")
            brace = suspect(source.text[: token.start]) if not self.lexer.diagnostics else None
            if brace is not None:
                self.lexer.never_closed(Token("LBRACE", "{", brace, brace + 1))
                return
            self.lexer.expect_more("}")
        if opened is not None and opened.text in "([" and opened.start < source.text.rfind("\n", 0, token.start):
            self.lexer.never_closed(opened)
            return
        if token.type == "COMMA" and (opened is None or opened.text == "{"):
            self.lexer.expect_more("]")  # of a list whose [ is missing
        message, hint = explain(source, token, accepted, opened.text if opened else None)
        self.lexer.report("syntax", message, token.start, max(token.start, token.end), hint=hint)

    def takes(self, token: Token) -> bool:
        """Whether a token is dropped, or fed here."""
        if self._skipping:
            if token.type != "_NL":
                return True
            self._skipping = False
            self._again(token)
            return True
        if token.type == "LSQB" and self._line and self._begins_line(token):  # a list that goes on after its fault
            line = self.lexer.source.position(token.start)[0]
            if line == self._line + 1:
                self._line, self._skipping = line, True
                self.lexer.expect_more("]")
                return True
        if token.type == "RBRACE" and self._opened and self.lexer.braces() < self._opened[-1]:
            self._opened.pop()
            if not self.machine.shifts("RBRACE"):
                self._unknown(token.start)
            self._feed(token)
            self._skipping = True
            return True
        return False

    def close(self, token: Token) -> None:
        """Close a brace before a token, which ends a line."""
        if not self._skipping and self.machine.shifts("RBRACE"):
            self._feed(Token("RBRACE", "}", token.start, token.start))
            self.lexer.close()

    def finish(self) -> tree.File | None:
        """The tree of a text with faults, at its end: what is still open is closed there; None where that fails."""
        end = len(self.lexer.source.text)
        if self._skipping and not self._echo:
            self._resume(Token("_NL", "", end, end))
        for _ in range(self.lexer.limits.depth + 1):
            if self.machine.shifts("$END") or not self._parsed():
                break
            if not self.machine.shifts("RBRACE"):
                self._unknown(end)
            self._feed(Token("RBRACE", "}", end, end))
        if not self.machine.shifts("$END"):
            self._unknown(end)
        try:
            file: tree.File = self.machine.finish()
        except Unexpected:  # never: a statement can be unknown wherever one can stand
            return None
        return file

    # ---- what is dropped

    def _again(self, token: Token) -> None:
        """Feed a token at the start of a line; one that cannot stand there begins the next recovery."""
        if not (self._echo and self.machine.shifts(token.type)):
            self._resume(token)
        self._echo = False
        if token.type != "_NL":
            self._feed(Token("_NL", "\n", token.start, token.start))
        try:
            self._feed(self.lexer.typed(token, self.machine.row))
        except Unexpected:
            self.tell(token)
            self._skipping = True

    def _reread(self, token: Token, opened: Token) -> bool:
        """End a list that is never closed at the end of its line, where a line without brackets was taken for more."""
        text = self.lexer.source.text
        begin = text.rfind("\n", 0, token.start) + 1
        line = text[begin : token.start]
        if opened.start >= begin or _BRACKET.search(line) is not None or "]" in text[opened.start : begin]:
            return False
        self.lexer.give_up("[", "(")
        self._resume(Token("_NL", "\n", begin - 1, begin - 1))
        self._feed(Token("_NL", "\n", begin - 1, begin - 1))
        for each in (*self.lexer.reread(begin, token.start), token):
            try:
                self._feed(self.lexer.typed(each, self.machine.row))
            except Unexpected:
                self.tell(each)
                self._skipping = True
                break
        return True

    def _feed(self, token: Token) -> None:
        base = self.lexer.source.base
        self._take(token._replace(start=token.start + base, end=token.end + base))

    def _resume(self, token: Token) -> None:
        """Drop the statement that went wrong, and let braces be as they are in the text."""
        at = token.start
        self._unknown(at)
        open_now = self.lexer.braces()
        while self._opened and self._opened[-1] > open_now:
            self._opened.pop()
        while self._parsed() > open_now:
            if not self.machine.shifts("RBRACE"):
                self._unknown(at)
            self._feed(Token("RBRACE", "}", at, at))
            self.lexer.expect_more("}")
        for depth in range(self._parsed() + 1, open_now + 1):
            self._opened.append(depth)
            if self.machine.shifts("SEMICOLON"):
                self._feed(Token("SEMICOLON", ";", at, at))
            self._feed(Token("LBRACE", "{", at, at))

    def _parsed(self) -> int:
        """How many braces the parser has open."""
        return sum(map(_depth, self.machine.values))

    def _unknown(self, end: int) -> None:
        """Put what is unknown in place of a statement that does not go on.

        Braces of it that are whole stay as they are, and what is unknown stands after them.
        """
        rows, positions, values = self.machine.rows, self.machine.positions, self.machine.values
        begins, depth = len(positions) - 1, 0
        while begins and (depth or "layer" not in rows[positions[begins]]):
            begins -= 1
            depth -= _depth(values[begins])
        start = next((at for value in values[begins:] if (at := _start(value)) is not None), end + self._base)
        whole = next((at for at in range(len(values) - 1, begins - 1, -1) if _closed(values[at])), None)
        if whole is not None:
            del positions[whole + 2 :], values[whole + 1 :]
        if whole is not None and self.machine.shifts("SEMICOLON"):
            names, start = self._names(start, values[whole].end), values[whole].end
            self._take(Token("SEMICOLON", ";", start, start))
        else:
            del positions[begins + 1 :], values[begins:]
            names = self._names(start, end + self._base)
        start = min(start, end + self._base)
        positions.append(rows[positions[-1]]["layer"])
        text, begin = self.lexer.source.text, start - self._base
        while self._dropped and self._dropped[-1][0] >= begin:  # it goes on
            self._dropped.pop()
        self._dropped.append((begin, end))
        last = max(begin, text.rfind("\n", 0, end) + 1)
        claim = _claim(_CLAIMED.search(text[last:end]), last + self._base)
        values.append(tree.Unknown(names, _DECLARES.match(text, begin) is None, claim, start, end + self._base))

    @property
    def _base(self) -> int:
        return self.lexer.source.base

    def _names(self, start: int, end: int) -> tuple[Token, ...]:
        """The names that a dropped statement begins with."""
        text = self.lexer.source.text[start - self._base : end - self._base]
        found = _LABEL.match(text)
        if found is None:
            return ()
        at = start + found.start(1)
        return tuple(
            Token("STRING" if name[0].startswith('"') else "WORD", name[0], at + name.start(), at + name.end())
            for name in _NAME.finditer(found[1])
        )

    def _begins_line(self, token: Token) -> bool:
        return not self._line_before(token)

    def _line_before(self, token: Token) -> str:
        text = self.lexer.source.text
        return text[text.rfind("\n", 0, token.start) + 1 : token.start].strip()


def unknown(source: Source, at: Span, in_front: bool) -> tree.Unknown:
    """A line of another notation that could not be read, of the shape at its end, or `in_front` in brackets."""
    begin = source.text.rfind("\n", 0, at.start) + 1
    end = source.text.find("\n", at.start)
    end = len(source.text) if end < 0 else end
    text = source.text[begin:end]
    found = (_IN_FRONT.search(text) if in_front else None) or _CLAIMED.search(text)
    return tree.Unknown((), True, _claim(found, begin), begin, end)


def _claim(found: re.Match[str] | None, start: int) -> tree.ShapeClaim | None:
    """The shape in numbers that stands on what could not be read."""
    if found is None:
        return None
    at, end = start + found.start(1), start + found.end(1)
    kind = "DIMS" if "x" in found[1] or "×" in found[1] else "NUMBER"
    return tree.ShapeClaim(Token(kind, found[1], at, end), at, end)


def _leaves_braces(text: str) -> bool:
    """Whether a text opens a brace that it does not close, or closes one that it does not open."""
    depth = 0
    for sign in re.findall("[{}]", _NO_BRACE.sub("", text)):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return True
    return depth > 0


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def _goes_in(text: str, end: int) -> bool:
    """Whether the line after the one that ends here is indented by more."""
    line, after = text[text.rfind("\n", 0, end) + 1 : end], text[end:].lstrip("\r\n").split("\n", 1)[0]
    return bool(after.strip()) and _indentation(after) > _indentation(line)


def end_of_block(text: str, brace: int) -> int | None:
    """Where what a brace opens seems to end: before the first line that is indented no more than its own; None where
    a brace stands there, or nothing does.
    """
    begin = text.rfind("\n", 0, brace) + 1
    own, end = _indentation(text[begin:brace]), text.find("\n", brace)
    while end >= 0:
        after = text.find("\n", end + 1)
        line = text[end + 1 : after if after >= 0 else len(text)]
        if line.strip() and _indentation(line) <= own:
            return None if line.lstrip().startswith("}") else end
        end = after
    return None


def _start(value: Any) -> int | None:
    """Where a part of a statement begins."""
    while isinstance(value, (tuple, list)) and not hasattr(value, "start"):
        value = next(iter(value), None)
    return getattr(value, "start", None)


def _depth(value: Any) -> int:
    """What a part of a statement adds to the braces that are open."""
    kind = value.type if isinstance(value, Token) else ""
    return (kind == "LBRACE") - (kind == "RBRACE")


def _closed(value: Any) -> bool:
    """Whether a part of a statement is braces that are whole, or the end of them."""
    return isinstance(value, tree.Body) or (isinstance(value, Token) and value.type == "RBRACE")
