"""A statement taken apart without a parser, as far as its signs tell: for text that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from archdsl.typed import NamedTuple

_PAIRS = {"(": ")", "[": "]"}
_LABEL = re.compile(r'\s*(?:"[^"\n]*"|\(\w+\)|[\w.]+(?:\{[^{}]*\}\w*)*)(?:\s*,\s*[\w.]+)*\s*:(?!=)')
_TAIL = re.compile(r"(?:^|(?<=\s))(?:<-|->|[x×](?:\d+|\?)(?![\w.?])|[x×]\()|[{}]|<-|->")


class SplitStatement(NamedTuple):
    """`label: KIND values tail`: the tail is what stands after the values, from a repeat, `<-`, `->` or a brace on."""

    label: str
    kind: str
    values: tuple[str, ...]
    tail: str

    def __str__(self) -> str:
        head = " ".join([word for word in (self.label, self.kind, *self.values) if word])
        return f"{head} {self.tail}".strip()


def apart(text: str) -> SplitStatement:
    """A statement in its parts."""
    text = text.strip()
    label = _LABEL.match(text)
    rest = text[label.end() :].strip() if label else text
    at = tail_of(rest)
    words = list(split(rest[:at]))
    kind = words.pop(0) if words else ""
    return SplitStatement(label.group().strip() if label else "", kind, tuple(words), rest[at:].strip())


def tail_of(text: str) -> int:
    """Where the tail of a statement begins."""
    flat = flattened(text)
    found = _TAIL.search(flat)
    return found.start() if found else len(text)


def flattened(text: str) -> str:
    """A text of the same length, with dots for what stands in quotes, in brackets and in the braces of names."""
    out: list[str] = []
    closers: list[str] = []
    quote = ""
    for at, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
            out.append(".")
            continue
        inside = bool(closers)
        if sign in "\"'":
            quote = sign
        elif sign in _PAIRS:
            closers.append(_PAIRS[sign])
        elif closers and sign == closers[-1]:
            closers.pop()
            out.append("." if closers else sign)
            continue
        elif sign == "{" and at and (text[at - 1].isalnum() or text[at - 1] == "_") and not inside:
            closers.append("}")
            out.append(".")
            continue
        out.append("." if inside or quote else sign)
    return "".join(out)


def split(text: str) -> Iterator[str]:
    """The words of a text, separated by spaces and commas outside of quotes and brackets."""
    flat = flattened(text)
    for found in re.finditer(r"[^\s,]+", flat):
        yield text[found.start() : found.end()]


def statement_at(line: str, column: int) -> tuple[int, int]:
    """Where the statement around a column of a line begins and ends: signs between statements bound it."""
    flat = flattened(line)
    bounds = [found.start() for found in re.finditer(r"[;{}]", flat)]
    end = next((at for at in bounds if at >= column), len(line))
    start = next((at + 1 for at in reversed(bounds) if at < column), 0)
    text = line[start:end]
    start += len(text) - len(text.lstrip())
    return start, max(start, end - (len(text) - len(text.rstrip())))


def changed(before: str, after: str) -> str:
    """The statements of a line in which it differs from another."""
    start = _alike(before, after)
    end = len(after) - _alike(before[start:][::-1], after[start:][::-1])
    first, last = statement_at(after, min(start, len(after) - 1))[0], statement_at(after, max(start, end - 1))[1]
    return after[first:last]


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def without_comment(line: str) -> str:
    """A line without the comment at its end."""
    quoted = re.sub(r'"[^"\n]*"|\'[^\'\n]*\'', lambda found: "." * len(found.group()), line)
    at = quoted.find("#")
    return line if at < 0 else line[:at]
