"""Where in a text modules of PyTorch stand: lines of code, `nn.Sequential(...)` and printed models."""

from __future__ import annotations

import re
from bisect import bisect_right

from archdsl.diagnostics import Span
from archdsl.notations.pytorch.parse import ArgumentValue, ModuleCall, UnknownValue, Unreadable, parse
from archdsl.typed import NamedTuple
from archdsl.vocabulary import exact
from archdsl.vocabulary.keras import ACTIVATIONS

_START = re.compile(
    r"^[ \t]*(?:[-*+•>][ \t]+|[0-9]{1,3}[.)][ \t]+)?`{0,3}"
    r"(?:(?:self\.)?(?P<target>[A-Za-z_]\w*)[ \t]*=[ \t]*(?!=))?"
    r"(?P<label>\([A-Za-z0-9_.]+(?:-[0-9]+)?\):[ \t]*(?:[0-9]{1,6} x )?)?"
    r"(?P<name>(?:[A-Za-z_]\w*\.)*[A-Z]\w*)\((?P<open>[ \t\r]*$)?",
    re.MULTILINE,
)
_BEHIND = re.compile(r"[ \t]*(?:,|;|->|→|=>|>|\+)?[ \t]*(?P<name>(?:[A-Za-z_]\w*\.)*[A-Z]\w*)\(")
_KERAS_LINE = re.compile(
    r"^[ \t]*(?:[-*+•>][ \t]+|[0-9]{1,3}[.)][ \t]+)?`{0,3}(?:(?P<target>[A-Za-z_]\w*)[ \t]*=[ \t]*(?!=))?"
    r"(?P<add>[A-Za-z_]\w*\.add\([ \t\r\n]*)?(?P<name>(?:[A-Za-z_]\w*\.)*[A-Z]\w*)\(",
    re.MULTILINE,
)
_MOST_LOOKED_AT = 1_000  # modules in which the first number of channels is looked for
_ON = re.compile(r"[ \t]*\([ \t]*(?P<on>[A-Za-z_]\w*|\[[^\]\n]*\])[ \t]*\)")
_CLOSED = re.compile(r"[ \t\r\n]*\)")
_END = re.compile(r"[ \t]*[,;]?[ \t`]*(?:#[^\n]*)?\r?$", re.MULTILINE)
_INSIDE = re.compile(r"\s*\([A-Za-z0-9_.]+(?:-[0-9]+)?\):[ \t]")
_CODE = re.compile(
    r"^[ \t]*(?:class[ \t]+\w+[ \t]*\([\w., \t]*Module\)|def[ \t]+(?:forward|__init__)[ \t]*\(|super\(.*\)\.__init__"
    r"|\w+[ \t]*=[ \t]*(?:F|torch|self)\.\w+\(|return[ \t]+(?:F|torch|self)\.)",
    re.MULTILINE,
)
_KERAS = re.compile(
    r"\b(?:Dense|(?:Separable|Depthwise)?Conv[123]D(?:Transpose)?|(?:Global)?(?:Max|Average)Pool(?:ing)?[123]D"
    r"|(?:Batch|Layer|Group)Normalization|InputLayer|UpSampling[123]D|ZeroPadding[123]D|Cropping[123]D"
    r"|SpatialDropout[123]D|SimpleRNN|MultiHeadAttention|TimeDistributed|Bidirectional|Gaussian(?:Noise|Dropout))\("
    r"|\bkeras\b|\btf\.|\blayers\.[A-Z]\w*\(|\.add\("
)


class Program(NamedTuple):
    """A module with its place in the text, and the name that it is assigned to; or why it cannot be read."""

    start: int
    end: int
    call: ModuleCall | None
    target: str
    fault: Unreadable | None = None
    keras: bool = False
    on: str = ""  # what a layer of Keras is called on

    @property
    def modules(self) -> int:
        """How many modules it holds."""
        return len(self.call.inside) + len(self.call.positional) if self.call is not None else 0


def forward_in(text: str) -> Span | None:
    """The first line of a class or a `forward`, which says how layers are connected, and is not read."""
    found = _CODE.search(text)
    if found is None or not any(name in text for name in ("nn.", "Module", "torch")):
        return None
    start = found.end() - len(found.group().lstrip())
    return Span(start, text.find("\n", start) if "\n" in text[start:] else len(text))


def programs(text: str) -> list[Program]:
    """The modules of a text in their order; what stands after one that cannot be read is not looked at."""
    if "(" not in text:
        return []
    keras = _KERAS.search(text) is not None
    found = _of_pytorch(text, keras)
    return sorted([*found, *_of_keras(text, found)], key=_start) if keras else found


def _of_keras(text: str, taken: list[Program]) -> list[Program]:
    """The layers of Keras, each alone on its line; where a call cannot be read as Python, a line is read as others."""
    found: list[Program] = []
    at = 0
    while (match := _KERAS_LINE.search(text, at)) is not None:
        at = match.end()
        beside = bisect_right(taken, match.end(), key=_start) - 1
        if not _is_of_keras(match["name"]) or (beside >= 0 and match.start() < taken[beside].end):
            continue
        try:
            call = parse(text, match.start("name"), len(text))
        except Unreadable as fault:
            at = max(at, fault.at.start)  # lines within it are read as others, too
            continue
        end, on = call.end, ""
        if match["add"] and (closed := _CLOSED.match(text, end)) is not None:
            end = closed.end()
        if (called := _ON.match(text, end)) is not None:
            end, on = called.end(), called["on"]
        if _END.match(text, end) is None or not _is_written_out(call):
            continue
        found.append(Program(match.start("name"), end, call, match["target"] or "", None, True, on))
        at = end
    return found


