"""Rows of a Markdown table as tokens: a cell is read as if the words above its column stood before it."""

from __future__ import annotations

import re

from archdsl.diagnostics import Span
from archdsl.notations.listing.line import words
from archdsl.notations.listing.parts import Note
from archdsl.notations.listing.pieces import TableCell, TableRow
from archdsl.notations.listing.words import AMOUNTS, KINDS, LIGHT
from archdsl.syntax.tree import Token

_INCEPTION = re.compile(r"[#\s$]*(1|3|5)\s*[x×]\s*\1\s*(reduce)?[\s$]*|(pool)[\s-]*proj(?:ection)?", re.IGNORECASE)
_NAMES = re.compile(
    r"[\s#0-9-]*(?:layers?|types?|names?|stage|block|operation|module|schicht|couche|nr|no|층|레이어|層|#\s*$)\b",
    re.IGNORECASE,
)
_SIZES = re.compile(r"\s*(?:sizes?|shapes?|dimensions?|größe|taille|크기|サイズ)\b", re.IGNORECASE)
_HARMLESS = re.compile(  # of a column whose figures say nothing of a layer
    r"\W*(?:no|nr|id|index|time|ms|sec\w*|latency|speed|fps|acc\w*|err\w*|top-?\d|loss|auc|f1|mem\w*|[kmg]i?b|bytes"
    r"|size \([kmg]i?b\)|rf|receptive.*|cumul\w*|year|date|page|ref\w*|notes?|comments?|description)\b",
    re.IGNORECASE,
)
_COPIES = re.compile(
    r"\W*(?:(?:number|no\.?) of )?(?:layers|blocks|repeats?|repetitions?|times|copies|n|×|anzahl|wiederholungen"
    r"|répétitions|repeticiones|반복|繰り返し|重复)\W*$",
    re.IGNORECASE,
)
_LETTERS = {"c": "FILTERS", "s": "STRIDE", "k": "WINDOW", "p": "PAD"}  # of tables such as that of MobileNet
_ROLES = ("MACS", "PARAMS", "WEIGHTS", "OUTPUTS", "STRIDE", "PAD", "WINDOW", "GROUPS", "MAPS", "NEURONS", "FILTERS")


class RowReading:
    """The tokens of one row, the columns of an inception block, and what was ignored."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []
        self.columns: dict[str, Token] = {}
        self.notes: list[Note] = []
        self.unread: list[TableCell] = []  # figures of columns of which nothing is known
        self.inception = False  # whether it has the columns of an inception block
        self.of_layers = False  # whether the head of the table names what layers have


def row_tokens(text: str, row: TableRow) -> RowReading:
    """Read a row under the head of its table."""
    reading = RowReading()
    heads = [text[cell.start : cell.end] for cell in row.header]
    reading.inception = any(_INCEPTION.fullmatch(head.strip()) for head in heads)
    reading.of_layers = sum(_role(head) in _ROLES for head in heads) > 1
    output = any(_role(head) == "OUTPUTS" and not _SIZES.match(head) for head in heads)
    for number, cell in enumerate(row.cells):
        head = heads[number] if number < len(heads) else ""
        if output and _SIZES.match(head):  # beside a column with the output, a size is that of the window
            head = "window"
        if reading.tokens:
            reading.tokens.append(Token("SEP", "|", cell.start, cell.start))
        _cell(text, cell, head, reading, number)
    reading.tokens = _joined(reading.tokens)
    return reading


def _joined(tokens: list[Token]) -> list[Token]:
    """`Conv + ReLU`, or ReLU in a cell of its own: after the layer of the row, of which all other cells speak."""
    kinds = [at for at, token in enumerate(tokens) if token.type in KINDS]
    if any(tokens[at].type not in LIGHT or tokens[at - 1].type != "SEP" for at in kinds[1:]):
        return tokens
    joined: list[Token] = []
    for at in reversed(kinds[1:]):
        end = next((n for n in range(at, len(tokens)) if tokens[n].type == "SEP"), len(tokens))
        joined = tokens[at - 1 : end] + joined
        tokens = tokens[: at - 1] + tokens[end:]
    return tokens + joined


def is_header(text: str, cells: tuple[TableCell, ...]) -> bool:
    """Whether a row names columns: no number in it, and two words or more that say what a column holds."""
    heads = [text[cell.start : cell.end] for cell in cells]
    if any(letter.isdigit() for head in heads for letter in head):
        return False
    return sum(_role(head) in _ROLES for head in heads) > 1


def has_figures(text: str, cells: tuple[TableCell, ...]) -> bool:
    """Whether a first row is a layer: with figures that no head of a column has."""
    heads = [text[cell.start : cell.end] for cell in cells]
    heads = [head for head in heads if any(map(str.isdigit, head)) and not _NAMES.match(head)]
    plain = [head for head in heads if not _INCEPTION.fullmatch(head.strip())]
    return any(_role(head) not in ("OUTPUTS", "PARAMS", "WEIGHTS", "MACS") for head in plain)


def networks(text: str, row: TableRow) -> bool:
    """Whether a row holds layers of several networks side by side, as the columns A to E of VGG do."""
    seen: set[str] = set()
    columns = 0
    for cell in row.cells:
        content = text[cell.start : cell.end].strip().lower()
        found = words(text, cell.start, cell.end)
        if any(token.type in KINDS or token.type == "VGGCONV" for token in found):
            columns += any(token.type == "VGGCONV" for token in found)
            if columns > 1 or content in seen:
                return True
            seen.add(content)
    return False


def _cell(text: str, cell: TableCell, head: str, reading: RowReading, column: int) -> None:
    found = words(text, cell.start, cell.end)
    amounts = [token for token in found if token.type in AMOUNTS]
    inception = _INCEPTION.fullmatch(head.strip())
    if inception and amounts:
        key = "pool" if inception[3] else f"{inception[1]}{' reduce' if inception[2] else ''}"
        reading.columns[key] = amounts[0]
        return
    role = _role(head)
    plain = not any(token.type in KINDS or token.type == "VGGCONV" for token in found)
    if plain and _is_row_number(found) and column and _COPIES.match(head):
        reading.tokens += [Token("TIMES", "x", cell.start, cell.start), *found]
    elif role == "":
        reading.tokens += [] if plain and head and _is_row_number(found) else found
    elif plain and (role == "MACS" or _is_vague(role, amounts)):
        reading.notes.append(Note(cell.start, cell.end, f"{head.strip()}: not a claim, because its unit is uncertain"))
    elif plain and role is None and _is_figure(found):
        reading.notes.append(Note(cell.start, cell.end, f"{head.strip() or 'a column without a name'}: not read"))
        if not _is_harmless(head, column, reading):
            reading.unread.append(cell)
    else:
        reading.tokens += _under(role, found, cell) if plain else found


def _is_harmless(head: str, column: int, reading: RowReading) -> bool:
    """Whether a column may be left unread: times, the numbers of rows, and in GoogLeNet's table the depth."""
    types = {token.type for token in words(head, 0, len(head))}
    depth = "depth" in head.lower() and reading.inception
    return depth or (not column and not head.strip("# ")) or "INPUT" in types or _HARMLESS.match(head) is not None


