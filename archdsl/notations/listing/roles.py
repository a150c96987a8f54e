"""What the amounts of a line mean, from their neighbours: `96 11x11 filters` are 96 filters with windows of 11x11."""

from __future__ import annotations

from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.line import BracketBlock, BracketShape, Copies, Head, Item, NamedValue, is_a, sizes
from archdsl.notations.listing.spelled import number_of
from archdsl.notations.listing.trade import is_structure
from archdsl.notations.listing.words import AMOUNTS
from archdsl.syntax.tree import Token

SWITCHES = {"SAME": "same", "VALID": "valid", "CEIL": "ceil", "NOBIAS": "nobias"}
_COUNTS = ("FILTERS", "MAPS", "NEURONS", "CLASSES")
_FIGURES = {"PARAMS": "params", "WEIGHTS": "weights"}
_PASSED = ("OTHER", "COLON", "NTH", "MEMORY", "PRODUCT")
_ONE_WINDOW = ("kernel", "kern", "커널", "カーネル")  # `kernel 3` is its size, `kernels: 96` are many


_BESIDE_RESULT = ("NUMBER", "COUNTED", "NEURONS", "CLASSES", "OPENING", "CLOSING", "COLON", "SEP", "OTHER")
_APART = ("", "SEP", "OPENING", "CLOSING", "COLON")  # after these, something else begins


def take(entry: ListedLayer, items: list[Item]) -> None:
    """Give an entry what a clause says of it; amounts without a meaning become `entry.loose`."""
    row: list[Token] = []
    for item in items:
        match item:
            case NamedValue():
                _setting(entry, item)
                row.append(Token("SEP", "", item.start, item.end))
            case BracketShape():
                entry.shapes.append(item)
                row.append(Token("SEP", "", item.start, item.end))
            case BracketBlock():
                entry.blocks.append(item)
            case Copies():
                entry.give("copies", item.number)
            case Head():
                row.append(Token("OTHER", "", item.start, item.end))
            case Token():
                if item.type in SWITCHES:
                    entry.switches.setdefault(SWITCHES[item.type], item)
                elif item.type == "STRIDED":
                    entry.vague.append(item)
                else:
                    row.append(item)
    _amounts(entry, row)
    entry.forget_told_again()


def take_result(entry: ListedLayer, items: list[Item]) -> None:
    """What stands after an arrow: `-> 55x55x96`, `-> 10`; a figure with a word (`-> 96 filters`) as elsewhere."""
    numbers = [item for item in items if is_a(item, "NUMBER", "COUNTED")]
    others = [item for item in items if not is_a(item, *_BESIDE_RESULT)]
    if any(isinstance(item, NamedValue) or is_a(item, "FILTERS", "WINDOW", "MAPS", "AT") for item in items):
        take(entry, items)
    elif len(numbers) == 1 and not others and entry.family == "dense":
        entry.results += numbers  # type: ignore[arg-type]
    elif len(numbers) > 1 and items[0] is numbers[0] and _is_figure_alone(items[1:]):
        take_result(entry, items[:1])
        take(entry, items[1:])
    elif len(numbers) == 1 and not others:
        entry.shapes.append(_shape(numbers[0]))
    else:
        take(entry, [_shape(item) if is_a(item, "DIMS") else item for item in items])


def _is_figure_alone(items: list[Item]) -> bool:
    """`, 36010 parameters` after a result: one count and its word."""
    amounts = [item for item in items if is_a(item, *AMOUNTS)]
    return len(amounts) == 1 and is_a(items[0], "SEP", "OPENING") and any(is_a(item, *_FIGURES) for item in items)


def _shape(item: Item) -> BracketShape:
    assert isinstance(item, Token)
    return BracketShape(sizes(item), item.start, item.end)


def _setting(entry: ListedLayer, item: NamedValue) -> None:
    if entry.kind == "DROPOUT" and item.name == "pad":  # p=0.5
        entry.give("rate", item.value)
    else:
        entry.give(item.name, item.value)


def _amounts(entry: ListedLayer, row: list[Token]) -> None:
    """Each amount with the words beside it."""
    _unknown_letters(entry, row)
    entry.structure += [word for word in row if word.type == "OTHER" and is_structure(word.text)]
    entry.words += [word for word in row if word.type == "OTHER" and word.text]
    entry.spelled += [word for word in row if word.type == "OTHER" and number_of(word.text) is not None]
    row = [word for word, before in zip(row, [None, *row], strict=False) if _says(word, before)]
    used: set[int] = set()
    for rule in (_stride, _reads, _maps, _filters, _counted, _figure):
        for at in range(len(row)):
            if at not in used:
                used |= rule(entry, row, at, used)
    for at, word in enumerate(row):
        if at not in used and word.type in AMOUNTS:
            _bare(entry, word)


def _unknown_letters(entry: ListedLayer, row: list[Token]) -> None:
    """`q=3`: what an unknown word gives is not clear, and must not be taken for anything else."""
    for at in range(len(row) - 2, 0, -1):
        word, sign, number = row[at - 1], row[at], row[at + 1]
        if sign.text == "=" and word.type == "OTHER" and word.text and number.type in AMOUNTS:
            entry.loose.append(number)
            row[at + 1] = number._replace(type="SEP", text="")


def _says(word: Token, before: Token | None) -> bool:
    """Whether a word counts: not a plain one, and a colon only where it parts a number from what follows (`1: 5x5`)."""
    return word.type not in _PASSED or (word.type == "COLON" and before is not None and before.type in AMOUNTS)


def _type(row: list[Token], at: int, used: set[int]) -> str:
    return row[at].type if 0 <= at < len(row) and at not in used else ""