def _start(one: Program) -> int:
    return one.start


def _is_of_keras(name: str) -> bool:
    """Whether a name is one of keras.layers, or a row of them."""
    if name.startswith(("nn.", "torch.")):
        return False
    plain = name.rpartition(".")[2]
    return plain == "Sequential" or any(row.name == plain for row in exact(f"layers.{plain}"))


def _is_written_out(call: ModuleCall) -> bool:
    """Whether a call has all that it needs, as a program writes it: `Dense(128, relu)` is how others write layers."""
    if call.plain == "Sequential":
        return bool(call.positional)
    rows = exact(f"layers.{call.plain}")
    if rows[0].reason:
        return True
    names = [one.strip() for one in rows[0].signature.partition("*")[0].split(",") if one.strip()]
    needed = [name for name in names if "=" not in name]
    words = any(
        isinstance(one.value, UnknownValue) and one.value.text.lower() in ACTIVATIONS for one in call.positional
    )
    return not words and all(at < len(call.positional) or name in call.keywords for at, name in enumerate(needed))


def stated_input(call: ModuleCall) -> ArgumentValue | None:
    """The shape of the input that a layer of Keras, or the first of a row, says: `input_shape=(28, 28, 1)`."""
    if call.plain == "Sequential":
        held = call.positional[0].value if call.positional else ()
        first = held[0] if isinstance(held, tuple) and held else None
        return stated_input(first) if isinstance(first, ModuleCall) else None
    for name in ("input_shape", "batch_input_shape", "batch_shape"):
        given = call.keywords.get(name)
        if given is not None:
            whole = isinstance(given.value, tuple) and name != "input_shape"
            return given._replace(value=given.value[1:]) if whole else given
    if call.plain in ("Input", "InputLayer"):
        return call.keywords.get("shape") or next(iter(call.positional), None)
    given = call.keywords.get("input_dim")
    return given._replace(value=(given.value,)) if given is not None and call.plain == "Dense" else None


class Reads(NamedTuple):
    """What the first module with a number of channels says: the number, whether it stands first, and the axes."""

    channels: int
    first: bool
    axes: int | None


_READING = {
    "input_size": (False, 2),
    "embed_dim": (False, 2),
    "in_features": (False, None),
    "normalized_shape": (False, None),
}
_READING |= {"in_channels": (True, None), "num_features": (True, None)}


def first_read(found: list[Program]) -> Reads | None:
    """What the modules of a text say that they read, by the first of them that says it."""
    calls = [one.call for one in found[:1] if one.call is not None and not one.keras]
    while calls:
        call = calls.pop(0)
        said = _read_by(call)
        if said is not None:
            return said
        held = [one.value for one in call.positional if isinstance(one.value, ModuleCall)]
        calls = [*call.inside, *held, *calls][:_MOST_LOOKED_AT]
    return None


def _read_by(call: ModuleCall) -> Reads | None:
    rows = exact(f"nn.{call.plain}")
    if not rows or rows[0].name != call.plain or not rows[0].kind:
        return None
    name = rows[0].signature.partition(",")[0].strip()
    given = call.keywords.get(name) or next(iter(call.positional), None)
    if name not in _READING or given is None:
        return None
    number = given.value[-1] if isinstance(given.value, tuple) and given.value else given.value
    first, axes = _READING[name]
    digit = call.plain[-2:-1] if call.plain.endswith("d") else ""
    if type(number) is not int or (first and not digit.isdigit()):
        return None
    return Reads(number, first, int(digit) + 1 if digit.isdigit() and call.plain != "BatchNorm1d" else axes)


def _of_pytorch(text: str, keras: bool) -> list[Program]:
    found: list[Program] = []
    at = 0
    while (match := _START.search(text, at)) is not None:
        at = match.end()
        if not _is_module(match, text, keras):
            continue
        start = match.start("label") if match["label"] else match.start("name")
        try:
            call = parse(text, start, len(text))
        except Unreadable as fault:
            end = text.find("\n", start)
            return [*found, Program(start, len(text) if end < 0 else end, None, match["target"] or "", fault)]
        if not match["label"] and not _is_whole(call):
            continue
        found.append(Program(start, call.end, call, match["target"] or ""))
        at = call.end
        while (behind := _BEHIND.match(text, at)) is not None and _is_named(behind["name"], keras):
            try:
                call = parse(text, behind.start("name"), len(text))
            except Unreadable as fault:
                return [*found, Program(behind.start("name"), behind.end(), None, "", fault)]
            found.append(Program(call.start, call.end, call, ""))
            at = call.end
    return found


def _is_module(match: re.Match[str], text: str, keras: bool) -> bool:
    name = match["name"]
    if match["open"] is not None and _INSIDE.match(text, match.end()):
        return True
    return _is_named(name, keras)


def _is_whole(call: ModuleCall) -> bool:
    """Whether a module is given what it cannot be without; `Linear(100)` is how others write layers."""
    if call.name != call.plain:  # nn.Linear(100) is PyTorch, and wrong
        return True
    rows = exact(f"nn.{call.plain}")
    if not rows or rows[0].reason or rows[0].name != call.plain:
        return True
    arguments = rows[0].signature.partition("*")[0].split(", ")
    needed = [name for name in arguments if name and "=" not in name]
    return all(at < len(call.positional) or name in call.keywords for at, name in enumerate(needed))


def _is_named(name: str, keras: bool) -> bool:
    """Whether a name is one of torch.nn, as it is written there."""
    if name.startswith(("nn.", "torch.nn.")):
        return True
    plain = name.rpartition(".")[2]
    return not keras and any(row.name == plain and (row.kind or row.reason) for row in exact(f"nn.{plain}"))
