"""Patterns of paths as `.gitignore` has them: names, wildcards, folders, `**`, and `!` for what is wanted after all.

Written here because a check depends on lark and the standard library alone; `tests/test_files.py` holds it against git.
A pattern is matched in time that grows as the path and the pattern do: a file may come from a stranger.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from archdsl.limits import raising
from archdsl.typed import NamedTuple, TypeAlias

_CLASSES = {  # of POSIX, in ASCII
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "xdigit": "0-9A-Fa-f",
    "space": r"\s",
    "blank": r"\ \t",
    "cntrl": r"\x00-\x1f\x7f",
    "punct": r"!-/:-@\[-`{-~",
    "graph": "!-~",
    "print": r"\ -~",
}
_ANY = None  # the segment `**`: any number of folders

Segment: TypeAlias = str | re.Pattern[str] | None  # a name, a name with wildcards, or `**`


class PathPattern(NamedTuple):
    """One line. `segments` are the names of a path from where the pattern stands; one alone is a name at any depth."""

    segments: tuple[Segment, ...]
    anchored: bool
    folder: bool
    wanted: bool

    def matches(self, path: tuple[str, ...], folder: bool) -> bool:
        """Whether it is about a path, its names one by one, that is a folder or is none."""
        if self.folder and not folder:
            return False
        if not self.anchored:
            return _is(self.segments[0], path[-1])
        return _follows(self.segments, path)


def pattern(line: str) -> PathPattern | None:
    """The pattern of one line; None for an empty one, a comment, and one that can match nothing."""
    line = _bytes(line).removesuffix("\n").removesuffix("\r")
    text = re.sub(r"(?<!\\)((?:\\\\)*) +$", r"\1", line)
    if not text or text[0] == "#":
        return None
    wanted = text[0] == "!"
    text = text[wanted:]
    folder = text.endswith("/")
    text = text.removesuffix("/")
    anchored = "/" in text
    try:
        segments = tuple(map(_segment, _parts(text.removeprefix("/"))))
    except ValueError:
        return None
    if not anchored and segments[0] is _ANY:
        segments = (_segment([_STAR]),)  # `**` alone is any name
    return PathPattern(segments, anchored, folder, wanted) if "" not in segments else None


def _bytes(text: str) -> str:
    """A letter for each byte, as git takes them: ? is one byte, and é is two."""
    return text if text.isascii() else os.fsencode(text).decode("latin-1")


class _Sign(NamedTuple):
    """One sign of a pattern: a letter that stands for itself, or what matches as a regular expression."""

    letter: str
    expression: str


_STAR = _Sign("", "*")


def _parts(text: str) -> list[list[_Sign]]:
    """The signs between the slashes of a pattern; a slash in brackets is none of these. Raises ValueError for a bracket
    that is not closed, and for a \\ at the end.
    """
    parts: list[list[_Sign]] = [[]]
    at = 0
    while at < len(text):
        sign = text[at]
        at += 1
        if sign == "\\":  # says of a slash nothing
            if at == len(text):
                raise ValueError("a \\ at the end")
            sign, at = text[at], at + 1
            parts += [[]] if sign == "/" else []
            parts[-1] += [_Sign(sign, re.escape(sign))] if sign != "/" else []
        elif sign == "/":
            parts.append([])
        elif sign == "[":
            found, at = _bracket(text, at)
            parts[-1].append(_Sign("", found))
        else:
            parts[-1].append({"*": _STAR, "?": _Sign("", ".")}.get(sign) or _Sign(sign, re.escape(sign)))
    return parts


def _segment(signs: list[_Sign]) -> Segment:
    """One name of a pattern."""
    if len(signs) > 1 and all(sign is _STAR for sign in signs):
        return _ANY
    if all(sign.letter for sign in signs):
        return "".join(sign.letter for sign in signs)
    runs: list[list[str]] = [[]]  # between the stars
    for sign in signs:
        if sign is _STAR:
            runs.append([])
        else:
            runs[-1].append(sign.expression)
    first, *others = ["".join(run) for run in runs]
    if not others:
        return re.compile(first, re.DOTALL)
    *middle, last = others
    # each star takes as little as it can and never gives back, which is right where all between has one length
    return re.compile("".join([first, *(f"(?>.*?{run})" for run in middle if run), ".*", last]), re.DOTALL)


def _bracket(text: str, at: int) -> tuple[str, int]:
    """What stands in brackets, as a regular expression, and what follows them; raises ValueError."""
    negated = text[at : at + 1] in ("!", "^")
    start = at = at + negated
    inside: list[str] = []
    while at < len(text) and (text[at] != "]" or at == start):
        named = re.compile(r"\[:([a-z]+):\]").match(text, at)
        if named is not None:
            if named[1] not in _CLASSES:
                raise ValueError(f"no class [:{named[1]}:]")
            inside.append(_CLASSES[named[1]])
            at = named.end()
            continue
        low, at = _letter(text, at)
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("", "]"):
            high, at = _letter(text, at + 1)
            inside.append(f"{re.escape(low)}-{re.escape(high)}" if low <= high else "")
        else:
            inside.append(re.escape(low))
    if at >= len(text):
        raise ValueError("a bracket that is not closed")
    letters = "".join(inside)
    if not letters:  # a range that ends before it begins
        return ("." if negated else "(?!)"), at + 1
    return f"[{'^' if negated else ''}{letters}]", at + 1


def _letter(text: str, at: int) -> tuple[str, int]:
    at += text[at] == "\\"
    if at >= len(text):
        raise ValueError("a bracket that is not closed")
    return text[at], at + 1


def _is(segment: Segment, name: str) -> bool:
    if isinstance(segment, str):
        return segment == name
    return segment is not None and segment.fullmatch(name) is not None


def _follows(segments: tuple[Segment, ...], path: tuple[str, ...]) -> bool:
    """Whether the names of a path are those of a pattern; `**` takes as few as it can, and more where that fails."""
    at = to = 0
    star = back = -1
    while to < len(path):
        if at < len(segments) and segments[at] is _ANY:
            if at == len(segments) - 1:
                return True  # what is in a folder, which is one name or more
            star, back = at, to
            at += 1
        elif at < len(segments) and _is(segments[at], path[to]):
            at, to = at + 1, to + 1
        elif star >= 0:
            back += 1
            at, to = star + 1, back
        else:
            return False
    return at == len(segments)


class Patterns:
    """The patterns of one origin, of which the last that is about a path decides; they stand in the folder `base`."""

    def __init__(self, base: str, lines: Iterable[str], most: int) -> None:
        """Raises ValueError for more patterns than `most`."""
        self.base = base
        self._names: dict[str, list[tuple[int, PathPattern]]] = {}  # those that are a plain name
        self._others: list[tuple[int, PathPattern]] = []
        for number, line in enumerate(lines):
            found = pattern(line)
            if found is None:
                continue
            most -= 1
            if most < 0:
                raise ValueError(f"too many patterns; {raising('patterns')}")
            name = found.segments[0]
            group = self._names.setdefault(name, []) if isinstance(name, str) and not found.anchored else self._others
            group.append((number, found))

    def left_out(self, path: tuple[str, ...], folder: bool) -> bool | None:
        """Whether a path below the base, its names one by one, is left out or wanted; None where nothing is said."""
        path = tuple(map(_bytes, path))
        last, decided = -1, None
        for number, found in reversed(self._names.get(path[-1], ())):
            if found.matches(path, folder):
                last, decided = number, not found.wanted
                break
        for number, found in reversed(self._others):
            if number < last:
                break
            if found.matches(path, folder):
                return not found.wanted
        return decided
