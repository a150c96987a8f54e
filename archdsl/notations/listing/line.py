"""The facts of one line: tokens through the prebuilt tables of `grammars/listing.lark`."""

from __future__ import annotations

from lark import Lark
from lark.exceptions import UnexpectedToken

from archdsl.notations.listing.words import AMOUNTS, LABELS, Words, settled
from archdsl.syntax.lexer import NoLexer
from archdsl.syntax.tree import Token
from archdsl.typed import Any, NamedTuple, TypeAlias

_BEFORE_LABEL = ("LSQB", "RSQB", "DIMS", "SEP", "NTH")  # what may stand in a line before `C1`
_LAYER = ("layer", "the", "schicht", "couche", "capa")  # and `Layer C1`
_WORDS = (
    "FILTERS WINDOW MAPS NEURONS CLASSES PARAMS WEIGHTS MACS SAME VALID CEIL NOBIAS RGB GREY TOTAL ABOUT OUTPUTS IMAGE"
    " STRIDED READS OTHER ARROW BREAK COLON AT OPENING CLOSING SEP NTH MEMORY PRODUCT"
)
_PLAIN = AMOUNTS | set(_WORDS.split())  # tokens that the grammar only passes on: a line of prose needs no parser
_END: Any = Token("$END", "", 0, 0)


class Head(NamedTuple):
    """The name of a layer as written: CONV2 ~ 12. `values` are what the name itself says, as in conv3-64."""

    kind: str
    ordinal: Token | None
    last: Token | None
    values: tuple[Token, ...]
    start: int
    end: int


class BracketShape(NamedTuple):
    """A bracketed shape: `sizes` is what stands inside."""

    sizes: tuple[str, ...]
    start: int
    end: int


class BracketBlock(NamedTuple):
    """Convolutions in brackets: (window, channels) each, written `times` times."""

    convolutions: tuple[tuple[Token, Token], ...]
    times: Token | None
    start: int
    end: int


class NamedValue(NamedTuple):
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


Item: TypeAlias = Head | BracketShape | BracketBlock | NamedValue | Copies | Token


def sizes(token: Token) -> tuple[str, ...]:
    """`55 \\times 55 x 96` as its numbers."""
    digits = "".join(letter if letter.isdigit() else " " for letter in token.text)
    return tuple(digits.split())


def is_a(item: Item, *kinds: str) -> bool:
    """Whether an item is a token of one of some types."""
    return isinstance(item, Token) and item.type in kinds


class PartsBuilder:
    """What the parser calls at each rule of the grammar; stateless."""

    def start(self, children: list[Item]) -> list[Item]:
        """The items of a line; a number of copies right after a block is that block's."""
        found: list[Item] = []
        for item in children:
            before = found[-1] if found else None
            if isinstance(item, Copies) and isinstance(before, BracketBlock):
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

    def shape(self, children: list[Any]) -> BracketShape:
        inside = [child for child in children[1:-1] if child.type != "SEP"]
        return BracketShape(tuple(size for one in inside for size in sizes(one)), inside[0].start, inside[-1].end)

    def block(self, children: list[Any]) -> BracketBlock:
        numbers = [child for child in children if child.type in ("DIMS", "NUMBER")]
        ordered = [child.type for child in numbers] == ["DIMS", "NUMBER"] * (len(numbers) // 2)
        pairs = tuple(zip(numbers[::2], numbers[1::2], strict=True)) if ordered else ()
        return BracketBlock(pairs, None, children[0].start, children[-1].end)

    def setting(self, children: list[Any]) -> NamedValue:
        word, value = children
        return NamedValue(word.type.lower(), value, min(word.start, value.start), max(word.end, value.end))

    def before(self, children: list[Any]) -> Copies:
        (token,) = children
        return Copies(token._replace(type="NUMBER", text="".join(sizes(token))), token.start, token.end)

    def copies(self, children: list[Any]) -> Copies:
        return Copies(children[1], children[0].start, children[1].end)


class _ListingTables:
    """The loaded tables; made when the first listing is read."""

    lark: Lark | None = None
    words: Words


def _load() -> Lark:
    if _ListingTables.lark is None:
        from archdsl.notations.listing import _tables

        load: Any = Lark._load_from_dict
        lark = load(_tables.DATA, _tables.MEMO, transformer=PartsBuilder(), _plugins={"ContextualLexer": NoLexer})
        _ListingTables.words = Words(lark.terminals)
        _ListingTables.lark = lark
    return _ListingTables.lark


def words(text: str, start: int, end: int) -> list[Token]:
    """The tokens of a piece of text; labels such as C1 only where the piece begins."""
    _load()
    found = _ListingTables.words.of(text, start, end)
    began = False  # whether anything stands before
    for at, word in enumerate(found):
        if began and word.type in LABELS:
            found[at] = word._replace(type="OTHER")
            if at + 1 < len(found) and found[at + 1].type == "ORDINAL":
                found[at + 1] = found[at + 1]._replace(type="OTHER")
        began = began or (word.type not in _BEFORE_LABEL and word.text.lower() not in _LAYER)
    return found


class Lines:
    """The parser of the lines of one text: one state, which every line begins anew."""

    def __init__(self) -> None:
        self.state = _load().parse_interactive("", start="start").parser_state
        self.first = list(self.state.state_stack)

    def items(self, tokens: list[Token]) -> list[Item] | None:
        """The facts among tokens, in order; None where the grammar has no such line."""
        ready = settled(tokens)
        if _PLAIN.issuperset(token.type for token in ready):
            return list(ready)
        self.state.state_stack[:] = self.first
        self.state.value_stack.clear()
        feed: Any = self.state.feed_token
        try:
            for token in ready:
                feed(token)
            return feed(_END, True)
        except (UnexpectedToken, KeyError):
            return None
