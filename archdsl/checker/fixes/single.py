"""Kinds whose values other libraries write otherwise, or that need another line beside them; a function each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from archdsl.checker.fixes.proposal import Proposal, chained
from archdsl.checker.fixes.statement import SplitStatement
from archdsl.notations.calls.draft import LineContext, Unwritable
from archdsl.notations.calls.spelling import text

_ON = r"(?:bi|bidir|bidirectional|both)(?:=(?:yes|true|True|1))?|(?:direction|mode)=\"?(?:bidirectional|both)\"?"


def _recurrent(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """`GRU 16 bi=yes`, `LSTM 16 direction=bidirectional`."""
    values = tuple("bidirectional" if re.fullmatch(_ON, value) else value for value in statement.values)
    if values != statement.values:
        yield statement._replace(values=values)


def _reduce(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """`REDUCE mean [height, width]`: one axis after the other."""
    found = re.match(r"(\w+) \[([a-z, ]+)\]( keep)?$", " ".join(statement.values))
    if found is None:
        return
    how, axes, keep = found[1], found[2].replace(" ", "").split(","), found[3] or ""
    flat = not keep and around.rank == 3 and sorted(axes) == ["height", "width"]
    if flat and how in ("mean", "max"):
        yield SplitStatement(statement.label, "GLOBALAVGPOOL" if how == "mean" else "GLOBALMAXPOOL", (), statement.tail)
    elif flat:  # behind the first, one axis is left beside the channels
        yield chained(statement, f"REDUCE {how} height", f"REDUCE {how} steps")
    else:
        yield chained(statement, *(f"REDUCE {how} {axis}{keep}" for axis in axes))


def _pad(statement: SplitStatement, around: LineContext) -> Iterator[Proposal]:
    """`PAD (-1)` is CROP 1."""
    found = re.fullmatch(r"\(-(\d+)\)", " ".join(statement.values))
    if found:
        yield statement._replace(kind="CROP", values=(found[1],))


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
    if any(re.match(r"(?:attn_)?mask=|padding(?:_mask)?=|key_padding_mask=", value) for value in statement.values):
        raise Unwritable("a mask that is an input cannot be written yet; `causal` lets no step read a later one")
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


SINGLE: dict[str, Callable[[SplitStatement, LineContext], Iterator[Proposal]]] = {
    "GRU": _recurrent,
    "LSTM": _recurrent,
    "RNN": _recurrent,
    "REDUCE": _reduce,
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
}