def _stride(entry: ListedLayer, row: list[Token], at: int, used: set[int]) -> set[int]:
    """`7x7/2`, `64, /2`, `stride 2` in a column."""
    if row[at].type == "SEP" and row[at].text == "/" and _type(row, at + 1, used) == "NUMBER":
        entry.give("stride", row[at + 1])
        return {at, at + 1}
    return set()


def _reads(entry: ListedLayer, row: list[Token], at: int, used: set[int]) -> set[int]:
    """`in_channels=3`: the input."""
    if row[at].type != "READS" or _type(row, at + 1, used) not in ("NUMBER", "COUNTED"):
        return set()
    entry.give("reads", row[at + 1])
    return {at, at + 1}


def _maps(entry: ListedLayer, row: list[Token], at: int, used: set[int]) -> set[int]:
    """`6 feature maps of 28x28`, `6@28x28`: channels, and the size that comes out."""
    if row[at].type not in ("NUMBER", "COUNTED") or _type(row, at + 1, used) not in ("MAPS", "AT"):
        return set()
    entry.give("count", row[at])
    if _type(row, at + 2, used) != "DIMS" or _type(row, at + 3, used) in ("FILTERS", "WINDOW"):
        return {at, at + 1}
    size = row[at + 2]
    numbers = sizes(size)
    entry.shapes.append(
        BracketShape((*numbers, *sizes(row[at])) if len(numbers) == 2 else numbers, size.start, size.end)
    )
    return {at, at + 1, at + 2}


def _filters(entry: ListedLayer, row: list[Token], at: int, used: set[int]) -> set[int]:
    """`96 11x11 filters`, `11x11 filters 96`, `96 filters of 11x11`, `kernel size 3`."""
    types = [_type(row, at + n, used) for n in range(3)]
    match types:
        case ["NUMBER" | "COUNTED", "DIMS", *_]:
            entry.give("count", row[at])
            entry.give("window", row[at + 1])
            return {at, at + 1, at + 2} if types[2] in ("FILTERS", "WINDOW") else {at, at + 1}
        case ["DIMS", "FILTERS" | "WINDOW", "NUMBER"]:
            entry.give("window", row[at])
            entry.give("count", row[at + 2])
            return {at, at + 1, at + 2}
        case ["DIMS", "FILTERS" | "WINDOW", _]:
            entry.give("window", row[at])
            return {at, at + 1}
        case ["FILTERS", "NUMBER", _] if row[at].text.lower() in _ONE_WINDOW and _type(row, at - 1, used) in _APART:
            entry.give("window", row[at + 1])
            return {at, at + 1}
        case ["NUMBER", "FILTERS", "DIMS"]:
            entry.give("count", row[at])
            entry.give("window", row[at + 2])
            return {at, at + 1, at + 2}
        case ["WINDOW", "NUMBER", "FILTERS"] if row[at].text in "kK":  # k = 192 filters
            entry.give("count", row[at + 1])
            return {at, at + 1, at + 2}
        case ["WINDOW", "DIMS" | "NUMBER", _] | ["FILTERS", "DIMS", _]:
            entry.give("window", row[at + 1])
            return {at, at + 1}
    return set()


def _counted(entry: ListedLayer, row: list[Token], at: int, used: set[int]) -> set[int]:
    """`4096 neurons`, `filters: 64`, `1000 neurons (class scores)`."""
    types = [_type(row, at + n, used) for n in range(2)]
    if types[0] in ("NUMBER", "COUNTED") and types[1] in _COUNTS:
        entry.give("count", row[at])
        return {at, at + 1}
    if types[0] in _COUNTS and types[1] in ("NUMBER", "COUNTED"):
        if _type(row, at + 2, used) in _COUNTS + tuple(_FIGURES):
            return {at}
        entry.give("count", row[at + 1])
        return {at, at + 1}
    return set()


def _figure(entry: ListedLayer, row: list[Token], at: int, used: set[int]) -> set[int]:
    """`156 parameters`, `params: 156`."""
    if row[at].type not in _FIGURES:
        return set()
    for beside in (at - 1, at + 1):
        if _type(row, beside, used) in ("NUMBER", "COUNTED", "ROUNDED"):
            entry.give(_FIGURES[row[at].type], row[beside])
            return {at, beside}
    return set()


def _bare(entry: ListedLayer, word: Token) -> None:
    """An amount with no word beside it means what the layer still lacks."""
    facts, family, numbers = entry.facts, entry.family, sizes(word)
    if word.type == "DIMS":
        if len(numbers) == 2 and "window" not in facts and family in ("conv", "pool"):
            facts["window"] = facts["bare"] = word
        elif len(numbers) == 3 and family == "conv" and not {"window", "volume"} & set(facts):
            facts["volume"] = word
        elif len(numbers) < 4:
            entry.shapes.append(BracketShape(numbers, word.start, word.end))
        elif len(numbers) == 4 and family == "conv" and not {"window", "count"} & set(facts):  # 5x5x3x6
            facts["window"] = word._replace(text="x".join(numbers[:3]))
            facts["count"] = word._replace(type="NUMBER", text=numbers[3])
        else:
            entry.loose.append(word)
    elif entry.kind == "DROPOUT" and word.type in ("NUMBER", "PERCENT"):
        entry.give("rate", word)
    elif word.type in ("NUMBER", "COUNTED") and family in ("conv", "dense", "SOFTMAX") and "count" not in facts:
        facts["count"] = entry.bare = word
    elif word.type == "NUMBER" and family == "pool" and "window" not in facts:
        facts["window"] = word
    elif word.type == "NUMBER" and entry.kind in ("NORM", "LRN"):
        entry.give("size", word)
    else:
        entry.loose.append(word)
