"""Kinds whose values other libraries write otherwise, or that need another line beside them; a function each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from archdsl.checker.fixes.proposal import Proposal
from archdsl.checker.fixes.statement import SplitStatement
from archdsl.notations.calls.draft import LineContext, Unwritable
from archdsl.notations.calls.spelling import text

_ON = r"(?:bi|bidir|bidirectional|both)(?:=(?:yes|true|True|1))?|(?:direction|mode)=\"?(?:bidirectional|both)\"?"


def _recurrent(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """`GRU 16 bi=yes`, `LSTM 16 direction=bidirectional`."""
    values = tuple("bidirectional" if re.fullmatch(_ON, value) else value for value in statement.values)
    if values != statement.values:
        yield statement._replace(values=values)


def _pad(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """`PAD -1` is CROP 1."""
    found = re.fullmatch(r"-(\d+)|\(-(\d+)\)", " ".join(statement.values))
    if found:
        yield statement._replace(kind="CROP", values=(found[1] or found[2],))


def _pool(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """`AVGPOOL global`."""
    if [value.lower() for value in statement.values] == ["global"]:
        yield statement._replace(kind=f"GLOBAL{statement.kind.upper()}", values=())


def _spread(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """UPCONV on a vector: a map of one element."""
    if around.rank == 1:
        first = f"{statement.label} RESHAPE 1x1x{text(around.channels)}".strip()
        yield f"{first}; {statement._replace(label='')}"


def _attention(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    for value in statement.values:
        named = re.fullmatch(r"(?:(attn_|src_|tgt_|memory_)mask|(\w*)padding_mask)=(.*)", value)
        if named is not None:
            ours = f"mask={named[3]}, where true means that a query may look at a key"
            real = f"padding={named[3]}, where true means a real step"
            word = value.partition("=")[0]
            raise Unwritable(f"{real if named[1] is None else ours}; in PyTorch the true values of {word} are left out")
    yield from ()


def _sizes(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """`RESHAPE Tx1`: sizes with names stand in a list; `RESHAPE 7 7 64`: sizes of one shape are one word."""
    values = tuple(listed(value) or value for value in statement.values)
    if values != statement.values:
        yield statement._replace(values=values)
    numbers = [value for value in statement.values if value.isdigit()]
    if len(numbers) > 1 and statement.values[: len(numbers)] == tuple(numbers):
        yield statement._replace(values=("x".join(numbers), *statement.values[len(numbers) :]))


def _scaled(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """`UPSAMPLE x2`: how many times larger, which reads as a repeat."""
    times = re.match(r"[x×](\d+)\b\s*", statement.tail)
    if times and not statement.values:
        yield statement._replace(values=(times[1],), tail=statement.tail[times.end() :])


def listed(word: str) -> str | None:
    """`Txd` as `[T, d]`, where a size is a name."""
    parts = re.split("[x×]", word)
    whole = len(parts) > 1 and all(re.fullmatch(r"\d+|\?|[A-Za-z]\w*", part) for part in parts)
    return f"[{', '.join(parts)}]" if whole and not all(part.isdigit() or part == "?" for part in parts) else None


def _factor(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """`SCALE 0.5`: a number for all elements, and no gate."""
    if len(statement.values) == 1 and re.fullmatch(r"\(?-?[\d.]+(?:e-?\d+)?\)?", statement.values[0]):
        yield statement._replace(kind="MUL")


SINGLE: dict[str, Callable[[SplitStatement, LineContext], Iterator[Proposal]]] = {
    "GRU": _recurrent,
    "LSTM": _recurrent,
    "RNN": _recurrent,
    "PAD": _pad,
    "MAXPOOL": _pool,
    "AVGPOOL": _pool,
    "UPCONV": _spread,
    "ATTENTION": _attention,
    "ATTEND": _attention,
    "RESHAPE": _sizes,
    "PARAM": _sizes,
    "CONST": _sizes,
    "UPSAMPLE": _scaled,
    "SCALE": _factor,
}
