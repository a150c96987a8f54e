"""Which words of a text may be written otherwise and mean the same: built-in kinds of layer, and sizes with ×."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any

_SIZES = re.compile(r"[A-Za-z][A-Z0-9_]*(?:[x×](?:[0-9]+|[A-Z][A-Z0-9_]*))+")
_SPACED = ("DIMS", "REPEAT", "XHOLE", "_XPAREN")
_NAMING = (
    tree.Block,
    tree.ModelStatement,
    tree.Let,
    tree.Parameter,
    tree.LayerStatement,
    tree.Input,
    tree.For,
    tree.Cases,
)


class Spelling:
    """Which words of a text may be written otherwise: built-in kinds, and sizes with ×."""

    def __init__(self, file: tree.File, kinds: Collection[str]) -> None:
        self.kinds = kinds
        self.places: set[int] = set()  # where kinds of layer stand
        self.declared: set[str] = set()  # the names that the text gives
        self.uses = False  # whether it uses other files, whose blocks may have any name
        stack: list[Any] = [file]
        while stack:
            node = stack.pop()
            if isinstance(node, Token) or not isinstance(node, tuple):
                continue
            stack += node
            self.uses = self.uses or isinstance(node, tree.UseStatement)
            if isinstance(node, tree.LayerStatement) and node.kind is not None:
                self.places.add(node.kind.start)
            if isinstance(node, _NAMING):
                self.declared.update(_declared(node))

    def kind(self, word: str) -> str:
        """A word in the place of a kind: in capitals, unless the text has something of that name, or may have."""
        upper = word.upper()
        if self.uses:
            return word
        return upper if upper in self.kinds and word not in self.declared and upper not in self.declared else word

    def respelled(self, read: list[Token]) -> dict[int, str]:
        """The words that are written otherwise, by their offsets."""
        found = {}
        for token in read:
            if token.start in self.places:
                found[token.start] = self.kind(token.text)
            elif "×" in token.text and token.type != "STRING":
                found[token.start] = self.size(token)
        return found

    def size(self, token: Token) -> str:
        """A size with x for ×; a word only where it is a size and no name."""
        plain = token.text.replace("×", "x")
        sure = token.type in _SPACED or (_SIZES.fullmatch(token.text) and not self.declared & {token.text, plain})
        return plain if sure else token.text


def _declared(node: Any) -> Iterator[str]:
    """The names that a node gives."""
    match node:
        case tree.Block() | tree.ModelStatement() | tree.Let() | tree.Parameter():
            yield node.name.text
        case tree.LayerStatement() | tree.Input() | tree.For() | tree.Cases():
            yield from (name.text for name in node.names)
    if isinstance(node, tree.Block):
        yield from (name.text for name in node.takes)
