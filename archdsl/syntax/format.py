"""The canonical layout of a text: spacing, columns and the case of built-in kinds; nothing that changes what it means.

The result is read again before it is given back: its tree, its comments and the codes that they ignore must be those of
the text that went in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.limits import Limits
from archdsl.syntax import tree
from archdsl.syntax.layout import align
from archdsl.syntax.parser import Parsed, parse, tokens
from archdsl.syntax.rows import rows
from archdsl.syntax.tree import Token

_SIZES = re.compile(r"[A-Za-z][A-Z0-9_]*(?:[x×](?:[0-9]+|[A-Z][A-Z0-9_]*))+")
_SPACED = ("DIMS", "REPEAT", "_XPAREN")


class Formatted(NamedTuple):
    """The text in its layout, or None and why there is none."""

    text: str | None
    diagnostics: list[Diagnostic]


def formatted(source: Source, kinds: Collection[str], limits: Limits) -> Formatted:
    """Lay out a text; `kinds` are the built-in kinds of layer in capitals, which a text may write in any case."""
    before = parse(source, limits)
    if before.file is None:
        return Formatted(None, before.diagnostics)
    read = tokens(source, limits)
    words = _Words(before.file, kinds)
    made = rows(source.text, read, words.respelled(read))
    align(made)
    text = "".join(f"{line}\n" for row in made for line in ([""] if row.blank else []) + [row.text()])
    text = text.replace("\n", "\r\n") if _windows(source.text) else text
    if text == source.text:
        return Formatted(text, [])
    after = parse(Source(source.name, text), limits)
    comments = [row.comment for row in made if row.comment is not None]
    if comments == list(_comments(source.text, read)) and _same(before, after, kinds):
        return Formatted(text, [])
    return Formatted(None, [_refusal(source, after)])


def _windows(text: str) -> bool:
    """Whether more lines end as on Windows than not."""
    return text.count("\r\n") * 2 > text.count("\n")


class _Words:
    """Which words of a text may be written otherwise: built-in kinds, and sizes with ×."""

    def __init__(self, file: tree.File, kinds: Collection[str]) -> None:
        nodes = list(_nodes(file))
        self.kinds = kinds
        self.places = {node.kind.start for node in nodes if isinstance(node, tree.Layer) and node.kind is not None}
        self.declared = {word for node in nodes for word in _declared(node)}

    def kind(self, word: str) -> str:
        """A word in the place of a kind: in capitals, unless the text has something of that name."""
        upper = word.upper()
        return upper if upper in self.kinds and not self.declared & {word, upper} else word

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
        case tree.Block() | tree.Model() | tree.Let() | tree.Parameter():
            yield node.name.text
        case tree.Layer() | tree.Input() | tree.For() | tree.Cases():
            yield from (name.text for name in node.names)
    if isinstance(node, tree.Block):
        yield from (name.text for name in node.takes)


def _nodes(file: tree.File) -> Iterator[Any]:
    """Every node of a tree."""
    stack: list[Any] = [file]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            yield node
            stack += node


# ---- Is it the same?


def _same(before: Parsed, after: Parsed, kinds: Collection[str]) -> bool:
    """Whether two texts mean the same."""
    if before.file is None or after.file is None:
        return False
    ignored = [[code for code, _, _ in parsed.ignored] for parsed in (before, after)]
    return ignored[0] == ignored[1] and meaning(before.file, kinds) == meaning(after.file, kinds)


def _refusal(source: Source, after: Parsed) -> Diagnostic:
    """Why the layout of a text is not given back."""
    if any(fault.code == "limit" for fault in after.diagnostics):
        hint = "break a list over lines, or raise the limit with --limit"
        return Diagnostic("limit", f"laid out, {after.diagnostics[0].message}", Span(0, 0), source, hint=hint)
    message = "the layout of this text would change what it means, so it is left as it is: please report this"
    return Diagnostic("syntax", message, Span(0, 0), source)


def _comments(text: str, read: list[Token]) -> Iterator[str]:
    """The comments of a text, in their order."""
    position = 0
    for end, following in [*((token.start, token.end) for token in read), (len(text), len(text))]:
        yield from (found.rstrip() for found in re.findall(r"#[^\n]*", text[position:end]))
        position = following


def meaning(file: tree.File, kinds: Collection[str]) -> list[Any]:
    """A tree without its offsets, kinds and sizes as the formatter writes them; flat, so that depth costs nothing."""
    words = _Words(file, kinds)
    flat: list[Any] = []
    stack: list[Any] = [file]
    while stack:
        node = stack.pop()
        if isinstance(node, Token):
            flat.append((node.type, words.kind(node.text) if node.start in words.places else words.size(node)))
        elif isinstance(node, tuple):
            fields = getattr(node, "_fields", None)
            flat.append((type(node).__name__, len(node)))
            stack += [part for name, part in zip(fields or node, node, strict=True) if name not in ("start", "end")]
        else:
            flat.append(node)
    return flat
