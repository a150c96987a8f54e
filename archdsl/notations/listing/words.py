"""A line of a listing to the tokens of its grammar; markup and signs that say nothing are ignored."""

from __future__ import annotations

import re
from collections.abc import Collection

from archdsl.notations.listing.spelled import number_of
from archdsl.syntax.tree import Token
from archdsl.typed import Any

KINDS = frozenset(
    [
        "CONV",
        "C_LABEL",
        "MAXPOOL",
        "AVGPOOL",
        "GLOBALAVGPOOL",
        "GLOBALMAXPOOL",
        "POOL",
        "P_LABEL",
        "SUBSAMPLE",
        "S_LABEL",
        "LRN",
        "NORM",
        "BN",
        "FC",
        "F_LABEL",
        "RBF",
        "DROPOUT",
        "SOFTMAX",
        "RELU",
        "TANH",
        "SIGMOID",
        "FLATTEN",
        "INPUT",
        "OUTPUT",
        "INCEPTION",
        "STRANGE",
    ]
)
LIGHT = frozenset(("RELU", "TANH", "SIGMOID", "NORM", "LRN", "BN", "DROPOUT", "SOFTMAX"))  # without figures of its own
LABELS = frozenset(("C_LABEL", "S_LABEL", "P_LABEL", "F_LABEL"))
SETTINGS = frozenset(("STRIDE", "PAD", "GROUPS", "DILATION"))
AMOUNTS = frozenset(("NUMBER", "DIMS", "COUNTED", "ROUNDED", "PERCENT"))
_OF_DIGITS = (*sorted(AMOUNTS), "NTH", "PRODUCT", "BEFORE")  # all that begins with a digit
_BEHIND_KIND = ("ORDINAL", "_TO")  # tokens that stand only after the name of a layer
_LAYER = re.compile(r"\s(?:layer|schicht|couche)\b", re.IGNORECASE)
_OF_NEURONS = re.compile(r"[^\n.;]{0,40}?\b(?:units?|neurons?|nodes?)\b", re.IGNORECASE)
_DIGITS = re.compile("[0-9]+")
_PADDINGS = {"same": "SAME", "valid": "VALID"}
_AROUND = KINDS | AMOUNTS | {"SEP", "OPENING", "CLOSING", "COLON", "ORDINAL"}
_SMALL = {"zero": 0, "one": 1, "eins": 1}  # which are articles elsewhere, and no figures by themselves
_DIMS_AND_NUMBER = {"DIMS", "NUMBER"}


def _any(patterns: dict[str, str]) -> Any:
    """A matcher for the first of several patterns."""
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in patterns.items())).match


class Words:
    """The terminals of `grammars/listing.lark` as one pattern, and two that stand only after a kind."""

    def __init__(self, terminals: Collection[Any]) -> None:
        patterns = {t.name: (t.priority, t.pattern.to_regexp()) for t in terminals}
        order = sorted(patterns, key=lambda name: (-patterns[name][0], name))
        usual = [name for name in order if name not in (*_BEHIND_KIND, "LBLOCK")]
        self.match = _any({name: patterns[name][1] for name in usual})
        self.number = _any({name: patterns[name][1] for name in usual if name in _OF_DIGITS})
        self.ordinal = re.compile(patterns["ORDINAL"][1]).match
        self.to = re.compile(patterns["_TO"][1]).match

    def of(self, text: str, start: int, end: int) -> list[Token]:
        """The tokens of `text[start:end]`."""
        found: list[Token] = []
        at = start
        while at < end:
            first = text[at]
            if first in " \t":  # nothing begins with a blank
                at += 1
                continue
            match = (self.number if "0" <= first <= "9" else self.match)(text, at, end)
            if match is None or match.lastgroup is None or match.end() == at:
                at += 1
                continue
            kind, at = match.lastgroup, match.end()
            if kind == "MARKUP":  # of HTML or LaTeX
                continue
            found.append(Token(kind, match.group(), match.start(), at))
            if kind == "HIDDEN":  # of neurons, where it is not said that it is one of filters
                kind = "FC" if match.group()[0] not in "hH" or _OF_NEURONS.match(text, at, end) else "OTHER"
                found[-1] = found[-1]._replace(type=kind)
            if kind == "BATCHED":
                found[-1:] = _without_batch(found[-1])
            if kind in KINDS:
                at = self._name(text, at, end, found)
            elif kind == "VGGCONV":
                for number in _DIGITS.finditer(text, at, min(at + 12, end)):
                    found.append(Token("NUMBER", number.group(), *number.span()))
                    at = number.end()
                    if found[-2].type == "NUMBER":
                        break
        return found

    def _name(self, text: str, at: int, end: int, found: list[Token]) -> int:
        """What stands after a kind: the rest of its name, and the last of several (`CONV2 ~ 12`)."""
        ordinal = self.ordinal(text, at, end)
        if ordinal is None:
            return at
        found.append(Token("ORDINAL", _LAYER.sub("", ordinal.group()).strip(" _#()\t"), at, ordinal.end()))
        to = self.to(text, ordinal.end(), end)
        if to is None:
            return ordinal.end()
        number = self.match(text, to.end(), end)
        if number is None or number.lastgroup != "NUMBER":
            return ordinal.end()
        found += [Token("_TO", to.group(), ordinal.end(), to.end()), Token("NUMBER", number.group(), *number.span())]
        return number.end()


