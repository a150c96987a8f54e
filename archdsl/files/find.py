"""Specs found in folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
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
        files += [Found(path)] if path == "-" or not os.path.isdir(path) else _below(path)
    return files


def _below(folder: str) -> list[Found]:
    """Every `.arch` file below a folder, sorted, and the folders that cannot be read; or that there is none."""
    faults: list[Found] = []

    def unusable(fault: OSError) -> None:
        faults.append(Found(str(fault.filename), unreadable(folder, fault), folder))

    files = [Found(path, None, folder) for path in _specs(folder, unusable)]
    none = Found(folder, unreadable(folder, ValueError("no .arch file in this folder")))
    return sorted([*files, *faults], key=lambda one: one.path) or [none]


def _specs(folder: str, unusable: Callable[[OSError], None]) -> Iterator[str]:
    """Every `.arch` file below a folder; hidden folders and links to folders are left out."""
    for parent, folders, names in os.walk(folder, onerror=unusable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [os.path.join(parent, name) for name in names if name.endswith(".arch")]
        yield from (path for path in paths if os.path.isfile(path))