def _is_vague(role: str | None, amounts: list[Token]) -> bool:
    """A count in K: of 1,000 or of 1,024, and papers count with or without biases."""
    return role in ("PARAMS", "WEIGHTS") and any(amount.type == "ROUNDED" for amount in amounts)


def _is_row_number(found: list[Token]) -> bool:
    return [token.type for token in found] == ["NUMBER"]


def _is_figure(found: list[Token]) -> bool:
    """Numbers alone, of which only the head of the column could say what they mean."""
    return bool(found) and all(token.type in AMOUNTS and token.type != "DIMS" for token in found)


def _role(head: str) -> str | None:
    """What a column holds; empty where its cells speak for themselves, None where nothing is known of it."""
    if not head.strip() or _NAMES.match(head):
        return ""
    if head.strip() in _LETTERS:
        return _LETTERS[head.strip()]
    types = [token.type for token in words(head, 0, len(head))]
    if "INPUT" in types:
        return None
    if "OUTPUT" in types and "MAPS" not in types:
        return "OUTPUTS"
    if "WINDOW" in types:
        return "WINDOW"
    for role in _ROLES:
        if role in types:
            return role
    if _SIZES.match(head):
        return "OUTPUTS"
    return "" if any(kind in KINDS for kind in types) else None


def _under(role: str | None, found: list[Token], cell: TableCell) -> list[Token]:
    """The tokens of a cell with the word of its column."""
    amounts = [token for token in found if token.type in AMOUNTS]
    if not amounts or role is None:
        return found
    first = amounts[0]
    own = {token.type for token in found} & set(_ROLES)
    if own and role != "OUTPUTS":
        return found
    if role == "OUTPUTS":
        if any(token.type in ("LSQB", "LBLOCK") for token in found):
            return found
        sizes = [token for token in found if token.type in ("DIMS", "NUMBER", "SEP") and token.text not in "()"]
        return [Token("LSQB", "[", cell.start, cell.start), *sizes, Token("RSQB", "]", cell.end, cell.end)]
    if role in ("PARAMS", "WEIGHTS"):
        return [*amounts[:1], Token(role, role.lower(), cell.end, cell.end)]
    kind = "WINDOW" if role == "FILTERS" and first.type == "DIMS" else role
    at = Span(cell.start, cell.start)
    if role == "WINDOW" and len(found) == 1:
        return [Token("WINDOW", "window", *at), first]
    return [Token(kind, kind.lower(), *at), *found]
