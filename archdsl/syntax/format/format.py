"""The canonical layout of a text: spacing, columns and the case of built-in kinds; nothing that changes what it means.

The result is read again before it is given back: the parser must take the same tokens from it, which give the same
tree, and its comments must be those of the text that went in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import zip_longest

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.limits import Limits
from archdsl.syntax.collector import WithoutCollector
from archdsl.syntax.format.layout import align
from archdsl.syntax.format.parentheses import without_needless
from archdsl.syntax.format.rows import rows
from archdsl.syntax.format.spelling import Spelling
from archdsl.syntax.parser import parse_with_tokens, tokens
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple


class Formatted(NamedTuple):
    """The text in its layout, or None and why there is none."""

    text: str | None
    diagnostics: list[Diagnostic]


def formatted(source: Source, kinds: Collection[str], limits: Limits) -> Formatted:
    """Lay out a text; `kinds` are the built-in kinds of layer in capitals, which a text may write in any case."""
    with WithoutCollector():
        return _formatted(source, kinds, limits)


def _formatted(source: Source, kinds: Collection[str], limits: Limits) -> Formatted:
    parsed, read = parse_with_tokens(source, limits)
    if parsed.file is None:
        return Formatted(None, parsed.diagnostics)
    read = without_needless(parsed.file, read, source.text)
    respelled = Spelling(parsed.file, kinds).respelled(read)
    made = rows(source.text, [token for token in read if token.type != "_NL"], respelled)
    align(made)
    text = "".join(f"{line}\n" for row in made for line in ([""] if row.blank else []) + [row.text()])
    text = text.replace("\n", "\r\n") if _windows(source.text) else text
    if text == source.text:
        return Formatted(text, [])
    del parsed, made  # what follows needs their room
    fault = _difference(source, read, respelled, text, limits)
    return Formatted(text, []) if fault is None else Formatted(None, [fault])


def _windows(text: str) -> bool:
    """Whether more lines end as on Windows than not."""
    return text.count("\r\n") * 2 > text.count("\n")


# ---- Is it the same?


def _difference(
    source: Source, read: list[Token], respelled: dict[int, str], text: str, limits: Limits
) -> Diagnostic | None:
    """What speaks against a layout: None where it gives the parser the same tokens, and has the same comments."""
    faults: list[Diagnostic] = []
    comments: tuple[list[str], list[str]] = ([], [])
    before = _meant(_noting(source.text, read, comments[0]), respelled)
    after = _meant(_noting(text, tokens(Source(source.name, text), limits, faults), comments[1]), {})
    same = all(one == other for one, other in zip_longest(before, after))
    return None if same and not faults and comments[0] == comments[1] else _refusal(source, faults)


def _meant(read: Iterable[Token], respelled: dict[int, str]) -> Iterator[tuple[str, str]]:
    """The tokens as they are to be written; of several ends of lines one, and none at the start and the end."""
    begun = ends = False
    for token in read:
        if token.type == "_NL":
            ends = True
            continue
        if ends and begun:
            yield "_NL", ""
        begun, ends = True, False
        yield token.type, respelled.get(token.start, token.text)


def _noting(text: str, read: Iterable[Token], comments: list[str]) -> Iterator[Token]:
    """The tokens as they are; the comments between them go to a list."""
    position = 0
    for token in read:
        comments += _comments(text[position : token.start])
        position = token.end
        yield token
    comments += _comments(text[position:])


def _comments(between: str) -> list[str]:
    return [found.rstrip() for found in re.findall(r"#[^\n]*", between)] if "#" in between else []


def _refusal(source: Source, faults: list[Diagnostic]) -> Diagnostic:
    """Why the layout of a text is not given back."""
    if any(fault.code == "limit" for fault in faults):
        return Diagnostic("limit", f"formatted, {faults[0].message}", Span(0, 0), source, hint=faults[0].hint)
    message = "formatting this text would change its meaning, so it is left unchanged: please report this"
    return Diagnostic("syntax", message, Span(0, 0), source)
