"""Lines of generated source: calls that fit, attributes by any name, comments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import wrap

from archdsl.backends.source.naming import is_plain, quoted

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
WIDTH = 100
_FEW_TERMS = 8  # of a sum, on one line
_SPARE = 10  # columns that a line may be longer where it cannot be parted well
LONG = 76  # an expression longer than this gets a variable


class Computed(str):
    """A step that is an expression of the source itself: `str(i + 2)`."""

    __slots__ = ()


def attribute(owner: str, step: str) -> str:
    """How a submodule is reached: `self.conv1`, or by getattr where its name is no word."""
    if isinstance(step, Computed):
        return f"getattr({owner}, {step})"
    if is_plain(step):
        return f"{owner}.{step}"
    return f"getattr({owner}, {quoted(step)})"


def submodule(path: str, *, tensor: bool = False) -> str:
    """How a submodule, or a tensor, of the class itself is reached by its path."""
    steps = path.split(".")
    if not all(map(is_plain, steps)):
        return f"self.get_{'parameter' if tensor else 'submodule'}({quoted(path)})"
    found = "self"
    for step in steps:
        found = attribute(found, step)
    return found


def register(owner: str, step: str, value: str) -> str:
    """The statement that makes a submodule."""
    if isinstance(step, Computed):
        return f"{owner}.add_module({step}, {value})"
    if is_plain(step):
        return f"{owner}.{step} = {value}"
    return f"{owner}.add_module({quoted(step)}, {value})"


def register_tensor(owner: str, step: str, value: str, *, buffer: bool) -> str:
    """The statement that makes a tensor of a module's own."""
    if buffer:
        name = step if isinstance(step, Computed) else quoted(step)
        return f"{owner}.register_buffer({name}, {value})"
    if is_plain(step) and not isinstance(step, Computed):
        return f"{owner}.{step} = nn.Parameter({value})"
    return f"{owner}.register_parameter({step if isinstance(step, Computed) else quoted(step)}, nn.Parameter({value}))"


def statement(opening: str, text: str, note: str = "") -> str:
    """`opening` and an expression; where that is too long, a line for each call of a chain, or for its arguments."""
    line = f"{opening}{text}{note}"
    links = _links(text) if len(line) > WIDTH and "\n" not in text else []
    if len(links) > 1:
        return "\n".join([f"{opening}(", *(f"    {link}" for link in links), f"){note}"])
    if len(line) > WIDTH + _SPARE and "\n" not in text and (terms := _terms(text)):
        return "\n".join([f"{opening}(", *(f"    {row}" for row in terms), f"){note}"])
    if len(line) > WIDTH + _SPARE and links and text.endswith((")", ")[0]")):
        start, end = _longest(text)
        inner = text[start + 1 : end]
        inner = ",\n    ".join([*_parts(inner), ""]).rstrip() if len(inner) > WIDTH else inner
        return f"{opening}{text[: start + 1]}\n    {inner}\n{text[end:]}{note}"
    return line


def _longest(text: str) -> tuple[int, int]:
    """Where the longest pair of brackets of an expression begins and ends."""
    found, starts = (0, 0), []
    for place, letter in enumerate(_STRING.sub(lambda string: "s" * len(string[0]), text)):
        starts += [place] if letter in "([" else []
        if letter in ")]" and (start := starts.pop()) + found[1] - found[0] < place:
            found = start, place
    return found


def _parts(text: str) -> list[str]:
    """The arguments of a call, separated by commas outside of brackets."""
    depth, parts = 0, [""]
    for place, letter in enumerate(_STRING.sub(lambda string: "s" * len(string[0]), text)):
        depth += (letter in "([") - (letter in ")]")
        parts += [""] if letter == "," and not depth else []
        parts[-1] += text[place] if letter != "," or depth else ""
    return [part.strip() for part in parts]


