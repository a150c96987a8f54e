"""Sentences with figures that are no layers of their own: each figure must be found in what was read, or is asked for.

`The maps of conv2 and conv4 come in two groups` speaks of layers that the listing has, `VGG has 13 convolutional
layers` counts them, `48 features` says again what the input is. Whatever else has a figure and a word of the trade may
be a layer that was not understood.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archdsl.notations.listing import likeness, prose, trade
from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.line import BracketShape, Copies, Head, Item, NamedValue, is_a, sizes
from archdsl.notations.listing.parts import whole
from archdsl.notations.listing.pieces import Piece
from archdsl.notations.listing.roles import take
from archdsl.notations.listing.words import AMOUNTS, figure_of
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple

_LAYERS = frozenset(
    """layer layers layered schicht schichten couche couches capa capas camada camadas strato strati слой слоя слоёв
    层 層 층 레이어""".split()
)
_OF_ALL = ("conv", "pool", "dense")  # families that are counted
_OF_MAPS = ("FILTERS", "MAPS", "WINDOW")
_BETWEEN = 2  # words between a number and what it counts


class Remark(NamedTuple):
    """A sentence with figures; `first` says that it stands before the first layer."""

    piece: Piece
    found: list[Item]
    first: bool


class Read(NamedTuple):
    """What was read of a listing: its layers, by label too, and the sizes of its input."""

    text: str
    entries: Sequence[ListedLayer]
    labels: dict[str, ListedLayer]
    input: tuple[str, ...]


def understood(remark: Remark, read: Read) -> str | None:
    """What a sentence says that was read elsewhere; None where a figure of it is found nowhere."""
    found = [figure_of(item) or item for item in remark.found if not _is_of_something_else(item, read.text)]
    figures = [item for item in found if _is_figure(item)]
    if not figures:
        return None
    if _is_of_layers(found, read, remark.piece):
        return "what the layers say themselves"
    if _counts(found, read) == len(figures):
        return "the number of layers read is the same"
    if _is_of_input(found, figures, read):
        return "what the input is"
    if remark.first and _is_title(found) and _is_of_some_layer(found, read):
        return "what layers below have"
    if _are_definite(found) and _is_of_some_layer(found, read):
        return "what a layer has"
    return None


def _is_of_something_else(item: Item, text: str) -> bool:
    """Whether a number is one of another thing: LeNet-5, 2012."""
    if not is_a(item, "NUMBER"):
        return False
    start, end = text.rfind("\n", 0, item.start) + 1, text.find("\n", item.end)
    return trade.is_of_something_else(text[start : end if end >= 0 else None], item.start - start, item.end - start)


def _is_figure(item: Item) -> bool:
    return isinstance(item, (NamedValue, BracketShape, Copies)) or is_a(item, *AMOUNTS)


def _scratch(found: Iterable[Item]) -> ListedLayer | None:
    """The facts of a sentence as those of a layer; None where a figure has no meaning."""
    entry = ListedLayer(Head("CONV", None, None, (), 0, 0), 0, 0, 0)
    take(entry, [item for item in found if not isinstance(item, Head)])
    clear = entry.facts and not (entry.loose or entry.twice or entry.shapes or entry.spelled)
    return entry if clear and "bare" not in entry.facts else None


def _is_of_layers(found: list[Item], read: Read, piece: Piece) -> bool:
    """Whether a sentence says of layers, by name or of all of a kind, what each of them says."""
    heads = [item for item in found if isinstance(item, Head)]
    said = _scratch(found)
    if said is None or not heads:
        return False
    if all(head.ordinal for head in heads):
        about = [read.labels.get(ListedLayer(head, 0, 0, 0).label.lower()) for head in heads]
    elif len(heads) == 1 and prose.is_of_all(read.text, piece):
        about = [entry for entry in read.entries if entry.family == likeness.family(heads[0])]
    else:
        return False
    return bool(about) and all(entry is not None and _says(entry, said) for entry in about)


def _says(entry: ListedLayer, said: ListedLayer) -> bool:
    return all(fact in entry.facts and sizes(entry.facts[fact]) == sizes(value) for fact, value in said.facts.items())


def _counts(found: list[Item], read: Read) -> int:
    """How many figures of a sentence count layers, each rightly; `three 1x1 windows` are two figures."""
    right = 0
    for at, item in enumerate(found):
        if not (isinstance(item, Token) and item.type == "NUMBER" and item.text.isdigit()):
            continue
        right += _counted(whole(item), found[at + 1 : at + 2 + _BETWEEN], read)
    return right


def _counted(number: int, behind: list[Item], read: Read) -> int:
    """How many figures say that there are so many layers: the number, and the window that they have."""
    if len(behind) > 1 and is_a(behind[0], "DIMS") and is_a(behind[1], *_OF_MAPS):
        window = sizes(behind[0])  # type: ignore[arg-type]
        having = [entry for entry in read.entries if "window" in entry.facts]
        some = [entry for entry in having if sizes(entry.facts["window"]) in (window, window[:1])]
        return 2 * (number == _times(some))
    for item in behind:
        if isinstance(item, Head):
            kind = likeness.family(item)
            return int(kind in _OF_ALL and number == _times(e for e in read.entries if e.family == kind))
        if isinstance(item, Token) and item.text.lower().strip("-") in _LAYERS:
            return int(number in _all(read.entries))
        if not is_a(item, "OTHER", "COLON"):
            return 0
    return 0


def _times(entries: Iterable[ListedLayer]) -> int:
    return sum(entry.times for entry in entries)


def _all(entries: Sequence[ListedLayer]) -> set[int]:
    """The numbers of layers as people count them: those with weights, with the pools, everything."""
    weighted = [entry for entry in entries if entry.family in ("conv", "dense")]
    pools = [entry for entry in entries if entry.family == "pool"]
    return {_times(weighted), _times([*weighted, *pools]), _times(entries)}


def _is_of_input(found: list[Item], figures: list[Item], read: Read) -> bool:
    """Whether all figures are sizes of the input, and nothing but its channels is named: `48 features`."""
    heads = [item for item in found if isinstance(item, Head)]
    named = bool(heads) or is_any(found, "MAPS", "IMAGE", "RGB", "GREY")
    if not named or any(head.kind != "INPUT" for head in heads) or is_any(found, "FILTERS", "NEURONS"):
        return False
    numbers = [size for item in figures for size in _sizes(item)]
    return bool(numbers) and set(numbers) <= set(read.input)


def is_any(found: list[Item], *kinds: str) -> bool:
    return any(is_a(item, *kinds) for item in found)


def _sizes(item: Item) -> tuple[str, ...]:
    if isinstance(item, BracketShape):
        return item.sizes
    return sizes(item) if isinstance(item, Token) else ("",)


def _is_title(found: list[Item]) -> bool:
    """`AlphaGo, k = 192 filters` above the layers: no kind of layer is named, and a figure of filters or maps."""
    words = {item.text.lower() for item in found if isinstance(item, Token)}
    named = any(isinstance(item, Head) and not item.ordinal for item in found)
    return not named and not words & _LAYERS and is_any(found, *_OF_MAPS)


def _are_definite(found: list[Item]) -> bool:
    """Whether each figure stands after a definite article, `the 512 neurons`: what is there already."""
    before = [None, *found]
    return all(likeness.is_definite(word) for word, item in zip(before, found, strict=False) if _is_figure(item))


def _is_of_some_layer(found: list[Item], read: Read) -> bool:
    said = _scratch(found)
    return said is not None and any(_says(entry, said) for entry in read.entries)
