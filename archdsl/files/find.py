"""Specs found in folders."""

from __future__ import annotations

import os
from typing import NamedTuple

from archdsl.diagnostics import Diagnostic
from archdsl.files.texts import unreadable


class Found(NamedTuple):
    """A file to look at, what is wrong with its path, and the folder through which it was found."""

    path: str
    fault: Diagnostic | None = None
    folder: str | None = None


def found(paths: list[str]) -> list[Found]:
    """The files to look at: those named, and in folders every `.arch` below."""
    files: list[Found] = []
    for path in paths:
        if path == "-" or not os.path.isdir(path):
            files.append(Found(path))
            continue
        try:
            below = specs(path)
        except OSError as fault:
            files.append(Found(path, unreadable(path, fault)))
            continue
        none = unreadable(path, ValueError("no .arch file in this folder"))
        files += [Found(file, None, path) for file in below] or [Found(path, none)]
    return files


def specs(folder: str) -> list[str]:
    """Every `.arch` file below a folder, sorted; hidden folders and links to folders are left out. Raises OSError."""
    files: list[str] = []
    for parent, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [os.path.join(parent, name) for name in names if name.endswith(".arch")]
        files += [path for path in paths if os.path.isfile(path)]
    return sorted(files)


def _raise(fault: OSError) -> None:
    raise fault
