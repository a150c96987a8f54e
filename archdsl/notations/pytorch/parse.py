"""`Name(arguments)` as Python and printed models write it, read without running anything."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdsl.diagnostics import Span
from archdsl.typed import Any, NamedTuple

_TOKEN = re.compile(
    r"(?P<blank>[ \t\r\n]+|#[^\n]*|\\\n)"
    r"|\((?P<label>[A-Za-z0-9_.]+)(?:-(?P<last>[0-9]+))?\):[ \t]*(?:(?P<times>[0-9]{1,6})[ \t]+x[ \t]+)?"
    r"|(?P<number>(?:[0-9][0-9_]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<text>'[^'\n]*'|\"[^\"\n]*\")"
    r"|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<sign>\*\*|//|[-+*/%(),=:\[\]{}])"
)
_WORDS = {"True": True, "False": False, "None": None}
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_DEEPEST = 32
_MOST_DIGITS = 18
_LARGEST = 10**_MOST_DIGITS


class Unreadable(Exception):
    """Python that is no module with values: what stands in the way, and where."""

    def __init__(self, message: str, at: Span) -> None:
        super().__init__(message)
        self.message, self.at = message, at


class UnknownValue(NamedTuple):
    """A value that only running the code would tell: a name, a call, an expression of them."""

    text: str


class ArgumentValue(NamedTuple):
    """An argument: a number, a text, a truth value, a tuple, a Call, or Unknown."""

    value: Any
    start: int
    end: int


class ModuleCall(NamedTuple):
    """`(conv1): Conv2d(3, 64, kernel_size=(7, 7))`: `label` is its name in a printed model, `inside` what it holds."""

    name: str
    positional: tuple[ArgumentValue, ...]
    keywords: dict[str, ArgumentValue]
    inside: tuple[ModuleCall, ...]
    label: str
    times: int  # equal ones: (0-11): 12 x BertLayer
    start: int
    end: int
    head: int  # the end of the name

    @property
    def place(self) -> Span:
        """The name with its label."""
        return Span(self.start, self.head)

    @property
    def plain(self) -> str:
        """The name without the package before it."""
        return self.name.rpartition(".")[2]


class _Frame:
    """An open bracket: of a call, of a list or of an expression."""

    def __init__(self, opening: str, call: tuple[str, int, int] | None, start: int, label: tuple[str, int]) -> None:
        self.opening, self.call, self.start, self.label = opening, call, start, label
        self.items: list[ArgumentValue] = []
        self.keywords: dict[str, ArgumentValue] = {}
        self.inside: list[ModuleCall] = []
        self.keyword: str | None = None
        self.parts: list[Any] = []  # of the item that is open: values and signs in turn
        self.commas = 0


def tokens(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The tokens of Python in a part of a text, blanks and comments left out; raises Unreadable."""
    at = start
    while at < end:
        match = _TOKEN.match(text, at, end)
        if match is None:
            raise Unreadable(f"{text[at]!r} is not allowed in a module", Span(at, at + 1))
        at = match.end()
        if match["blank"] is None:
            yield match


def parse(text: str, start: int, end: int) -> ModuleCall:
    """Read the call that begins at `start`, with its label; it may end on a later line. Raises Unreadable."""
    return _Parser(text, start).read(tokens(text, start, end))


