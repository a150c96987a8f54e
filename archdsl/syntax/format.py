"""The canonical layout of a text: spacing, columns and the case of built-in kinds; nothing that changes what it means.

The result is read again before it is given back: its tree, its comments and the codes that they ignore must be those of
the text that went in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.limits import Limits
from archdsl.syntax.collector import without_collector
from archdsl.syntax.layout import align
from archdsl.syntax.meaning import Spelling, same_meaning
from archdsl.syntax.parser import Parsed, parse, parse_with_tokens
from archdsl.syntax.rows import rows
from archdsl.syntax.tree import Token


class Formatted(NamedTuple):
    """The text in its layout, or None and why there is none."""

    text: str | None
    diagnostics: list[Diagnostic]


def formatted(source: Source, kinds: Collection[str], limits: Limits) -> Formatted:
    """Lay out a text; `kinds` are the built-in kinds of layer in capitals, which a text may write in any case."""
    with without_collector():
        return _formatted(source, kinds, limits)


def _formatted(source: Source, kinds: Collection[str], limits: Limits) -> Formatted:
    before, read = parse_with_tokens(source, limits)
    if before.file is None:
        return Formatted(None, before.diagnostics)
    words = Spelling(before.file, kinds)
    made = rows(source.text, read, words.respelled(read))
    align(made)
    comments = [row.comment for row in made if row.comment is not None]
    text = "".join(f"{line}\n" for row in made for line in ([""] if row.blank else []) + [row.text()])
    text = text.replace("\n", "\r\n") if _windows(source.text) else text
    if text == source.text:
        return Formatted(text, [])
    same = comments == list(_comments(source.text, read))
    del made, read  # the second tree needs their room
    after = parse(Source(source.name, text), limits)
    if same and _same(before, after, words):
        return Formatted(text, [])
    return Formatted(None, [_refusal(source, after)])


def _windows(text: str) -> bool:
    """Whether more lines end as on Windows than not."""
    return text.count("\r\n") * 2 > text.count("\n")


# ---- Is it the same?


def _same(before: Parsed, after: Parsed, words: Spelling) -> bool:
    """Whether two texts mean the same."""
    if before.file is None or after.file is None:
        return False
    ignored = [[code for code, _, _ in parsed.ignored] for parsed in (before, after)]
    return ignored[0] == ignored[1] and same_meaning(before.file, after.file, words)


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
