"""Where in a text modules of PyTorch stand: lines of code, `nn.Sequential(...)` and printed models."""

from __future__ import annotations

import re
from typing import NamedTuple

from archdsl.diagnostics import Span
from archdsl.notations.pytorch.parse import Call, Unreadable, parse
from archdsl.vocabulary import exact

_START = re.compile(
    r"^[ \t]*(?:[-*+•>][ \t]+|[0-9]{1,3}[.)][ \t]+)?`{0,3}"
    r"(?:(?:self\.)?(?P<target>[A-Za-z_]\w*)[ \t]*=[ \t]*(?!=))?"
    r"(?P<label>\([A-Za-z0-9_.]+(?:-[0-9]+)?\):[ \t]*(?:[0-9]{1,6} x )?)?"
    r"(?P<name>(?:[A-Za-z_]\w*\.)*[A-Z]\w*)\((?P<open>[ \t\r]*$)?",
    re.MULTILINE,
)
_BEHIND = re.compile(r"[ \t]*(?:,|;|->|→|=>|>|\+)?[ \t]*(?P<name>(?:[A-Za-z_]\w*\.)*[A-Z]\w*)\(")
_INSIDE = re.compile(r"\s*\([A-Za-z0-9_.]+(?:-[0-9]+)?\):[ \t]")
_CODE = re.compile(
    r"^[ \t]*(?:class[ \t]+\w+[ \t]*\([\w., \t]*Module\)|def[ \t]+(?:forward|__init__)[ \t]*\(|super\(.*\)\.__init__"
    r"|\w+[ \t]*=[ \t]*(?:F|torch|self)\.\w+\(|return[ \t]+(?:F|torch|self)\.)",
    re.MULTILINE,
)
_KERAS = re.compile(r"\bDense\(|\bConv[123]D\(|\bkeras\b|\btf\.|\bMaxPooling[123]D\(")


class Program(NamedTuple):
    """A module with its place in the text, and the name that it is assigned to; or why it cannot be read."""

    start: int
    end: int
    call: Call | None
    target: str
    fault: Unreadable | None = None
    keras: bool = False

    @property
    def modules(self) -> int:
        """How many modules it holds."""
        return len(self.call.inside) + len(self.call.positional) if self.call is not None else 0


def forward_in(text: str) -> Span | None:
    """The first line of a class or a `forward`, which says how layers hang together, and is not read."""
    found = _CODE.search(text)
    if found is None or not any(name in text for name in ("nn.", "Module", "torch")):
        return None
    start = found.end() - len(found.group().lstrip())
    return Span(start, text.find("\n", start) if "\n" in text[start:] else len(text))


def programs(text: str) -> list[Program]:
    """The modules of a text in their order; what stands behind one that cannot be read is not looked at."""
    if "(" not in text:
        return []
    found: list[Program] = []
    keras, at = _KERAS.search(text) is not None, 0
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


def _is_whole(call: Call) -> bool:
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