class _Parser:
    """Reads one call with a stack of its own: nesting costs no recursion."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = start
        self.frames: list[_Frame] = []
        self.label: tuple[str, int, int] | None = None  # label, copies, place
        self.name: re.Match[str] | None = None  # a name that a bracket may follow

    def read(self, found: Iterator[re.Match[str]]) -> ModuleCall:
        for token in found:
            done = self._token(token)
            if done is not None:
                return done
        raise Unreadable("an unmatched bracket", Span(self.start, self.start + 1))

    def _token(self, token: re.Match[str]) -> ModuleCall | None:
        at = Span(*token.span())
        if self.name is not None and token["sign"] != "(":
            self._value(self._named(self.name), Span(*self.name.span()))
        name, self.name = self.name, None
        if token["label"] is not None:
            self._item(token.start())
            times = int(token["times"] or 1)
            self.label = (token["label"], times, token.start())
        elif token["name"] is not None:
            self.name = token
        elif token["number"] is not None:
            self._value(_number(token["number"], at), at)
        elif token["text"] is not None:
            self._value(token["text"][1:-1], at)
        else:
            return self._sign(token["sign"], at, name)
        return None

    def _named(self, name: re.Match[str]) -> Any:
        text = name.group()
        return _WORDS[text] if text in _WORDS else UnknownValue(text)

    def _sign(self, sign: str, at: Span, name: re.Match[str] | None) -> ModuleCall | None:
        if sign in _CLOSING:
            self._open(sign, at, name)
        elif sign in (")", "]", "}"):
            return self._close(sign, at)
        elif not self.frames:
            raise Unreadable(f"{sign!r} is not allowed here", at)
        elif sign == ",":
            self._item(at.start)
            self.frames[-1].commas += 1
        elif sign == "=":
            self._keyword(at)
        else:
            self.frames[-1].parts.append(sign)
        return None

    def _open(self, sign: str, at: Span, name: re.Match[str] | None) -> None:
        if len(self.frames) >= _DEEPEST:
            raise Unreadable("brackets nested too deeply", at)
        call = (name.group(), *name.span()) if name is not None else None
        if call is None and not self.frames:
            raise Unreadable("a bracket without the name of a module", at)
        label, times, start = self.label if self.label is not None and call is not None else ("", 1, at.start)
        if call is not None:
            start = min(start, call[1])
        self.frames.append(_Frame(sign, call, start, (label, times)))
        self.label = None

    def _close(self, sign: str, at: Span) -> ModuleCall | None:
        if not self.frames or _CLOSING[self.frames[-1].opening] != sign:
            raise Unreadable(f"an unmatched {sign!r}", at)
        self._item(at.start)
        frame = self.frames.pop()
        made = self._made(frame, at.end)
        if not self.frames:
            if isinstance(made, ModuleCall):
                return made
            raise Unreadable("no module", Span(frame.start, at.end))
        if isinstance(made, ModuleCall) and frame.label[0]:
            self.frames[-1].inside.append(made)
        else:
            self._value(made, Span(frame.start, at.end))
        return None

    def _made(self, frame: _Frame, end: int) -> Any:
        if frame.call is not None:
            name, _, head = frame.call
            label, times = frame.label
            items = tuple(frame.items)
            return ModuleCall(name, items, frame.keywords, tuple(frame.inside), label, times, frame.start, end, head)
        if frame.opening == "{" or frame.keywords:
            raise Unreadable("a dictionary", Span(frame.start, end))
        if frame.opening == "(" and len(frame.items) == 1 and not frame.commas:
            return frame.items[0].value
        return tuple(item.value for item in frame.items)

    def _keyword(self, at: Span) -> None:
        frame = self.frames[-1]
        if frame.call is None or len(frame.parts) != 1 or not isinstance(frame.parts[0], ArgumentValue):
            raise Unreadable("'=' is not allowed here", at)
        (word,) = frame.parts
        if not isinstance(word.value, UnknownValue) or frame.keyword is not None:
            raise Unreadable("'=' is not allowed here", at)
        frame.keyword, frame.parts = word.value.text, []

    def _value(self, value: Any, at: Span) -> None:
        if not self.frames:
            raise Unreadable("a value outside a module", at)
        parts = self.frames[-1].parts
        if parts and isinstance(parts[-1], ArgumentValue):
            raise Unreadable("two values without a comma between them", at)
        parts.append(ArgumentValue(value, at.start, at.end))

    def _item(self, end: int) -> None:
        """The item of a bracket is whole."""
        frame = self.frames[-1] if self.frames else None
        if frame is None or (not frame.parts and frame.keyword is None):
            return
        if not frame.parts:
            raise Unreadable(f"{frame.keyword}= without a value", Span(end, end + 1))
        value = _evaluated(frame.parts, self.text)
        if frame.keyword is None:
            frame.items.append(value)
        elif frame.keyword in frame.keywords:
            raise Unreadable(f"{frame.keyword} is given twice", Span(value.start, value.end))
        else:
            frame.keywords[frame.keyword] = value
        frame.keyword, frame.parts = None, []


def _number(text: str, at: Span) -> Any:
    plain = text.replace("_", "")
    if plain.isdigit():
        if len(plain) > _MOST_DIGITS:
            raise Unreadable(f"a number of {len(plain)} digits", at)
        return int(plain)
    return float(plain)


def _evaluated(parts: list[Any], text: str) -> ArgumentValue:
    """The value of an expression: sums of products, from the left; raises Unreadable."""
    places = [part for part in parts if isinstance(part, ArgumentValue)]
    at = Span(places[0].start, places[-1].end) if places else Span(0, 0)
    if not places:
        raise Unreadable("a value is missing", at)
    if len(parts) == 1:
        return places[0]
    if any(isinstance(part.value, (UnknownValue, ModuleCall, str)) or part.value is None for part in places):
        return ArgumentValue(UnknownValue(" ".join(text[at.start : at.end].split())), *at)
    total = _sum(parts, at)
    return ArgumentValue(total, *at)


def _sum(parts: list[Any], at: Span) -> Any:
    """`16 * 30 * 30`, `3 + 2 * 4`, `-1`, `2 ** 5`, by Python's precedence."""
    values: list[Any] = []
    signs: list[str] = []
    expected = True
    for part in parts:
        if isinstance(part, ArgumentValue):
            values.append(part.value)
            while signs and signs[-1] == "neg":
                signs.pop()
                values.append(_applied("neg", 0, values.pop(), at))
            expected = False
        elif expected and part in ("-", "+"):
            signs += ["neg"] if part == "-" else []
        elif expected or part not in _PRECEDENCE:
            raise Unreadable(f"{part!r} is not allowed here", at)
        else:
            while signs and _PRECEDENCE[signs[-1]] >= _PRECEDENCE[part] and part != "**":
                _reduce(values, signs, at)
            signs.append(part)
            expected = True
    if expected:
        raise Unreadable("an incomplete expression", at)
    while signs:
        _reduce(values, signs, at)
    return values[0]


_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "**": 3}


def _reduce(values: list[Any], signs: list[str], at: Span) -> None:
    right, left = values.pop(), values.pop()
    values.append(_applied(signs.pop(), left, right, at))


def _applied(sign: str, left: Any, right: Any, at: Span) -> Any:
    """A sum, product or power of two numbers, as Python has it, as long as it stays within any tensor."""
    if any(isinstance(side, (tuple, bool)) for side in (left, right)):
        raise Unreadable("only sums and products of numbers can be read", at)
    if sign in ("/", "//", "%") and right == 0:
        raise Unreadable("division by 0", at)
    if sign == "**" and not (isinstance(right, int) and 0 <= right <= 64 and abs(left) <= 1024):
        raise Unreadable("a power larger than any size", at)
    found = {
        "neg": lambda: -right,
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
        "//": lambda: left // right,
        "%": lambda: left % right,
        "**": lambda: left**right,
    }[sign]()
    if abs(found) >= _LARGEST:
        raise Unreadable("a number larger than any size", at)
    return found
