"""Files written whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable


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
