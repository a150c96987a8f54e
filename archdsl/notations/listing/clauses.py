"""The items of a line in groups: one for each layer that the line names."""

from __future__ import annotations

from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.likeness import HEAVY, ROLES, family, is_heavy
from archdsl.notations.listing.line import BracketShape, Copies, Head, Item, NamedValue, is_a, sizes
from archdsl.notations.listing.words import AMOUNTS, figure_of
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple

_WITHOUT_SIZES = ("RELU", "TANH", "SIGMOID", "SOFTMAX", "DROPOUT", "BN", "FLATTEN")

_OF_SOFTMAX = ("NEURONS", "CLASSES")
_SIGNS = ("SEP", "COLON", "OPENING", "CLOSING", "NTH", "MEMORY", "PRODUCT")
_JOINING = frozenset(
    "and then by with plus a an another use und mit avec con dann ein eine einem et puis un une y luego e poi".split()
)

Clause = tuple[Head | None, list[Item]]


class Phrase(NamedTuple):
    """What stands between two arrows or line breaks."""

    items: list[Item]
    behind_arrow: bool


def segments(found: list[Item]) -> list[Phrase]:
    """A line parted at its arrows and line breaks."""
    parts = [Phrase([], False)]
    for item in found:
        if is_a(item, "ARROW", "BREAK"):
            parts.append(Phrase([], is_a(item, "ARROW")))
        else:
            parts[-1].items.append(item)
    return [part for part in parts if part.items]


def copies_of_several(found: list[Item]) -> Copies | None:
    """`(conv3-64, conv3-64) x 2`: a number of copies after brackets that hold more than one layer."""
    opened: list[int] = []
    for item, behind in zip(found, [*found[1:], None], strict=False):
        if is_a(item, "OPENING"):
            opened.append(0)
        elif isinstance(item, Head) and opened:
            opened[-1] += 1
        elif is_a(item, "CLOSING") and opened and opened.pop() > 1 and isinstance(behind, Copies):
            return behind
    return None


def with_copies(text: str, found: list[Item]) -> list[Item]:
    """`two 3x3 convolutions`, `3 conv layers`: how many there are, as a number of copies."""
    items = list(found)
    if not any(is_a(item, "DIMS", *ROLES) for item in found):
        return items
    for at, head in enumerate(found):
        if not isinstance(head, Head) or not is_heavy(head) or not _is_plural(text, found, at):
            continue
        before = range(at - 1, max(-1, at - 4), -1)
        for beside in before:
            number = figure_of(found[beside])
            if number is not None and len(number.text) < 3:
                items[beside] = Copies(number, number.start, number.end)
            if number is not None or not is_a(found[beside], "DIMS", "OTHER"):
                break
    return items


def _is_plural(text: str, found: list[Item], at: int) -> bool:
    head = found[at]
    behind = found[at + 1] if at + 1 < len(found) else None
    layers = isinstance(behind, Token) and behind.text.lower() in ("layers", "schichten", "couches", "capas", "strati")
    return layers or text[head.start : head.end].lower().endswith(("convs", "convolutions"))


def clauses(segment: list[Item]) -> list[Clause]:
    """What a segment says, for each of its layers; what stands before the first belongs to it."""
    found: list[Clause] = []
    said: list[Item] = []
    head: Head | None = None
    for at, item in enumerate(segment):
        if not isinstance(item, Head) or not (_begins(head, item, said) or _begins_anew(head, item, said, segment, at)):
            said.append(item)
            continue
        before: list[Item] = []
        if head is not None:
            before = _before(head, said) if family(item) in HEAVY else []
            found.append((head, said[: len(said) - len(before)]))
        said, head = [*(said if head is None else before)], item
    found.append((head, said))
    return [part for one in found for part in _with_output(*one)]


def _with_output(head: Head | None, said: list[Item]) -> list[Clause]:
    """`a softmax output layer with 10 units` is a fully connected layer, and a softmax after it."""
    output = next((item for item in said if isinstance(item, Head) and item.kind == "OUTPUT"), None)
    if head is None or head.kind != "SOFTMAX" or output is None:
        return [(head, said)]
    return [(output, [item for item in said if item is not output]), (head, [])]