def _terms(text: str) -> list[str]:
    """The rows of a long sum of variables, each begun by its sign; no rows where the expression is something else."""
    terms = text.split(" + ")
    if len(terms) <= _FEW_TERMS or not all(term.isidentifier() for term in terms):
        return []
    rows = [" + ".join(terms[place : place + _FEW_TERMS]) for place in range(0, len(terms), _FEW_TERMS)]
    return [rows[0], *(f"+ {row}" for row in rows[1:])]


def _links(text: str) -> list[str]:
    """The calls of a chain, each method a link; no links where the expression is none."""
    plain = _STRING.sub(lambda found: "s" * len(found[0]), text)
    if not is_primary(text):
        return []
    depth, start, links = 0, 0, []
    for place, letter in enumerate(plain):
        if letter == "." and not depth and plain[place - 1] in ")]":
            links.append(text[start:place])
            start = place
        depth += (letter in "([") - (letter in ")]")
    return [*links, text[start:]]


def indented(opening: str, lines: list[str]) -> str:
    """A statement with lines below it."""
    return "\n".join([opening, *(f"    {line}" for text in lines for line in text.split("\n"))])


def call(opening: str, parts: list[str], closing: str = ")", width: int = WIDTH) -> str:
    """`opening part, part closing` on one line where it fits, else a part a line."""
    one = f"{opening}{', '.join(parts)}{closing}"
    if len(one) <= width and "\n" not in one:
        return one
    return stacked(opening, parts, [""] * len(parts), closing)


def is_of(classes: Sequence[str]) -> str:
    """Whether `module` is of one of some classes."""
    either = classes[0] if len(classes) == 1 else f"({', '.join(classes)})"
    return f"isinstance(module, {either})"


def listed_copies(text: str, times: str) -> str:
    """So many modules in a list, on one line where they fit."""
    copies = f"[{text} for _ in range({times})]"
    plain = f"nn.ModuleList({copies})"
    if len(plain) <= WIDTH or "\n" in text:
        return plain
    return f"nn.ModuleList(\n    {copies}\n)"


def stacked(opening: str, parts: list[str], comments: list[str], closing: str) -> str:
    """A part a line, each with its comment."""
    lines = [opening]
    for part, note in zip(parts, comments, strict=True):
        body = folded(part).replace("\n", "\n    ")
        lines.append(f"    {body},{f'  # {note}' if note else ''}")
    return "\n".join([*lines, closing])


def folded(part: str) -> str:
    """An argument; a list too long for a line with as many of its rows on a line as fit."""
    if len(part) <= WIDTH or not part.endswith("]]"):
        return part
    opening, _, inner = part.partition("[")
    rows = re.sub(r"\[[^][]*\]", lambda row: row[0].replace(" ", "~") if len(row[0]) < WIDTH else row[0], inner[:-1])
    lines = wrap(rows, WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join([f"{opening}[", *(f"    {line.replace('~', ' ')}" for line in lines), "]"])


def comment(text: str) -> str:
    """Text that is safe after a # in Python."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def filled(template: str, texts: list[str]) -> str:
    """A call with its inputs put in, in brackets where an operator or a method would bind wrongly."""
    filled = template
    parts = re.split(r"\{(\d+)\}", filled)
    out = ""
    for place, part in enumerate(parts):
        if place % 2 == 0:
            out += part
            continue
        text = texts[int(part)]
        before, after = parts[place - 1].rstrip()[-1:], parts[place + 1][:1]
        alone = before in ("", "(", "[", ",", "=") and after in ("", ")", "]", ",")
        out += text if alone or is_primary(text) else f"({text})"
    return out


def is_primary(text: str) -> bool:
    """Whether an operator or a method after an expression binds to all of it: a name, calls, something in brackets."""
    depth = 0
    for letter in _STRING.sub("s", text):
        if not depth and letter not in "([" and not (letter.isalnum() or letter in "_."):
            return False
        depth += (letter in "([") - (letter in ")]")
    return True
