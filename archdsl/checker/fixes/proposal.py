"""What may stand in place of a statement: texts, or several of which only the author knows which is meant."""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.checker.fixes import respell
from archdsl.checker.fixes.respell import RespelledHead
from archdsl.checker.fixes.statement import SplitStatement
from archdsl.layers import Layer
from archdsl.notations.calls.draft import LineContext
from archdsl.typed import NamedTuple, TypeAlias


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


Proposal: TypeAlias = SplitStatement | Either | str


def respelled(kind: type[Layer], statement: SplitStatement, around: LineContext, behind: str = "") -> Iterator[str]:
    """A statement with its values in the words of a kind, `behind` among them."""
    for head in respell.heads(kind, statement.values, around):
        yield placed(head._replace(words=(*head.words, *behind.split())), statement)


def placed(head: RespelledHead, statement: SplitStatement) -> str:
    """A head in place of that of a statement: with lines after it, the claims stand after the last of them."""
    kind, *values = head.words
    tail = " ".join(part for part in (head.repeat, statement.tail) if part)
    if not head.behind:
        return str(SplitStatement(statement.label, kind, tuple(values), tail))
    return chained(statement._replace(tail=tail), " ".join(head.words), *head.behind)


def chained(statement: SplitStatement, *lines: str) -> str:
    """Several lines in place of a statement: its label and what it reads with the first, its claims after the last."""
    reads, claims = parted(statement.tail)
    first, *others = lines
    return "; ".join([str(SplitStatement(statement.label, first, (), reads)), *others]) + (
        f" {claims}" if claims else ""
    )


def parted(tail: str) -> tuple[str, str]:
    """A tail up to its claims, and the claims."""
    at = tail.find("->")
    return (tail[:at].strip(), tail[at:].strip()) if at >= 0 else (tail, "")
