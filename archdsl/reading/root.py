"""The files that a text may use: those below one folder, by paths that go down from the using file."""

from __future__ import annotations

import os
import re
import stat
from functools import cached_property
from itertools import islice
from os import PathLike

from archdsl.files.texts import decode, named
from archdsl.limits import Limits
from archdsl.reading.using import Unusable, UsedFile

_LONGEST = 1_000  # characters of a path
_LISTED = 1_000  # entries of a folder among which a misspelt name is looked for
_DEVICE = r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?"  # of Windows, and refused on every system
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Root:
    """A folder that no path leaves, symbolic links included. Each file is read once.

    `folder` is what the check was started with, `start` the folder in which the text itself stands, and `path` the file
    that it is, if it is one.
    """

    def __init__(self, folder: str, start: str, path: str | None, name: str, limits: Limits) -> None:
        self._folder, self._start, self._path, self._name, self._limits = folder, start, path, name, limits
        self._texts: dict[str, str] = {}

    @cached_property
    def own(self) -> UsedFile:
        """The text itself."""
        key = os.path.realpath(self._path) if self._path is not None else ""
        return UsedFile(key, os.path.realpath(self._start), self._name)

    @cached_property
    def folder(self) -> str:
        """The folder, without links."""
        return os.path.realpath(self._folder)

    def find(self, path: str, around: UsedFile) -> UsedFile:
        """The file at a path that stands in another file; raises Unusable."""
        _refuse(path)
        try:
            real = os.path.realpath(os.path.join(around.folder, *path.split("/")), strict=True)
            mode = os.stat(real).st_mode
        except (OSError, ValueError) as fault:
            reason = getattr(fault, "strerror", None) or str(fault)
            raise Unusable(f"{path}: {reason}", instead=_spelled(around.folder, path)) from None
        if os.path.commonpath([self.folder, real]) != self.folder:
            raise Unusable(f"{path} leads out of {named(self._folder)}, the folder in which the check started")
        if not stat.S_ISREG(mode):
            what = next((words for is_kind, words in _KINDS if is_kind(mode)), "not a regular file")
            raise Unusable(f"{path} is {what}")
        shown = os.path.dirname(around.name)
        return UsedFile(real, os.path.dirname(real), f"{shown}/{path}" if shown else path)

    def text(self, file: UsedFile, most: int) -> str:
        """The text of a file of at most so many bytes; raises Unusable."""
        if file.key not in self._texts:
            self._texts[file.key] = self._read(file, most)
        return self._texts[file.key]

    def _read(self, file: UsedFile, most: int) -> str:
        try:
            with open(file.key, "rb") as opened:
                data = opened.read(most + 1)
        except OSError as fault:
            raise Unusable(f"{file.name}: {fault.strerror or fault}") from None
        source, faults = decode(data, file.name, self._limits._replace(file=most))
        for wrong in faults:
            if wrong.code == "limit":
                raise Unusable(f"{file.name}: {wrong.message}", wrong.hint, "limit")
            line, column = source.position(wrong.span.start)
            raise Unusable(f"{file.name}:{line}:{column}: {wrong.message}", wrong.hint)
        return source.text


def beside(path: str, name: str, limits: Limits, folder: str | None = None) -> Root:
    """The root of a file: the folder that the check was started with, or the one in which the file stands."""
    start = os.path.dirname(path) or "."
    return Root(start if folder is None else folder, start, path, name, limits)


def below(folder: str | PathLike[str], name: str, limits: Limits) -> Root:
    """The root of a text that is no file: a folder."""
    path = os.fsdecode(folder)
    return Root(path, path, None, name if path == "." else f"{named(path)}/{name}", limits)


def _refuse(path: str) -> None:
    """Refuse what no path may be, the same on every system; raises Unusable."""
    parts = path.split("/")
    if len(path) > _LONGEST:
        raise Unusable(f"a path of {len(path):,} characters; the limit is {_LONGEST:,}")
    if not path or not path.isprintable():
        raise Unusable("this is not a path" if path else "the path is empty")
    if "://" in path:
        raise Unusable("this is a web address; only files can be used")
    if path[0] in "/\\~" or path[1:2] == ":":
        raise Unusable("a path is relative to the folder of the file")
    if "\\" in path:
        raise Unusable("the parts of a path are separated by /", instead=_passing(path.replace("\\", "/")))
    if ".." in parts:
        raise Unusable("a path cannot contain .., which leads out of the folder of the file")
    if "." in parts or "" in parts:
        plain = "/".join(part for part in parts if part not in (".", ""))
        raise Unusable("a path is written without . and //", instead=_passing(plain))
    for part in parts:
        if part[0] == " " or part[-1] in " ." or ":" in part or re.fullmatch(_DEVICE, part):
            raise Unusable(f"not every system allows a file called {part!r}")
    if not path.endswith(".arch"):
        raise Unusable("a file can be used only if its name ends in .arch", instead=_passing(f"{path}.arch"))


def _passing(path: str) -> tuple[str, ...]:
    """Another path in quotes, where that could be one."""
    try:
        _refuse(path)
    except Unusable:
        return ()
    return (f'"{path}"',)


def _spelled(folder: str, path: str) -> tuple[str, ...]:
    """The path in its folder, in quotes, that comes close to one that is not there."""
    from archdsl.diagnostics import nearest

    parent, _, name = path.rpartition("/")
    try:
        with os.scandir(os.path.join(folder, *parent.split("/"))) as entries:
            stems = [entry.name[:-5] for entry in islice(entries, _LISTED) if entry.name.endswith(".arch")]
    except (OSError, ValueError):
        return ()
    close = nearest(name.removesuffix(".arch"), stems)
    return (f'"{parent}{"/" if parent else ""}{close}.arch"',) if close else ()
