"""Values put into a line: in place of what it gives for the same attributes, or after its other values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdsl.checker.fixes.statement import apart, statement_at
from archdsl.expressions.signature import Signature, Slot, of_kind
from archdsl.layers import Layer, lookup

_LITERAL = re.compile(r"[a-z]?[\d.x×]+|\[[\d\s,\[\]-]*\]")


def assigned(line: str, values: str, column: int, *, above: bool) -> Iterator[str]:
    """The line with words such as `p1` put into the statement at a column, or with `above` into one before it."""
    start = column + 1
    while start > 0:
        start, end = statement_at(line, max(0, start - 1))
        statement = apart(line[start:end])
        kind = lookup(statement.kind)
        if kind is not None:
            words: tuple[str, ...] | None = statement.values
            for word in values.split():
                words = _put(kind, words, word) if words is not None else None
            if words is not None:
                yield f"{line[:start]}{statement._replace(values=words)}{line[end:]}"
        before = max((line.rfind(sign, 0, start) for sign in ";{}"), default=-1)
        if before < 0 or not above:
            return
        start = before


def _put(kind: type[Layer], words: tuple[str, ...], word: str) -> tuple[str, ...] | None:
    """The words of a line with one more, or with another in place of one; None where the kind has no such value."""
    signature = of_kind(kind)
    slot = _slot(signature, word)
    if slot is None:
        return None
    positions = iter(signature.positions)
    for at, one in enumerate(words):
        other = _slot(signature, one) or next(positions, None)
        if other is slot:
            given = one.partition("=")[2] or one
            if not (_LITERAL.fullmatch(given) or given in slot.choices or one in signature.switches):
                return None  # an expression is meant as it is, and may be another number elsewhere
            plain = "=" not in one and not re.match(rf"{slot.short}\d", one) if slot.short else "=" not in one
            value = word.partition("=")[2] or (word[1:] if slot.short and word.startswith(slot.short) else word)
            put = value if plain and not slot.switch and slot.positional else word
            return (*words[:at], put, *words[at + 1 :])
    return (*words, word)


def _slot(signature: Signature, word: str) -> Slot | None:
    """The slot that an option or a switch means."""
    name, equal, _ = word.partition("=")
    if equal:
        return signature.names.get(name) or signature.letters.get(name)
    short = re.fullmatch(r"([a-z])\d[\dx×]*", word)
    if short and short[1] in signature.letters:
        return signature.letters[short[1]]
    return signature.switches.get(word) or signature.choices.get(word)
