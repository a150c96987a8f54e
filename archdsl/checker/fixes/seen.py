"""What a check found, line by line: the faults of a line, what its layers read, and whether they stand."""

from __future__ import annotations

import re

from archdsl.checker.fixes.proposal import Fault
from archdsl.checker.fixes.statement import without_comment
from archdsl.diagnostics import Diagnostic, Related, Source
from archdsl.limits import raising
from archdsl.network.nodes import Leaf, Merge, Network, Sequence, Share, Use, postorder
from archdsl.sizes.shape import Shape
from archdsl.typed import Protocol

_IN_DOUBT = "MENDEDLATER"  # a kind that there is not, in place of a line that cannot be read
_ENDING = (raising("visits"), raising("diagnostics"))
_DECLARING = re.compile(r"\s*(?:model|input|output|let|expect|cases|freeze|init|use|block|for|if|else)\b|\s*\}")


class Seen(Protocol):
    """What a check found: its diagnostics, and the network as far as it is known."""

    @property
    def source(self) -> Source: ...

    @property
    def diagnostics(self) -> list[Diagnostic]: ...

    @property
    def network(self) -> Network | None: ...

    @property
    def visits(self) -> int: ...

    @property
    def steps(self) -> int: ...


def errors(seen: Seen) -> int:
    return sum(one.severity == "error" for one in seen.diagnostics)


def in_doubt(line: str) -> str:
    """A line that reads as a layer of an unknown kind, with the braces that the line opens and closes."""
    braces = re.sub(r"[^{}]", "", without_comment(line))
    while "{}" in braces:
        braces = braces.replace("{}", "")
    closing, opening = braces.count("}"), braces.count("{")
    return "} " * closing + _IN_DOUBT + " {" * opening


def faults_of(diagnostics: list[Diagnostic], number: int) -> list[Fault]:
    """The errors that begin on a line, which counts from 0, and those of a block that it uses."""
    found = []
    for one in diagnostics:
        if one.severity != "error":
            continue
        if one.source.base == 0 and one.line == number + 1:
            column, length = one.source.position(one.span.start)[1], one.span.end - one.span.start
            found.append(Fault(one.code, one.message, column - 1, column - 1 + length, one.instead, one.values))
        elif any(_is_at(use, one.source, number) for use in one.related):
            found.append(Fault(one.code, one.message, 0, 0))
    return found


def _is_at(use: Related, source: Source, number: int) -> bool:
    """Whether a place that explains a fault is the use of a block on a line of the text itself."""
    text = use.source or source
    return use.text.startswith("used here") and text.base == 0 and text.position(use.span.start)[0] == number + 1


def shape_at(network: Network | None, place: int) -> Shape | None:
    """The shape that the layer at a place of the text reads."""
    if network is None:
        return None
    for node in postorder(network.body):
        if isinstance(node, Leaf) and node.statement.start == place and node.inputs:
            return node.inputs[0]
    return None


def reads_twice(seen: Seen, number: int) -> bool:
    """Whether a layer on a line reads one value under two names, which nobody means who writes one of them."""
    if seen.network is None:
        return False
    bodies = (node for node in postorder(seen.network.body) if isinstance(node, Sequence))
    items = (item for body in bodies for item in body.items if len(set(item.reads)) < len(item.reads))
    spans = (seen.source.at(item.node.statement) for item in items if isinstance(item.node, Leaf))
    return any(part.base == 0 and part.position(span.start)[0] == number + 1 for part, span in spans)


def ended(diagnostics: list[Diagnostic]) -> bool:
    """Whether a bound on all that is done ended a check, so that it does not say what is right."""
    return any(one.code == "limit" and one.hint in _ENDING for one in diagnostics)


def standing(network: Network, source: Source) -> set[int]:
    """The lines of the text itself, from 0, on which layers stand; `source` may be it with those that it uses."""
    found = set()
    for node in postorder(network.body):
        if isinstance(node, (Leaf, Merge, Use, Share)):
            part, span = source.at(node.statement)
            if part.base == 0:
                found.add(part.position(span.start)[0] - 1)
    return found


def judged(seen: Seen, number: int) -> bool:
    """Whether a check reached a line: its layers stand, or it declares something of a network that stands."""
    if seen.network is None:
        return False
    line = seen.source.part(0).line(number + 1)
    return bool(_DECLARING.match(line)) or number in standing(seen.network, seen.source)
