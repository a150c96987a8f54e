"""The items of a line in groups: one for each layer that the line names."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from archdsl.notations.listing.entry import FAMILIES, Entry
from archdsl.notations.listing.line import Block, Copies, Head, Item, Setting, Shape, is_a, sizes
from archdsl.notations.listing.words import AMOUNTS, LABELS, figure_of
from archdsl.syntax.tree import Token

_HEAVY = ("conv", "pool", "dense", "STRANGE")
_LIGHT = ("RELU", "TANH", "SIGMOID", "norm", "DROPOUT", "SOFTMAX")
_WITHOUT_SIZES = ("RELU", "TANH", "SIGMOID", "SOFTMAX", "DROPOUT", "BN", "FLATTEN")
_LAYER_WORDS = (
    "layer",
    "layers",
    "schicht",
    "couche",
    "층",
    "레이어",
    "層",
    "block",
    "module",
    "operation",
    "activation",
)
_ROLES = ("FILTERS", "WINDOW", "MAPS", "NEURONS", "CLASSES", "PARAMS", "AT", "SAME", "VALID")

_JOINING = frozenset("and then by a an another use und dann ein eine einem et puis un une y luego e poi".split())
_DEFINITE = frozenset("the this that last previous der die das dem la le el lo les il".split())

Clause = tuple[Head | None, list[Item]]


class Segment(NamedTuple):
    """What stands between two arrows or line breaks."""

    items: list[Item]
    behind_arrow: bool


ACTIVATIONS = frozenset(("activation", "nonlinearity", "function", "aktivierung", "활성화", "함수", "活性化関数"))


def is_heavy(head: Head) -> bool:
    """Whether a layer has figures: a convolution, a pool, a fully connected layer, or one that listings do not have."""
    return family(head) in _HEAVY


def is_another(found: list[Item], head: Head, before: Entry) -> bool:
    """`POOL2: [56x56x128]` below `POOL2: [112x112x64]`: another layer of the same name, since it has another shape.

    A sentence, `CONV1 gives ...`, speaks of the layer above.
    """
    behind = found[found.index(head) + 1 :]
    shapes = [item.sizes for item in found if isinstance(item, Shape)]
    colon = bool(behind) and isinstance(behind[0], Token) and behind[0].type == "COLON"
    return colon and bool(shapes) and any(shape.sizes not in shapes for shape in before.shapes)


def has_figures_of_a_layer(found: list[Item]) -> bool:
    """Whether settings and filters are told, though no layer is named: `64 filters of 3x3, stride 1`."""
    settings = any(isinstance(item, Setting) for item in found)
    tokens = [item for item in found if isinstance(item, Token) and item.type not in ("OTHER", "COLON")]
    pairs = [{first.type, second.type} for first, second in pairwise(tokens)]
    windows = any(pair & {"FILTERS", "WINDOW"} and pair & {*AMOUNTS} for pair in pairs)
    return settings and windows


def begins_with_shape(found: list[Item]) -> bool:
    """`[32x32x16] FOO2: ...`: as layers begin, with words behind."""
    first = found[0] if found else None
    words = any(isinstance(item, Token) and item.type == "OTHER" for item in found)
    return isinstance(first, Shape) and len(first.sizes) > 1 and words


def family(head: Head) -> str:
    return FAMILIES.get(head.kind, head.kind)


def is_light(head: Head) -> bool:
    """Whether a layer needs no number: an activation, a norm, dropout, softmax."""
    return family(head) in _LIGHT


def has(found: list[Item], kind: str) -> bool:
    return any(isinstance(item, Token) and item.type == kind for item in found)


def dims(found: list[Item]) -> Shape | None:
    """The first shape without brackets."""
    for item in found:
        if isinstance(item, Token) and item.type == "DIMS":
            return Shape(sizes(item), item.start, item.end)
    return None


def leads(found: list[Item]) -> bool:
    """Whether a line begins with a layer: only shapes, amounts and signs stand before."""
    for item in found:
        if isinstance(item, Head):
            return True
        if isinstance(item, Token) and item.type in ("OTHER", "TOTAL", "ABOUT", "PARAMS", "WEIGHTS"):
            return False
    return False


def speaks_of_output(found: list[Item], heads: list[Head]) -> bool:
    """`CONV gives an output of [19x19]`, `output: [19x19]`: nothing but the shape of what comes out."""
    if not any(head.kind == "OUTPUT" for head in heads):
        return False
    facts = [item for item in found if not isinstance(item, (Token, Head))]
    amounts = [item for item in found if isinstance(item, Token) and item.type in (*AMOUNTS, *_ROLES)]
    shape = any(isinstance(item, Shape) for item in facts) or any(item.type == "DIMS" for item in amounts)
    return shape and len(facts) + len(amounts) == 1


def is_layer(found: list[Item]) -> bool:
    """Whether a line that has the name of a layer looks like one, and not like a sentence that mentions it."""
    heads = [item for item in found if isinstance(item, Head)]
    tokens = [item for item in found if isinstance(item, Token)]
    facts = any(isinstance(item, (Setting, Shape, Block, Copies)) for item in found)
    facts = facts or any(token.type in ("DIMS", *_ROLES) for token in tokens)
    if not leads(found):
        named = any(head.ordinal or head.values or head.kind in LABELS for head in heads)
        said = _says_amounts(found)
        heavy = any(family(head) in _HEAVY for head in heads)
        return (said and (named or heavy)) or (heavy and _one_layer(found))
    if facts or heads[0].values or len(heads) > 1:
        return True
    behind = found[found.index(heads[0]) + 1 :]
    words = [i for i in behind if isinstance(i, Token) and i.type == "OTHER" and i.text.lower() not in _LAYER_WORDS]
    colon = bool(behind) and isinstance(behind[0], Token) and behind[0].type == "COLON"
    return not words or colon or any(_is_amount(item) for item in behind)


def _is_amount(item: Item) -> bool:
    """A number that is no year."""
    if not isinstance(item, Token) or item.type not in AMOUNTS:
        return False
    return not (item.type == "NUMBER" and item.text[:2] in ("19", "20") and len(item.text) == 4)


def _one_layer(found: list[Item]) -> bool:
    """`then a dense layer of size 128`: one layer in a sentence, with a number behind it."""
    for at, item in enumerate(found[:-1]):
        behind = found[at + 1]
        if (
            isinstance(item, Head)
            and isinstance(behind, Token)
            and behind.text.lower() in ("layer", "schicht", "couche")
        ):
            return any(_is_amount(other) for other in found[at:])
    return False


def _says_amounts(found: list[Item]) -> bool:
    """Whether a setting, a shape, or an amount beside its word is there: more than a number and a word in one text."""
    before: Item | None = None
    gap = False
    for item in found:
        if not isinstance(item, (Token, Head)):
            return True
        if isinstance(item, Token) and isinstance(before, Token):
            pair = {before.type, item.type}
            if "DIMS" in pair or (pair & set(_ROLES) and pair & set(AMOUNTS)):
                return True
        if _is_passed(item, before, gap):
            gap = item.type == "OTHER"  # type: ignore[union-attr]
            continue
        before, gap = item, False
    return False


def _is_passed(item: Item, before: Item | None, gap: bool) -> bool:
    """Whether an item parts nothing: a colon, or a word between an amount and what it counts (512 rectifier units)."""
    if not isinstance(item, Token):
        return False
    amount = isinstance(before, Token) and before.type in ("NUMBER", "COUNTED") and _is_amount(before)
    return item.type == "COLON" or (item.type == "OTHER" and amount and not gap)


def segments(found: list[Item]) -> list[Segment]:
    """A line parted at its arrows and line breaks."""
    parts = [Segment([], False)]
    for item in found:
        if is_a(item, "ARROW", "BREAK"):
            parts.append(Segment([], is_a(item, "ARROW")))
        else:
            parts[-1].items.append(item)
    return [part for part in parts if part.items]


def lone_shape(found: list[Item]) -> Shape | None:
    """The shape of a line, or of a part of one, in which nothing else stands: `[8x8x16]`, `-> 8x8x16`."""
    rest = [item for item in found if not is_a(item, "SEP", "COLON", "ARROW", "BREAK", "OPENING", "CLOSING")]
    if len(rest) != 1:
        return None
    return rest[0] if isinstance(rest[0], Shape) else dims(rest)


def is_bare(found: list[Item]) -> bool:
    """Whether there is neither bracket nor arrow: `5x5` below a layer may be its window."""
    return not any(isinstance(item, Shape) or is_a(item, "ARROW") for item in found)


def copies_of_several(found: list[Item]) -> Copies | None:
    """`(conv3-64, conv3-64) x 2`: a number of copies behind brackets that hold more than one layer."""
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
    if not any(is_a(item, "DIMS", *_ROLES) for item in found):
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


def mentions(found: list[Item]) -> list[Head]:
    """Layers that a sentence only speaks of, beside one with figures: `the last pool is followed by FC 10`."""
    heads = [at for at, item in enumerate(found) if isinstance(item, Head)]
    spoken, told = [], False
    for at, end in zip(heads, [*heads[1:], len(found)], strict=False):
        head = found[at]
        if not isinstance(head, Head) or not is_heavy(head):
            continue
        if head.ordinal or head.values or any(map(_is_fact, found[at:end])):
            told = True
        elif _is_definite(found[max(0, at - 2) : at]):
            spoken.append(head)
    return spoken if told else []


def _is_fact(item: Item) -> bool:
    return isinstance(item, (Setting, Shape, Block, Copies)) or is_a(item, *AMOUNTS)


def _is_definite(before: list[Item]) -> bool:
    """Whether words end in an article, with one word at most behind it: `... the last`."""
    words = [item.text.lower() if isinstance(item, Token) else "" for item in before]
    return any(word in _DEFINITE for word in words)


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
            before = _before(head, said) if family(item) in _HEAVY else []
            found.append((head, said[: len(said) - len(before)]))
        said, head = [*(said if head is None else before)], item
    found.append((head, said))
    return [part for one in found for part in _with_output(*one)]


def _with_output(head: Head | None, said: list[Item]) -> list[Clause]:
    """`a softmax output layer with 10 units` is a fully connected layer, and a softmax behind it."""
    output = next((item for item in said if isinstance(item, Head) and item.kind == "OUTPUT"), None)
    if head is None or head.kind != "SOFTMAX" or output is None:
        return [(head, said)]
    return [(output, [item for item in said if item is not output]), (head, [])]


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
    """`FC 4096, FC 10`: a layer of the same kind with figures of its own, behind one that has all of its figures."""
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
