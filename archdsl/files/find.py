"""The files that a command looks at: those that are named, and the specs in folders."""

from __future__ import annotations

import os
from collections.abc import Iterable

from archdsl.diagnostics import Diagnostic
from archdsl.limits import Limits
from archdsl.typed import NamedTuple


class FoundFile(NamedTuple):
    """A file to look at, what is wrong with its path, and the folder through which it was found."""

    path: str
    fault: Diagnostic | None = None
    folder: str | None = None


def found(paths: list[str], limits: Limits, exclude: Iterable[str] = ()) -> list[FoundFile]:
    """The files to look at: those named, and in folders every `.arch` below that no pattern leaves out."""
    files: list[FoundFile] = []
    for path in paths:
        if path == "-" or not os.path.isdir(path):
            files.append(FoundFile(path))
            continue
        from archdsl.files.search import Search

        search = Search(path, limits, tuple(exclude))
        below = [FoundFile(one, None, path) for one in search.specs()]
        below += [FoundFile(fault.source.name, fault, path) for fault in search.faults]
        files += sorted(below, key=lambda one: one.path) or [FoundFile(path, search.nothing())]
    return files
