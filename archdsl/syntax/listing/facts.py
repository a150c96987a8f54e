"""The facts of one line: tokens through the prebuilt tables of `grammars/listing.lark`."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from lark import Lark
from lark.exceptions import UnexpectedToken

from archdsl.syntax.listing.words import LABELS, Words, settled
from archdsl.syntax.parser import NoLexer
from archdsl.syntax.tree import Token


class Head(NamedTuple):
    """The name of a layer as it stands: CONV2 ~ 12. `values` are what the name itself says, as in conv3-64."""

    kind: str
    ordinal: Token | None
    last: Token | None
    values: tuple[Token, ...]
    start: int
    end: int


class Shape(NamedTuple):
    """A bracketed shape: `sizes` is what stands inside."""

    sizes: tuple[str, ...]
    start: int
    end: int


class Block(NamedTuple):
    """Convolutions in brackets: (window, channels) each, written `times` times."""

    convolutions: tuple[tuple[Token, Token], ...]
    times: Token | None
    start: int
    end: int


class Setting(NamedTuple):
    """stride 4; pad 0."""

    name: str
    value: Token
    start: int
    end: int


class Copies(NamedTuple):
    """x 2."""

    number: Token
    start: int
    end: int


Item: TypeAlias = Head | Shape | Block | Setting | Copies | Token


def sizes(token: Token) -> tuple[str, ...]:
    """`55 \\times 55 x 96` as its numbers."""
    digits = "".join(letter if letter.isdigit() else " " for letter in token.text)
    return tuple(digits.split())


class Builder:
    """What the parser calls at each rule of the grammar; stateless."""

    def start(self, children: list[Item]) -> list[Item]:
        """The items of a line; a number of copies right behind a block is that block's."""
        found: list[Item] = []
        for item in children:
            before = found[-1] if found else None
            if isinstance(item, Copies) and isinstance(before, Block):
                found[-1] = before._replace(times=item.number, end=item.end)
            else:
                found.append(item)
        return found

    def head(self, children: list[Any]) -> Head:
        kind, ordinal, last = (*children, None)[:3]
        end = (last or ordinal or kind).end
        return Head(kind.type, ordinal, last, (), kind.start, end)

    def vgg(self, children: list[Any]) -> Head:
        kind, *values = children
        return Head("CONV", None, None, tuple(values), kind.start, values[-1].end)

    def shape(self, children: list[Any]) -> Shape:
        inside = [child for child in children[1:-1] if child.type != "SEP"]
        return Shape(tuple(size for one in inside for size in sizes(one)), inside[0].start, inside[-1].end)

    def block(self, children: list[Any]) -> Block:
        numbers = [child for child in children if child.type in ("DIMS", "NUMBER")]
        ordered = [child.type for child in numbers] == ["DIMS", "NUMBER"] * (len(numbers) // 2)
        pairs = tuple(zip(numbers[::2], numbers[1::2], strict=True)) if ordered else ()
        return Block(pairs, None, children[0].start, children[-1].end)

    def setting(self, children: list[Any]) -> Setting:
        word, value = children
        return Setting(word.type.lower(), value, min(word.start, value.start), max(word.end, value.end))

    def copies(self, children: list[Any]) -> Copies:
        return Copies(children[1], children[0].start, children[1].end)


class _Tables:
    """The loaded tables; made when the first listing is read."""

    lark: Lark | None = None
    words: Words


def _load() -> Lark:
    if _Tables.lark is None:
        from archdsl.syntax.listing import _tables

        load: Any = Lark._load_from_dict
        lark = load(_tables.DATA, _tables.MEMO, transformer=Builder(), _plugins={"ContextualLexer": NoLexer})
        _Tables.words = Words(lark.terminals)
        _Tables.lark = lark
    return _Tables.lark


def words(text: str, start: int, end: int) -> list[Token]:
    """The tokens of a piece of text; labels such as C1 only where the piece begins."""
    _load()
    found = _Tables.words.of(text, start, end)
    labels = [at for at, word in enumerate(found) if word.type in LABELS]
    for at in labels:
        if any(word.type not in ("LSQB", "RSQB", "DIMS", "SEP", "NTH") for word in found[:at]):
            found[at] = found[at]._replace(type="OTHER")
            if at + 1 < len(found) and found[at + 1].type == "ORDINAL":
                found[at + 1] = found[at + 1]._replace(type="OTHER")
    return found


def items(tokens: list[Token]) -> list[Item] | None:
    """The facts among tokens, in order; None where the grammar has no such line."""
    lark = _load()
    state = lark.parse_interactive("", start="start").parser_state
    feed: Any = state.feed_token
    try:
        for token in settled(tokens):
            feed(token)
        end: Any = Token("$END", "", 0, 0)
        return feed(end, True)
    except (UnexpectedToken, KeyError):
        return None
