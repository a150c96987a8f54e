"""Specs found in folders, texts read, and sources written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from archdsl.api.model import decode, read_file
from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.limits import Limits

if TYPE_CHECKING:
    from archdsl.reading.root import Root

STANDARD_INPUT = "<stdin>"


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


def root(path: str, source: Source, limits: Limits, folder: str | None = None) -> Root | None:
    """Where the files are that a file, or standard input, may use; None where its text uses none."""
    if "use" not in source.text:
        return None
    from archdsl.reading.root import below, beside

    return below(".", source.name, limits) if path == "-" else beside(path, source.name, limits, folder)


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


def read(path: str, limits: Limits) -> tuple[Source, list[Diagnostic]]:
    """The text of a file or of standard input, and what is wrong with its bytes. Raises OSError."""
    if path != "-":
        return read_file(path, limits)
    if sys.stdin is None:
        raise OSError(0, "standard input is closed", STANDARD_INPUT)
    return decode(sys.stdin.buffer.read(limits.file + 1), STANDARD_INPUT, limits)


def unreadable(path: str, fault: OSError | ValueError) -> Diagnostic:
    """A file that cannot be read, as a diagnostic."""
    name = getattr(fault, "filename", None) or path
    reason = getattr(fault, "strerror", None) or str(fault)
    return Diagnostic("unreadable", reason, Span(0, 0), Source(STANDARD_INPUT if name == "-" else str(name), ""))


def refusal(path: str, force: bool) -> str | None:
    """Why a file cannot be written, as far as one can tell before."""
    if os.path.isdir(path):
        return f"{path} is a folder"
    if not os.path.isdir(os.path.dirname(path) or "."):
        return f"there is no folder {os.path.dirname(path)}"
    if os.path.exists(path) and not os.path.isfile(path):
        return f"{path} is no ordinary file"
    if os.path.lexists(path) and not force:
        return f"{path} exists; --force replaces it"
    return None


def mark(path: str) -> str:
    """The mark with which some editors begin a file, which is no part of its text; most files have none."""
    with open(path, "rb") as file:
        return "\ufeff" if file.read(3) == b"\xef\xbb\xbf" else ""


def write(path: str, text: str | Iterable[bytes]) -> None:
    """Write a file whole or not at all, by a new file beside it; an existing one keeps its permissions and links.

    A file of several names, or of another owner, is not replaced, since its other names would keep the old text, and
    it would get a new owner. It is written over, which is not done in one step: until it is, the new file beside it
    holds the whole text, and stays if writing fails. Raises OSError.
    """
    parts = [text.encode("utf-8")] if isinstance(text, str) else text
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    beside = os.path.join(folder, f".{name[:100]}.{os.getpid()}.new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        replaceable = not os.path.exists(target) or _is_alone(target, beside)
        if replaceable:
            os.replace(beside, target)
    except BaseException:
        os.unlink(beside)
        raise
    if not replaceable:
        _write_over(target, beside)


def _is_alone(target: str, beside: str) -> bool:
    """Whether nothing of a file is lost when the one beside it takes its place, which then has its permissions."""
    old, new = os.stat(target), os.stat(beside)
    os.chmod(beside, stat.S_IMODE(old.st_mode))
    return old.st_nlink == 1 and (old.st_uid, old.st_gid) == (new.st_uid, new.st_gid)


def _write_over(target: str, beside: str) -> None:
    """Give a file the text of the one beside it, which then goes."""
    import shutil

    try:
        with open(beside, "rb") as text, open(target, "r+b") as file:
            shutil.copyfileobj(text, file)
            file.truncate()
    except OSError as fault:
        raise OSError(fault.errno, f"{fault.strerror}; the whole text is in {beside}", target) from fault
    os.unlink(beside)
