"""Text to rows for the formatter: the tokens of each line with their natural distances, and the comments between them.

A row is one line of the formatted text. Which tokens and comments share a line is as written; everything else about the
white space is decided here and in `layout`, from the tokens alone, so that formatting twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdsl.syntax.tree import Token

INDENT, CONTINUED = 2, 4
_TRIVIA = re.compile(r"(?P<comment>#[^\n]*)|(?P<joined>\\[ \t]*\r?\n)|(?P<newline>\n)")
_OPERANDS = ("WORD", "NUMBER", "DIMS", "STRING", "TEMPLATE", "RPAR", "RSQB")
_CLOSERS = (")", "]", "}")


class Atom:
    """One token: what is written, and how many spaces stand before it."""

    __slots__ = ("gap", "pad", "text", "type")

    def __init__(self, type: str, text: str, gap: int) -> None:
        self.type, self.text = type, text
        self.gap = gap  # the natural distance from the token before it
        self.pad = 0  # what alignment adds

    @property
    def width(self) -> int:
        return self.gap + self.pad + len(self.text)


class TextRow:
    """One line: tokens, a comment, or tokens and a comment."""

    def __init__(self, depth: int, level: int, under: tuple[TextRow, int] | None, continued: bool) -> None:
        self.atoms: list[Atom] = []
        self.comment: str | None = None
        self.comment_pad = 0
        self.blank = False  # an empty line stands before it
        self.paragraph = 0  # rows without an empty line between them
        self.depth = depth  # braces open at its start
        self.level = level  # the braces that its statements stand in
        self.under = under  # the open bracket of a list that the row goes on with
        self.continued = continued  # the line before ends with a backslash
        self.moved = 0  # where it begins in a list; `settle` tells

    @property
    def plain(self) -> bool:
        """Whether a statement begins here."""
        return bool(self.atoms) and self.under is None and not self.continued and self.atoms[0].text != "}"

    def indent(self) -> int:
        """How far the row is moved in; in a list as far as its first value stands."""
        if self.under is not None:
            return self.moved
        closers = 0
        while closers < len(self.atoms) and self.atoms[closers].text == "}":
            closers += 1
        return INDENT * max(0, self.depth - closers) + (CONTINUED if self.continued else 0)

    def start(self, at: int) -> int:
        """The column of a token."""
        return self.end(at) + self.atoms[at].gap + self.atoms[at].pad

    def end(self, at: int) -> int:
        """The column after the token before this one."""
        return self.indent() + sum(atom.width for atom in self.atoms[:at])

    def rest(self, at: int) -> int:
        """How many characters there are from a token on."""
        return sum(atom.width for atom in self.atoms[at:]) - self.atoms[at].gap - self.atoms[at].pad

    def text(self) -> str:
        """The row as it is printed."""
        parts = [" " * (atom.gap + atom.pad) + atom.text for atom in self.atoms]
        if self.comment is not None:
            parts.append(" " * self.comment_pad + self.comment)
        return " " * self.indent() + "".join(parts)


def settle(rows: list[TextRow]) -> None:
    """Note where the rows of lists begin: below the first value, or indented where the bracket ends its row."""
    columns: dict[tuple[TextRow, int], tuple[int, int]] = {}
    for row in rows:
        if row.under is None:
            continue
        opened, at = row.under
        if row.under not in columns:
            last = at == len(opened.atoms) - 1
            column = opened.indent() if last else opened.start(at)
            columns[row.under] = (column, column + (INDENT if last else 1))
        closes = bool(row.atoms) and row.atoms[0].text == "]"
        row.moved = columns[row.under][0 if closes else 1]


# ---- Tokens to rows


def rows(text: str, tokens: list[Token], respelled: dict[int, str]) -> list[TextRow]:
    """The rows of a text, not yet aligned; `respelled` has the words that are written anew, by their offsets."""
    maker = _Maker()
    position = 0
    for number, token in enumerate(tokens):
        between = text[position : token.start]
        maker.between("" if token.type == "ELSE" and not between.strip() else between)  # } else {
        position = token.end
        following = tokens[number + 1].start if number + 1 < len(tokens) else len(text)
        written = respelled.get(token.start, text[token.start : position])
        maker.token(token.type, written, not _breaks(text[position:following]))
    maker.between(text[position:], last=True)
    return list(maker.whole())


def _breaks(between: str) -> bool:
    """Whether what stands between two tokens ends the row of the first."""
    return "\n" in between or "#" in between


class _Maker:
    """Puts tokens and comments into rows, one after the other."""

    def __init__(self) -> None:
        self.made: list[TextRow] = []
        self.row: TextRow | None = None
        self.newlines = 2  # since the row before
        self.joined = False
        self.brackets: list[tuple[str, TextRow, int]] = []
        self.levels = [0]
        self.count = 0
        self.statement = StatementSpacing()

    def between(self, text: str, last: bool = False) -> None:
        """Take what stands before the next token: line ends, comments, and backslashes that continue a line."""
        self.joined = False
        for found in _TRIVIA.finditer(text):
            if found.lastgroup == "comment":
                self._comment(found.group().rstrip())
            elif found.lastgroup == "newline":
                self._end_row()
                self.newlines += 1
                self.joined = False
            else:
                self.joined = self.row is not None
        if self.joined and not last:
            self._continue()

    def _comment(self, text: str) -> None:
        if self.row is None or self.row.comment is not None:
            self._begin_row()
        assert self.row is not None
        self.row.comment = text
        self.joined = False

    def _continue(self) -> None:
        """End the row with a backslash."""
        assert self.row is not None
        if self.row.comment is None:
            self.row.atoms.append(Atom("joined", "\\", 1))
            self.row = None

    def _begin_row(self) -> None:
        under = next(((row, at) for sign, row, at in self.brackets[-1:] if sign == "["), None)
        self.row = TextRow(len(self.levels) - 1, self.levels[-1], under, self.joined and under is None)
        self.row.blank = self.newlines > 1
        self.made.append(self.row)
        self.newlines = 0

    def _end_row(self) -> None:
        if self.row is not None and not self.brackets:
            self.statement = StatementSpacing()
        self.row = None

    def token(self, type: str, text: str, same_row: bool) -> None:
        """Add a token; `same_row` says whether the next one follows on the same line."""
        if self.row is None:
            self._begin_row()
        row = self.row
        assert row is not None
        gap = self.statement.gap(type, text)
        row.atoms.append(Atom(type, text, gap))
        if len(row.atoms) == 1:
            row.atoms[0].gap = 0
        if text in ("(", "x(", "["):
            self.brackets.append((text[-1], row, len(row.atoms) - 1))
        elif text in (")", "]"):
            self.brackets.pop()
        elif text == "{":
            self._open(row, same_row)
        elif text == "}":
            self.levels.pop()
        self.statement.take(type, text)

    def _open(self, row: TextRow, same_row: bool) -> None:
        """Enter braces; a row that begins with them and goes on has its statements on the level around it."""
        if same_row and all(atom.text == "{" for atom in row.atoms):
            self.levels.append(self.levels[-1])
            return
        self.count += 1
        self.levels.append(self.count)

    def whole(self) -> Iterator[TextRow]:
        """The rows, with those empty lines that stay."""
        paragraph, before = 0, None
        for row in self.made:
            opened = before is not None and bool(before.atoms) and before.atoms[-1].text in ("{", "[")
            closes = bool(row.atoms) and row.atoms[0].text in ("}", "]")
            row.blank = row.blank and before is not None and not opened and not closes
            paragraph += row.blank
            row.paragraph, before = paragraph, row
            yield row


# ---- Distances


_TOUCHING = frozenset(("MULOP", "POWER", "TSIGN", "TMULOP", "TPERCENT", "TPOWER"))


class StatementSpacing:
    """What of a statement decides how far apart its tokens stand."""

    def __init__(self) -> None:
        self.first = ""  # the type of its first token
        self.count = 0
        self.before = ("", "")  # type and text of the token before
        self.unary = False  # whether that is a sign before its number
        self.percent = False  # whether the next % belongs to `within 2%`

    def take(self, type: str, text: str) -> None:
        """Go on after a token."""
        if text in (";", "{", "}"):
            self.__init__()  # type: ignore[misc]
        else:
            self.unary = type == "NEG" or (type == "SIGN" and self.before[0] not in _OPERANDS)
            self.percent = self.before[0] == "WITHIN"
            self.first = "layer" if text == ":" else self.first or type
            self.count += 1
        self.before = (type, text)

    def gap(self, type: str, text: str) -> int:
        """How many spaces stand before a token."""
        before_type, before = self.before
        if text == "..":  # after a size, dots would belong to it
            return 1 if before_type == "DIMS" else 0
        if text in (",", ";", ":", ")", "]"):
            return 0
        if text == "}" or before == "{":
            return 1
        if before == ";":
            return 2
        if before in ("(", "x(", "[", "..") or self.unary or self._tight(type, text):
            return 0
        if text == "->":
            return 3
        return 2 if text == "<-" and self.first != "BLOCK" else 1

    def _tight(self, type: str, text: str) -> bool:
        """Whether a token touches the one before it: around = but in `let`, around * and /, in calls and in 2%."""
        before_type, before = self.before
        if "=" in (text, before) and self.first != "LET":
            return True
        if not _TOUCHING.isdisjoint((type, before_type)):
            return True
        if text == "(" and self.count == 2 and self.first in ("MODEL", "BLOCK"):
            return True
        return text == "%" and self.percent