def _without_batch(word: Token) -> list[Token]:
    """`[-1, 64, 56, 56]` as `[64x56x56]`, and `(None, 28, 28, 1)` as `28x28x1`: one token has the whole place."""
    numbers = _DIGITS.findall(word.text.replace("-1", "", 1))
    size = word._replace(type="DIMS" if len(numbers) > 1 else "NUMBER", text="x".join(numbers))
    if word.text[0] not in "[(":
        return [size]
    return [Token("LSQB", "[", word.start, word.start), size, Token("RSQB", "]", word.end, word.end)]


def settled(words: list[Token]) -> list[Token]:
    """Tokens that every line of the grammar can hold: brackets with partners, settings with their numbers."""
    return _settings(_brackets(_alone(_letters(words))))


def _alone(words: list[Token]) -> list[Token]:
    """`Conv(32, 3x3, relu, same)`: a padding by its word, between signs or figures."""
    if not any(word.type == "OTHER" and word.text.lower() in _PADDINGS for word in words):
        return words
    found = list(words)
    for at, word in enumerate(words):
        if word.type != "OTHER" or word.text.lower() not in _PADDINGS:
            continue
        before, behind = words[at - 1 : at], words[at + 1 : at + 2]
        first = not before or before[0].type in _AROUND
        if first and (not behind or behind[0].type in _AROUND):
            found[at] = word._replace(type=_PADDINGS[word.text.lower()])
    return found


def _letters(words: list[Token]) -> list[Token]:
    """`K=32, F=3` of lectures: K is the number of filters where F is their size."""
    sizes = [word.text for word in words if word.type == "WINDOW"]
    if not {"F", "f"} & set(sizes):
        return words
    return [word._replace(type="FILTERS") if word.type == "WINDOW" and word.text in "Kk" else word for word in words]


def _brackets(words: list[Token]) -> list[Token]:
    """Keep `[55x55x96]` and `[3x3, 64]`; other brackets are prose."""
    found: list[Token] = []
    opened: int | None = None
    for word in words:
        if word.type == "LSQB":
            if opened is not None:
                del found[opened]
            opened = len(found)
        elif word.type == "RSQB":
            if opened is None:
                continue
            inside = found[opened + 1 :]
            kind = _bracket(inside)
            if kind is None:
                del found[opened]
                opened = None
                continue
            found[opened] = found[opened]._replace(type=kind)
            opened = None
        found.append(word)
    if opened is not None:
        del found[opened]
    return found


def _bracket(inside: list[Token]) -> str | None:
    """Whether what stands in a bracket is a shape, a block, or neither."""
    types = [word.type for word in inside if word.type != "COLON"]
    amounts = [kind for kind in types if kind in _DIMS_AND_NUMBER]
    if types and len(types) == 2 * len(amounts) - 1 and set(types[1::2]) <= {"SEP"} and len(set(amounts)) == 1:
        return "LSQB" if amounts[0] == "NUMBER" or len(amounts) == 1 else None
    if inside and inside[0].type in KINDS:  # [CONV 5x5, 6]: a layer in brackets
        return None
    allowed = _DIMS_AND_NUMBER | {"SEP", "BREAK", "CONV"}
    return "LBLOCK" if set(amounts) == _DIMS_AND_NUMBER and set(types) <= allowed else None


def _settings(words: list[Token]) -> list[Token]:
    """`stride of 4`, `stride two`: the setting with its number beside it; one without is reported in the end."""
    found: list[Token] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.type == "TIMES" and (at >= len(words) or words[at].type != "NUMBER"):
            continue
        if word.type == "VGGCONV" and [w.type for w in words[at : at + 2]] != ["NUMBER", "NUMBER"]:
            word = word._replace(type="CONV")
        if word.type not in SETTINGS:
            found.append(word)
            continue
        number = _number_behind(words, at)
        if number is not None:
            found += [word, figure_of(words[number]) or words[number]]
            at = number + 1
        elif found and (found[-1].type in _DIMS_AND_NUMBER or figure_of(found[-1]) is not None):  # 2 groups
            found[-1:] = [word, figure_of(found[-1]) or found[-1]]
        else:
            found.append(word._replace(type="STRIDED" if word.type in ("STRIDE", "PAD") else "OTHER"))
    return found


def _number_behind(words: list[Token], at: int) -> int | None:
    """Where the number of a setting stands: next, or after a colon, a bracket or one short word (`stride of 4`)."""
    for number in range(at, min(at + 4, len(words))):
        if words[number].type in _DIMS_AND_NUMBER or figure_of(words[number]) is not None:
            return number
        if words[number].type not in ("COLON", "OPENING", "OTHER"):
            return None
    return None


def figure_of(item: object) -> Token | None:
    """An integer in figures or in words, as a figure."""
    if not isinstance(item, Token):
        return None
    if item.type == "OTHER" and (spelled := _SMALL.get(item.text.lower(), number_of(item.text))) is not None:
        return item._replace(type="NUMBER", text=str(spelled))
    return item if item.type == "NUMBER" and item.text.isdigit() else None
