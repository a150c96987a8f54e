"""The values of a line whose kind is known, in the words of that kind: other libraries' names, orders and habits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdsl.diagnostics import nearest as near
from archdsl.expressions.signature import Signature, of_kind
from archdsl.layers import Layer, lookup
from archdsl.notations.calls.arguments import attribute_by
from archdsl.notations.calls.axes import axis_word
from archdsl.notations.calls.draft import LineContext, Unwritable
from archdsl.typed import NamedTuple
from archdsl.vocabulary import known
from archdsl.vocabulary.arguments import FROM_INPUT, IGNORED, IGNORED_ENDS
from archdsl.vocabulary.keras import ACTIVATIONS

_YES_NO = {"true": "yes", "false": "no", "on": "yes", "off": "no"}
_NUMBER = re.compile(r"\d[\dx×.e-]*|\?")
_SIZES = re.compile(r"[(\[]\s*(\d+(?:\s*,\s*\d+)+)\s*,?\s*[)\]]")
_NOTHING = ("valid", "none", "null")  # words for a padding or an activation that is none


class RespelledHead(NamedTuple):
    """A kind with its values, lines that stand after it, and the repeat that stood among the values."""

    words: tuple[str, ...]
    behind: tuple[str, ...] = ()
    repeat: str = ""


class _WordReader:
    """Goes through the words of a line, and keeps what each of them is here."""

    def __init__(self, kind: type[Layer], words: tuple[str, ...], around: LineContext) -> None:
        self.kind, self.around = kind, around
        self.signature: Signature = of_kind(kind)
        self.rest = list(words)
        self.words: list[str] = []
        self.behind: list[str] = []
        self.repeat = ""
        self._given: dict[str, str] = {}  # what the values so far give

    def run(self) -> RespelledHead:
        while self.rest:
            word = self.rest.pop(0)
            found = self._word(word)
            if found and not self._is_again(found):
                self.words.append(found)
        return RespelledHead((self.kind.name, *self.words), tuple(self.behind), self.repeat)

    def _is_again(self, word: str) -> bool:
        """Whether a value says once more what another has said: `3x3 kernel_size=3`."""
        name, equal, value = word.partition("=")
        short = re.fullmatch(r"([a-z])(\d[\dx]*)", word)
        slot = self.signature.names.get(name) if equal else self.signature.letters.get(short[1]) if short else None
        positions = self.signature.positions
        if slot is None and not equal and _NUMBER.fullmatch(word) and len(self.words) < len(positions):
            slot = positions[len(self.words)]
        if slot is None:
            return False
        value = value if equal else short[2] if short else word
        known = self._given.get(slot.name)
        self._given[slot.name] = value
        return known is not None and (known == value or len({*known.split("x"), *value.split("x")}) == 1)

    def _word(self, word: str) -> str:
        name, equal, value = word.partition("=")
        if not equal and word.endswith(":") and self.rest:  # `stride: 2`
            name, equal, value = word[:-1], "=", self.rest.pop(0)
        if equal and re.fullmatch(r"\w+", name) and value:
            return self._named(name, value)
        return self._plain(word)

    def _named(self, name: str, value: str) -> str:
        """`strides=2`, `padding="same"`, `use_bias=False`, `activation=relu`."""
        if name.lower() in ("activation", "act", "nonlinearity") and name not in self.signature.names:
            self._activation(value.strip("\"'"))
            return ""
        if name.lower() in ("repeat", "repeats", "times") and value.isdigit():
            self.repeat = f"x{value}"
            return ""
        if name.lower() in ("keep_prob", "keep") and "p" in self.signature.names and re.fullmatch(r"[01]?\.\d+", value):
            return f"{1 - float(value):.6g}"
        own = name in self.signature.names or name in self.signature.letters
        attribute = name if own else None
        attribute = attribute or attribute_by(self.kind, name) or attribute_by(self.kind, name.lower())
        attribute = attribute or near(name, list(self.signature.names))
        slot = self.signature.names.get(attribute or "") or self.signature.letters.get(attribute or "")
        if slot is None and self.signature.gathering is not None:
            return f"{name}={value}"
        if slot is None and value.lower() in ("true", "yes", "1") and self._is_layer(name):  # `bn=True`
            self.behind.append(self._layer(name, ()))
            return ""
        if slot is None:
            self._nothing(name, value)
            return ""
        written = self._value(value, slot.choices)
        if slot.switch and written in ("yes", "no"):
            return slot.name if written == "yes" else f"no{slot.name}"
        if slot.name == "pad" and written in _NOTHING:
            return ""
        if slot.name == "axis" and re.fullmatch(r"-?\d+", written):
            return self._axis(int(written), name)
        if own:
            return f"{attribute}={written}"
        positions = [one.name for one in self.signature.positions]
        if slot.name in positions and positions.index(slot.name) == len(self.words):
            return written
        return f"{slot.short}{written}" if slot.short and _NUMBER.fullmatch(written) else f"{slot.name}={written}"

    def _axis(self, number: int, name: str) -> str:
        """An axis by its word; where PyTorch and Keras count otherwise, a number says too little."""
        shape = self.around.shape
        words = {axis_word(number, shape, last=last) for last in (False, True)}
        if shape is None or len(words) > 1 or None in words:
            raise Unwritable("axes have names here, as in axis=channels: their numbers differ between frameworks")
        word = words.pop()
        return "" if word == "channels" else f"axis={word}"

    def _nothing(self, name: str, value: str) -> None:
        """What the line need not say; raises Unwritable for what it cannot."""
        if name in FROM_INPUT:
            channels = self.around.channels
            if value.isdigit() and channels is not None and int(value) != channels:
                raise Unwritable(f"{name}={value} is given, and the input has {channels} channels")
            return
        if name in IGNORED or name.endswith(IGNORED_ENDS) or self._value(value, ()).lower() in _NOTHING:
            return
        raise Unwritable("")

    def _activation(self, value: str) -> None:
        word = self._value(value, ()).rpartition(".")[2].lower()
        if word in _NOTHING:
            return
        kind = ACTIVATIONS.get(word)
        if kind is None and lookup(word) is None:
            raise Unwritable("")
        self.behind.append(word.upper() if kind is None else kind)

    def _value(self, value: str, choices: tuple[str, ...]) -> str:
        """A value in the words of the language."""
        bare = value.strip("\"'")
        if value[:1] in "\"'" and (choices or value[:1] == "'" or _NUMBER.fullmatch(bare)):
            value = bare
        sizes = _SIZES.fullmatch(value)
        if sizes:
            return "x".join(re.findall(r"\d+", sizes[1]))
        lower = value.lower()
        if lower in _YES_NO:
            return _YES_NO[lower]
        if choices and value not in choices:
            return lower if lower in choices else near(lower, list(choices)) or value
        return value

    def _plain(self, word: str) -> str:
        signature, following = self.signature, self.rest[0] if self.rest else ""
        bare = word.strip("\"'")
        lower = bare.lower()
        if word in signature.switches or word in signature.choices or word in self.around.names:
            return word
        if lower in ("x", "×") and re.fullmatch(r"\d+", following):
            self.repeat = f"x{self.rest.pop(0)}"
            return ""
        if re.fullmatch(r"[xX]\d+", word) and not self.rest:
            self.repeat = word.lower()
            return ""
        if lower in ("no", "without") and f"no{following.lower()}" in signature.switches:
            return f"no{self.rest.pop(0).lower()}"
        named = re.fullmatch(r"[A-Za-z_]\w*", lower)
        if named and _NUMBER.fullmatch(following):
            if lower in signature.letters:
                return f"{lower}{self.rest.pop(0)}"
            if self._slot(lower) is not None:
                return self._named(lower, self.rest.pop(0))
        if lower in signature.choices:
            return lower
        short = re.fullmatch(r"([A-Za-z])(\d[\dx×]*)", word)
        if short and short[1].lower() in signature.letters:
            return lower
        if lower in _NOTHING:
            return ""
        if named and self._is_layer(bare):
            words, self.rest = tuple(self.rest), []
            self.behind.append(self._layer(bare, words))
            return ""
        flat = lower.replace("_", "").replace("-", "")
        if flat in signature.switches:
            return flat
        if named and not re.fullmatch(r"in|yes|no", word):
            close = near(flat, [*signature.switches, *signature.choices])
            return close or self._value(word, ())
        return self._value(word, ())

    def _slot(self, name: str) -> str | None:
        return name if name in self.signature.names else attribute_by(self.kind, name)

    def _is_layer(self, word: str) -> bool:
        row = known(word) if len(word) > 2 or word.isupper() else None
        return lookup(word) is not None or word in self.around.kinds or (row is not None and bool(row.kind))

    def _layer(self, word: str, words: tuple[str, ...]) -> str:
        """The line of another layer that stands among the values, with all that stands after it."""
        row = known(word)
        kind = word if word in self.around.kinds else word.upper()
        if lookup(kind) is None and row is not None and row.kind:
            kind = row.kind
        found = lookup(kind)
        if found is None:
            return " ".join([kind, *words])
        inner = _WordReader(found, words, self.around).run()
        self.repeat = self.repeat or inner.repeat
        return "; ".join([" ".join(inner.words), *inner.behind])


def heads(kind: type[Layer], words: tuple[str, ...], around: LineContext) -> Iterator[RespelledHead]:
    """A line in the words of its kind, and in other orders of its values; raises Unwritable with a reason."""
    found = _WordReader(kind, words, around).run()
    yield found
    for other in _orders(kind, found, around):
        yield found._replace(words=other)


def _orders(kind: type[Layer], head: RespelledHead, around: LineContext) -> Iterator[tuple[str, ...]]:
    """Values in other orders: the window before the channels, the incoming channels first or last, a stride after."""
    name, *words = head.words
    plain = [at for at, word in enumerate(words) if _NUMBER.fullmatch(word)]
    names = list(kind.attributes)
    if len(plain) > 1 and names[:2] == ["out", "kernel"] and "x" in words[plain[0]] and words[plain[1]].isdigit():
        first, second = plain[:2]
        words[first], words[second] = words[second], words[first]
        yield (name, *words)
        return
    came = {str(around.channels)} if around.channels is not None else set()
    if around.shape is not None and name == "FC":
        came.add(str(around.shape.elements))
    most = sum(slot.positional for slot in of_kind(kind).slots)
    if plain and len(plain) > most and words[plain[0]] in came:  # the incoming channels first, as PyTorch has them
        yield (name, *words[: plain[0]], *words[plain[0] + 1 :])
    elif name == "GN" and len(plain) == 2 and words[plain[1]] in came:
        yield (name, *words[: plain[1]], *words[plain[1] + 1 :])
    if len(plain) == 3 and names[:2] == ["out", "kernel"] and words[plain[0]] not in came:
        height, width = words[plain[1]], words[plain[2]]
        if height.isdigit() and width.isdigit() and plain[2] == plain[1] + 1:
            yield (name, *words[: plain[1]], f"{height}x{width}", *words[plain[2] + 1 :])
    if len(plain) == 2 and "stride" in kind.attributes and "out" not in kind.attributes and "x" not in words[plain[1]]:
        words[plain[1]] = f"s{words[plain[1]]}"
        yield (name, *words)