def behind(found: list[Item]) -> tuple[list[Item], list[Item]]:
    """What stands after a module on its line: what is said of the module, and the layers that follow it."""
    at = next((at for at, item in enumerate(found) if isinstance(item, Head)), None)
    if at is None:
        return found, []
    parting = [n for n in range(at) if is_a(found[n], "SEP", "ARROW", "BREAK") or _is_joining(found[n])]
    cut = parting[-1] if parting else at
    return found[:cut], found[cut + 1 if parting else cut :]


def parted(head: Head, said: list[Item], layer: ListedLayer) -> tuple[list[Item], list[Item]]:
    """What stands after an activation, a norm or a dropout on the line of a layer: its own, and the layer's.

    `conv 3x3 32, ReLU, same padding`: whatever an activation cannot have belongs to the layer, in any order.
    """
    own: list[Item] = []
    rest: list[Item] = []
    for at, item in enumerate(said):
        if is_a(item, *_SIGNS):
            own.append(item)
            rest.append(item)
        elif _is_own(head, item, layer) and not _is_of_a_role(head, said, at):
            own.append(item)
        else:
            rest.append(item)
    return own, [] if all(is_a(item, *_SIGNS) for item in rest) else rest


def _is_own(head: Head, item: Item, layer: ListedLayer) -> bool:
    """Whether a layer without figures has what is said after it: its rate, its size, the shape that comes out."""
    if isinstance(item, (BracketShape, Head)) or is_a(item, "OTHER", "PERCENT"):
        return True
    if head.kind == "DROPOUT":
        return is_a(item, "NUMBER") or (isinstance(item, NamedValue) and "." in item.value.text)
    if head.kind in ("NORM", "LRN"):
        return is_a(item, "NUMBER")
    if head.kind == "SOFTMAX" and is_a(item, "NUMBER", "COUNTED", *_OF_SOFTMAX):
        return True
    lacks = "window" not in layer.facts and layer.family in ("conv", "pool")
    return is_a(item, "DIMS") and not (lacks and len(sizes(item)) == 2)  # type: ignore[arg-type]


def _is_of_a_role(head: Head, said: list[Item], at: int) -> bool:
    """Whether an amount stands beside a word that says what it is: `dropout 0.5, 64 filters`."""
    if not is_a(said[at], *AMOUNTS):
        return False
    beside = [item for item in said[max(0, at - 2) : at + 2] if not is_a(item, "COLON")]
    roles = [item for item in beside if is_a(item, *ROLES)]
    return any(not (head.kind == "SOFTMAX" and is_a(item, *_OF_SOFTMAX)) for item in roles)


def _begins(head: Head | None, item: Head, said: list[Item]) -> bool:
    """Whether a name begins a layer of its own, or says more of the one before."""
    if head is None:
        return True
    if item.kind in ("OUTPUT", "INPUT") or head.kind == "STRANGE":
        return False
    if family(head) == family(item) and item.ordinal is None and not item.values:
        if item.kind == "NORM" or not _before(head, said):
            return False
        return sum(isinstance(one, Token) and one.type in AMOUNTS for one in said) > 1
    return True


def _begins_anew(head: Head | None, item: Head, said: list[Item], segment: list[Item], at: int) -> bool:
    """`FC 4096, FC 10`: a layer of the same kind with figures of its own, after one that has all of its figures."""
    if head is None or family(head) != family(item) or item.kind in ("OUTPUT", "NORM"):
        return False
    behind = next((one for one in segment[at + 1 : at + 4] if not is_a(one, "COLON", "OPENING")), None)
    if behind is None or not is_a(behind, *AMOUNTS):
        return False
    return sum(is_a(one, *AMOUNTS) for one in said) >= (2 if family(head) == "conv" else 1)


def _before(head: Head, said: list[Item]) -> list[Item]:
    """The amounts right before a name: `conv, 64, 2x2 max pool`, `ReLU and 2x2 max pool`."""
    at = len(said)
    while at and (is_a(said[at - 1], *AMOUNTS, "FILTERS") or isinstance(said[at - 1], Copies)):
        at -= 1
    joined = at > 0 and (is_a(said[at - 1], "SEP") or _is_joining(said[at - 1]))
    if joined or not any(is_a(item, "DIMS") for item in said[at:]):
        return said[at:] if joined else []
    full = head.kind in _WITHOUT_SIZES or any(is_a(item, "DIMS") for item in said[:at])
    return said[at:] if full else []


def _is_joining(item: Item) -> bool:
    return isinstance(item, Token) and item.type == "OTHER" and item.text.lower() in _JOINING
