"""Fully connected layers of a listing: one, or several in a chain (`fc: 400 -> 120 -> 84`)."""

from __future__ import annotations

from archdsl.diagnostics import Span
from archdsl.notations.listing.draft import Draft
from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.flow import KnownSizes, spread
from archdsl.notations.listing.line import BracketShape, Head, sizes
from archdsl.notations.listing.parts import Unclear, amount, place_of, whole
from archdsl.syntax.tree import Token


def connected(draft: Draft, entry: ListedLayer, at: Span) -> tuple[str, list[Token]]:
    """The kind of a fully connected layer and its values; raises Unclear."""
    count = draft.count(entry, entry.facts, at)
    _reads_all(draft.flow, entry)
    if "window" in entry.facts:
        draft.come_in("window", entry.facts["window"])
    draft.flow = KnownSizes(None, whole(count), True)
    return ("RBF" if entry.kind == "RBF" else "FC"), [amount((whole(count),), place_of(count))]


def _reads_all(flow: KnownSizes, entry: ListedLayer) -> None:
    """A window of a fully connected layer is all that comes in; raises Unclear where it is less."""
    window = entry.facts.get("window")
    space = (1,) if flow.flat else flow.space
    if window is None or space is None or flow.is_shape(sizes(window)):
        return
    if spread(sizes(window), len(space)) != space:
        come = "x".join(map(str, space)) if not flow.flat else "a vector"
        message = f"a fully connected layer reads its whole input, and a window of {window.text} is not {come}"
        raise Unclear(message, place_of(window), "if the layer has a window, call it a convolution")


def chained(draft: Draft, entry: ListedLayer) -> list[ListedLayer]:
    """An entry with numbers after arrows as its layers, whatever is joined to it after the last; raises Unclear.

    A first number that is the input is no layer, and a last one that says the same again is a claim.
    """
    given = entry.facts.pop("count", None)
    counts = sorted([*([given] if given else []), *entry.results], key=lambda token: token.start)
    entry.results = []
    if len(counts) > 1 and whole(counts[0]) == draft.flow.elements:
        reads = counts.pop(0)
        draft.note(reads, "the input of the layer")
        return _chain(draft, entry, counts, {"reads": reads})
    if len(counts) == 2 and whole(counts[0]) != whole(counts[1]):
        hint = f"FC {whole(counts[0])} and FC {whole(counts[1])}, on lines of their own, are two layers"
        come = f"the input has {draft.flow.elements:,} elements, and " if draft.flow.elements is not None else ""
        message = f"{come}whether the layer has {counts[0].text} or {counts[1].text} outputs is not clear"
        raise Unclear(message, Span(counts[0].start, counts[1].end), hint)
    return _chain(draft, entry, counts, {})


def _chain(draft: Draft, entry: ListedLayer, counts: list[Token], facts: dict[str, Token]) -> list[ListedLayer]:
    """A layer for each number; those that are all equal are one, and its claims. The first has the `facts`."""
    if len({whole(count) for count in counts}) == 1:
        entry.facts |= {**facts, "count": counts[0]}
        entry.shapes += [BracketShape(sizes(count), count.start, count.end) for count in counts[1:]]
        return [entry]
    draft.note(Span(counts[0].start, counts[-1].end), f"read as {len(counts)} layers")
    made = [*(_one(entry, count) for count in counts[:-1]), _last(entry, counts[-1])]
    made[0].facts |= facts
    return made


def _one(entry: ListedLayer, count: Token) -> ListedLayer:
    """A layer of a chain, which has the name of the chain if it is the first that is built."""
    one = ListedLayer(entry.head, entry.start, entry.end, entry.indent)
    one.switches, one.facts["count"] = entry.switches, count
    return one


def _last(entry: ListedLayer, count: Token) -> ListedLayer:
    entry.facts["count"] = count
    entry.head = Head(entry.head.kind, None, None, (), count.start, count.end)
    return entry
