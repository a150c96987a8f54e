"""How a table of another library's names is written and read: a row says what its names are in the language.

    Conv1d Conv2d = CONV(in_channels, out_channels, kernel_size, stride=1)    a kind, with the library's arguments
    ReflectionPad2d = PAD(padding) + mode=reflect                             a kind, with values of ours after it
    TransformerEncoderLayer = std.transformer.ENCODERLAYER(d_model, nhead)    a block of the shipped library
    Softmax = SOFTMAX/dim(dim=None)                                           a kind, by a form of `notations/calls`
    Softmax1d : SOFTMAX axis=steps                                            a text of the language
    pool ? MAXPOOL (the largest of each window) AVGPOOL (the average)         kinds of which each may be meant
    CTCLoss ! a loss is part of training                                      what cannot be written, and why

A line that begins with a space continues the row above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from archdsl.typed import NamedTuple

_ROW = re.compile(r"(?P<names>[\w. ]+?) (?P<sign>[=:!?]) (?P<rest>.+)")
_KIND = re.compile(
    r"(?:(?P<library>std\.\w+)\.)?(?P<kind>[A-Z0-9]+)(?:/(?P<form>\w+))?\((?P<signature>.*)\)(?: \+ (?P<behind>.+))?"
)


class Meaning(NamedTuple):
    """What a name of another library is here: a kind, a text, or a reason why it cannot be written."""

    name: str
    kind: str = ""
    library: str = ""  # the shipped file that declares it, where it is a block
    form: str = ""  # a reading of its arguments that is more than other names
    signature: str = ""  # the library's arguments in their order, as Python writes them
    behind: str = ""  # values of ours that it always has
    text: str = ""
    either: tuple[tuple[str, str], ...] = ()  # kinds of which each may be meant, and what each does
    reason: str = ""

    def takes(self, named: Iterable[str]) -> bool:
        """Whether it has all of these arguments, by the library's names."""
        return set(named) <= set(re.findall(r"(?:^|, )(\w+)", self.signature))


def rows(table: str) -> dict[str, Meaning]:
    """The rows of a table by their names, as written."""
    found: dict[str, Meaning] = {}
    for line in re.sub(r"\n +", " ", table.strip()).split("\n"):
        row = _ROW.fullmatch(line)
        assert row is not None, line
        for name in row["names"].split():
            found[name] = _row(name, row["sign"], row["rest"])
    return found


def _row(name: str, sign: str, rest: str) -> Meaning:
    if sign == ":":
        return Meaning(name, text=rest)
    if sign == "?":
        return Meaning(name, either=tuple(re.findall(r"([A-Z0-9]+) \(([^)]*)\)", rest)))
    if sign == "!":
        return Meaning(name, reason=rest)
    kind = _KIND.fullmatch(rest)
    assert kind is not None, rest
    words = {part: text or "" for part, text in kind.groupdict().items()}
    return Meaning(name, words["kind"], words["library"], words["form"], words["signature"], words["behind"])
