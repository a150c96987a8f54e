"""What a line of a listing looks like, by its items: a layer, a sentence that mentions one, the output of one."""

from __future__ import annotations

from itertools import pairwise

from archdsl.notations.listing.entry import FAMILIES, ListedLayer
from archdsl.notations.listing.line import BracketBlock, BracketShape, Copies, Head, Item, NamedValue, is_a, sizes
from archdsl.notations.listing.words import AMOUNTS, LABELS
from archdsl.syntax.tree import Token

HEAVY = ("conv", "pool", "dense", "STRANGE")
_LIGHT = ("RELU", "TANH", "SIGMOID", "norm", "DROPOUT", "SOFTMAX")
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
ROLES = ("FILTERS", "WINDOW", "MAPS", "NEURONS", "CLASSES", "PARAMS", "AT", "SAME", "VALID")
ACTIVATIONS = frozenset(("activation", "nonlinearity", "function", "aktivierung", "활성화", "함수", "活性化関数"))
_DEFINITE = frozenset("the this that last previous der die das dem la le el lo les il".split())


def is_heavy(head: Head) -> bool:
    """Whether a layer has figures: a convolution, a pool, a fully connected layer, or one that listings do not have."""
    return family(head) in HEAVY


def is_light(head: Head) -> bool:
    """Whether a layer needs no number: an activation, a norm, dropout, softmax."""
    return family(head) in _LIGHT


def family(head: Head) -> str:
    return FAMILIES.get(head.kind, head.kind)


def is_another(found: list[Item], head: Head, before: ListedLayer) -> bool:
    """`POOL2: [56x56x128]` below `POOL2: [112x112x64]`: another layer of the same name, since it has another shape.

    A sentence, `CONV1 gives ...`, speaks of the layer above.
    """
    behind = found[found.index(head) + 1 :]
    shapes = [item.sizes for item in found if isinstance(item, BracketShape)]
    colon = bool(behind) and isinstance(behind[0], Token) and behind[0].type == "COLON"
    return colon and bool(shapes) and any(shape.sizes not in shapes for shape in before.shapes)


def has(found: list[Item], kind: str) -> bool:
    return any(isinstance(item, Token) and item.type == kind for item in found)


def has_figures_of_a_layer(found: list[Item]) -> bool:
    """Whether settings and filters are given, though no layer is named: `64 filters of 3x3, stride 1`."""
    settings = any(isinstance(item, NamedValue) for item in found)
    tokens = [item for item in found if isinstance(item, Token) and item.type not in ("OTHER", "COLON")]
    pairs = [{first.type, second.type} for first, second in pairwise(tokens)]
    windows = any(pair & {"FILTERS", "WINDOW"} and pair & {*AMOUNTS} for pair in pairs)
    return settings and windows


def begins_with_shape(found: list[Item]) -> bool:
    """`[32x32x16] FOO2: ...`: as layers begin, with words after."""
    first = found[0] if found else None
    words = any(isinstance(item, Token) and item.type == "OTHER" for item in found)
    return isinstance(first, BracketShape) and len(first.sizes) > 1 and words


def dims(found: list[Item]) -> BracketShape | None:
    """The first shape without brackets."""
    for item in found:
        if isinstance(item, Token) and item.type == "DIMS":
            return BracketShape(sizes(item), item.start, item.end)
    return None


def lone_shape(found: list[Item]) -> BracketShape | None:
    """The shape of a line, or of a part of one, in which nothing else stands: `[8x8x16]`, `-> 8x8x16`."""
    rest = [item for item in found if not is_a(item, "SEP", "COLON", "ARROW", "BREAK", "OPENING", "CLOSING")]
    if len(rest) != 1:
        return None
    return rest[0] if isinstance(rest[0], BracketShape) else dims(rest)


def is_bare(found: list[Item]) -> bool:
    """Whether there is neither bracket nor arrow: `5x5` below a layer may be its window."""
    return not any(isinstance(item, BracketShape) or is_a(item, "ARROW") for item in found)


def leads(found: list[Item]) -> bool:
    """Whether a line begins with a layer: only shapes, amounts and signs stand before."""
    for item in found:
        if isinstance(item, Head):
            return True
        if isinstance(item, Token) and item.type in ("OTHER", "TOTAL", "ABOUT", "PARAMS", "WEIGHTS"):
            return False
    return False


def speaks_of_output(found: list[Item], heads: list[Head]) -> bool:
    """`CONV gives an output of [19x19]`, `output: [19x19]`: nothing but the shape of the output."""
    if not any(head.kind == "OUTPUT" for head in heads):
        return False
    facts = [item for item in found if not isinstance(item, (Token, Head))]
    amounts = [item for item in found if isinstance(item, Token) and item.type in (*AMOUNTS, *ROLES)]
    shape = any(isinstance(item, BracketShape) for item in facts) or any(item.type == "DIMS" for item in amounts)
    return shape and len(facts) + len(amounts) == 1


def is_layer(found: list[Item]) -> bool:
    """Whether a line that has the name of a layer looks like one, and not like a sentence that mentions it."""
    heads = [item for item in found if isinstance(item, Head)]
    tokens = [item for item in found if isinstance(item, Token)]
    facts = any(isinstance(item, (NamedValue, BracketShape, BracketBlock, Copies)) for item in found)
    facts = facts or any(token.type in ("DIMS", *ROLES) for token in tokens)
    if not leads(found):
        named = any(head.ordinal or head.values or head.kind in LABELS for head in heads)
        said = _says_amounts(found)
        heavy = any(family(head) in HEAVY for head in heads)
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
    """`then a dense layer of size 128`: one layer in a sentence, with a number after it."""
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
            if "DIMS" in pair or (pair & set(ROLES) and pair & set(AMOUNTS)):
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
    return isinstance(item, (NamedValue, BracketShape, BracketBlock, Copies)) or is_a(item, *AMOUNTS)


def is_definite(item: Item | None) -> bool:
    """Whether a word is a definite article."""
    return isinstance(item, Token) and item.text.lower() in _DEFINITE


def _is_definite(before: list[Item]) -> bool:
    """Whether words end in an article, with one word at most after it: `... the last`."""
    words = [item.text.lower() if isinstance(item, Token) else "" for item in before]
    return any(word in _DEFINITE for word in words)
