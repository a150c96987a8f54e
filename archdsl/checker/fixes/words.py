"""What a statement that parses was meant to be, by the code of its fault: other kinds, other values, other lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from archdsl.checker.fixes import respell
from archdsl.checker.fixes.draft import Around, Draft, Unwritable
from archdsl.checker.fixes.kerasforms import pooled_same
from archdsl.checker.fixes.respell import Head
from archdsl.checker.fixes.spelling import spelled, text
from archdsl.checker.fixes.statement import Statement
from archdsl.diagnostics import nearest
from archdsl.layers import REGISTRY, Layer, lookup
from archdsl.vocabulary import Row, known
from archdsl.vocabulary.arguments import UNITS
from archdsl.vocabulary.papers import STATEMENTS

KEYWORDS = ("model", "use", "block", "input", "output", "let", "cases", "expect", "freeze", "for", "if")
_VALUES = (
    "unknown-option",
    "unknown-name",
    "too-many-values",
    "wrong-type",
    "missing-value",
    "duplicate-name",
    "out-of-range",
    "rank-mismatch",
    "ambiguous-word",
    "shape-mismatch",
)


class Either(NamedTuple):
    """Texts of which each may be meant, and what each does: which of them, only the author knows."""

    texts: tuple[tuple[str, str], ...]


class Fault(NamedTuple):
    """A fault on a line: its place there, texts that could stand in that place, and values that mend it."""

    code: str
    message: str
    start: int
    end: int
    instead: tuple[str, ...] = ()
    values: str = ""


Proposal: TypeAlias = Statement | Either | str


def aliases(fault: Fault, marked: str) -> tuple[str, ...]:
    """What other programs call what is marked."""
    if fault.code == "unknown-unit":
        return tuple(unit for unit, names in UNITS.items() if marked.lower() in names)
    sizes = marked.split("x")
    if fault.code == "claim-shape" and len(sizes) > 2:  # channels first
        return ("x".join([*sizes[1:], sizes[0]]),)
    return ()


def proposals(statement: Statement, fault: Fault, around: Callable[[], Around]) -> Iterator[Proposal]:
    """Statements that may be meant, the likeliest first; raises Unwritable where a sentence says more."""
    if fault.code == "unknown-kind":
        yield from _kinds(statement, around)
    if fault.code == "missing-value" and statement.kind == "input" and not statement.label:
        yield " ".join(["input x:", *statement.values, statement.tail]).strip()
    kind = lookup(statement.kind)
    if kind is None:
        return
    if fault.code in _VALUES and statement.values and lookup(kind.name + statement.values[0]) is not None:
        yield statement._replace(kind=(kind.name + statement.values[0]).upper(), values=statement.values[1:])
    if fault.code in _VALUES:
        special = _SPECIAL.get(kind.name)
        if special is not None:
            yield from special(statement, around())
        yield from _respelled(kind, statement, around())
    if fault.code == "missing-input":
        yield from _reading(kind, statement, around())


def _respelled(kind: type[Layer], statement: Statement, around: Around, behind: str = "") -> Iterator[Proposal]:
    for head in respell.heads(kind, statement.values, around):
        words = head._replace(words=(*head.words, *behind.split())) if behind else head
        yield from _placed(words, statement)


def _placed(head: Head, statement: Statement) -> Iterator[str]:
    """A head in place of that of a statement: with lines behind it, its tail stands behind the last of them."""
    kind, *values = head.words
    tail = " ".join(part for part in (head.repeat, statement.tail) if part)
    reads, claims = _parted(tail)
    if not head.behind:
        yield str(Statement(statement.label, kind, tuple(values), tail))
        return
    first = str(Statement(statement.label, kind, tuple(values), reads))
    yield "; ".join([first, *head.behind]) + (f" {claims}" if claims else "")


def _parted(tail: str) -> tuple[str, str]:
    """A tail up to its claims, and the claims."""
    at = tail.find("->")
    return (tail[:at].strip(), tail[at:].strip()) if at >= 0 else (tail, "")


# ---- kinds that there are not


def _kinds(statement: Statement, around: Callable[[], Around]) -> Iterator[Proposal]:
    word, values = statement.kind, statement.values
    following = values[0] if values else ""
    twice = word.lower() in ("bidirectional", "bi") or known(word) is not None
    if not statement.label and following and lookup(following) is not None and not twice:
        if lookup(word + following) is not None:
            yield Statement("", (word + following).upper(), values[1:], statement.tail)
        yield Statement(f"{word}:", following, values[1:], statement.tail)
    elif following and lookup(word + following) is not None:
        yield Statement(statement.label, (word + following).upper(), values[1:], statement.tail)
    if word.lower() in KEYWORDS and not statement.label:
        yield statement._replace(kind=word.lower())
    for prefix in ("bidirectional", "bi"):
        plain = word.lower().replace("_", "").replace("-", "")
        name = following if plain == prefix else plain.removeprefix(prefix) if plain.startswith(prefix) else ""
        kind = lookup(name) if name else None
        if kind is not None and "bidirectional" in kind.attributes:
            rest = values[1:] if plain == prefix else values
            yield from _respelled(kind, statement._replace(values=rest), around(), "bidirectional")
    row = known(word)
    if row is not None:
        yield from _by_row(row, statement, around)
        raise Unwritable(_told(word, row) if row.kind else "")
    if word.lower() in STATEMENTS:
        raise Unwritable(STATEMENTS[word.lower()])
    glued = re.fullmatch(r"([A-Za-z_]+?)_?(\d+(?:[x×]\d+)*)", word)
    if glued:
        other = statement._replace(kind=glued[1], values=(glued[2], *values))
        if lookup(glued[1]) is not None:
            kind = lookup(glued[1])
            assert kind is not None
            yield from _respelled(kind, other, around())
        elif known(glued[1]) is not None:
            yield from _kinds(other, around)
    close = nearest(word, [*REGISTRY, *around().kinds])
    if close is not None:
        kind = lookup(close)
        if kind is not None and close not in around().kinds:
            yield from _respelled(kind, statement, around())
        yield statement._replace(kind=close)


def _told(word: str, row: Row) -> str:
    """What a word is here, where no line with it could be found."""
    kind = lookup(row.kind)
    return f"{word} is {row.kind} here: {kind.usage()}" if kind is not None else f"{word} is {row.kind} here"


def _either(row: Row, statement: Statement, around: Around) -> Iterator[Proposal]:
    """The one kind that is meant where the input tells, else all of them."""
    kinds = [kind for kind, _ in row.either]
    if kinds == ["FC", "LINEAR"] and around.rank in (1, 2):
        yield from _respelled(REGISTRY[kinds[around.rank - 1]], statement, around)
        return
    texts = []
    for kind, does in row.either:
        written = next(_respelled(REGISTRY[kind], statement, around))
        texts.append((str(written), does))
    yield Either(tuple(texts))


def _by_row(row: Row, statement: Statement, around: Callable[[], Around]) -> Iterator[Proposal]:
    if row.either:
        yield from _either(row, statement, around())
        return
    if row.reason:
        raise Unwritable(f"{statement.kind} {row.reason}")
    if row.text:
        if statement.values:
            raise Unwritable(f"{statement.kind} is written {row.text}")
        yield f"{statement.label} {row.text} {statement.tail}".strip()
    elif row.library:
        if not statement.label:
            yield f"use {row.library}; {statement._replace(kind=row.kind)}"
        raise Unwritable(f"{statement.kind} is a block of the shipped library: use {row.library}, and then {row.kind}")
    elif row.form == "separable":
        yield from _separable(statement, around())
    else:
        yield from _respelled(REGISTRY[row.kind], statement, around(), row.behind)


def _separable(statement: Statement, around: Around) -> Iterator[Proposal]:
    """`SEPCONV 64 3x3`: each channel by itself, and then 1x1 over all of them."""
    for head in respell.heads(REGISTRY["CONV"], statement.values, around):
        _, out, *rest = head.words
        reads, claims = _parted(statement.tail)
        first = Statement(statement.label, "DWCONV", (*rest, "nobias"), reads)
        yield "; ".join([str(first), f"CONV {out} 1x1", *head.behind]) + (f" {claims}" if claims else "")


# ---- values of single kinds that other libraries write otherwise


def _recurrent(statement: Statement, around: Around) -> Iterator[Proposal]:
    """`GRU 16 bi=yes`, `LSTM 16 direction=bidirectional`."""
    on = r"(?:bi|bidir|bidirectional|both)(?:=(?:yes|true|True|1))?|(?:direction|mode)=\"?(?:bidirectional|both)\"?"
    values = tuple("bidirectional" if re.fullmatch(on, value) else value for value in statement.values)
    if values != statement.values:
        yield statement._replace(values=values)


def _reduce(statement: Statement, around: Around) -> Iterator[Proposal]:
    """`REDUCE mean [height, width]`: one axis after the other."""
    found = re.match(r"(\w+) \[([a-z, ]+)\]( keep)?$", " ".join(statement.values))
    if found is None:
        return
    how, axes, keep = found[1], found[2].replace(" ", "").split(","), found[3] or ""
    reads, claims = _parted(statement.tail)
    if not keep and how in ("mean", "max") and axes == ["height", "width"] and around.rank == 3:
        kind = "GLOBALAVGPOOL" if how == "mean" else "GLOBALMAXPOOL"
        yield Statement(statement.label, kind, (), statement.tail)
        return
    lines = [f"REDUCE {how} {axis}{keep}" for axis in axes]
    if not keep and around.rank == 3 and axes == ["height", "width"]:
        lines[1] = f"REDUCE {how} steps"  # what was the width is the one axis beside the channels
    lines[0] = str(Statement(statement.label, lines[0], (), reads))
    yield "; ".join(lines) + (f" {claims}" if claims else "")


def _pad(statement: Statement, around: Around) -> Iterator[Proposal]:
    """`PAD (-1)` is CROP 1."""
    found = re.fullmatch(r"\(-(\d+)\)", " ".join(statement.values))
    if found:
        yield statement._replace(kind="CROP", values=(found[1],))


def _pool(statement: Statement, around: Around) -> Iterator[Proposal]:
    """`MAXPOOL 3 s2 p=same`: the padding that gives as many windows."""
    kind = lookup(statement.kind)
    assert kind is not None
    same = [value for value in statement.values if re.fullmatch(r"(?:(?:p|pad|padding)=)?\"?(?:same|SAME)\"?", value)]
    if not same:
        return
    rest = [value for value in statement.values if value not in same]
    draft = Draft(Row(kind.name, kind.name), f"{kind.name} with p=same", kind, around)
    for head in respell.heads(kind, tuple(rest), around):
        for word in head.words[1:]:
            window = re.fullmatch(r"(?:kernel=|k=?)?(\d[\dx]*)", word)
            step = re.fullmatch(r"(?:stride=|s=?)(\d[\dx]*)", word)
            for found, name in ((window, "pool_size"), (step, "strides")):
                if found:
                    sizes = tuple(int(size) for size in found[1].split("x"))
                    draft.given[name] = sizes if len(sizes) > 1 else sizes[0]
        break
    pooled_same(draft)
    written = spelled(
        kind, {"kernel": draft.given["pool_size"], "stride": draft.given.get("strides"), **draft.attributes}
    )
    yield f"{statement.label} {written} {statement.tail}".strip()


def _spread(statement: Statement, around: Around) -> Iterator[Proposal]:
    """UPCONV on a vector: a map of one element."""
    if around.rank == 1:
        first = f"{statement.label} RESHAPE 1x1x{text(around.channels)}".strip()
        yield f"{first}; {statement._replace(label='')}"


def _attention(statement: Statement, around: Around) -> Iterator[Proposal]:
    if any(re.match(r"(?:attn_)?mask=|padding(?:_mask)?=|key_padding_mask=", value) for value in statement.values):
        raise Unwritable("a mask that is an input cannot be written yet; `causal` lets no step read a later one")
    yield from ()


def _sizes(statement: Statement, around: Around) -> Iterator[Proposal]:
    """`RESHAPE Tx1`: sizes with names stand in a list."""
    values = tuple(listed(value) or value for value in statement.values)
    if values != statement.values:
        yield statement._replace(values=values)


def listed(word: str) -> str | None:
    """`Txd` as `[T, d]`, where a size is a name."""
    parts = re.split("[x×]", word)
    whole = len(parts) > 1 and all(re.fullmatch(r"\d+|\?|[A-Za-z]\w*", part) for part in parts)
    return f"[{', '.join(parts)}]" if whole and not all(part.isdigit() or part == "?" for part in parts) else None


_SPECIAL: dict[str, Callable[[Statement, Around], Iterator[Proposal]]] = {
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
}


def _reading(kind: type[Layer], statement: Statement, around: Around) -> Iterator[Proposal]:
    """`CONCAT a b`: names among the values are what it reads."""
    names = tuple(value for value in statement.values if value in around.names)
    if names and not statement.tail.startswith("<-"):
        rest = tuple(value for value in statement.values if value not in names)
        yield statement._replace(values=rest, tail=f"<- {', '.join(names)} {statement.tail}".strip())
