"""Files written whole or not at all: the one place where the package writes."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable

_WRITERS = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_TRIES = 100  # names for a new file, of which each is taken once in four thousand million


def refusal(path: str, force: bool) -> str | None:
    """Why a file cannot be written, as far as one can tell before."""
    if not path or "\0" in path:
        return f"{path!r} is not a file name"
    if os.path.isdir(path):
        return f"{path} is a folder"
    if not os.path.isdir(os.path.dirname(path) or "."):
        return f"there is no folder {os.path.dirname(path)}"
    if os.path.exists(path) and not os.path.isfile(path):
        return f"{path} is not a regular file"
    if os.path.lexists(path) and not force:
        return f"{path} exists; --force replaces it"
    return f"{path} is read-only" if _is_read_only(path) else None


def is_same(path: str, other: str) -> bool:
    """Whether two paths lead to one file that is there."""
    try:
        return os.path.samefile(path, other)
    except (OSError, ValueError):
        return False


def write(path: str, text: str | Iterable[bytes]) -> None:
    """Write a file whole or not at all, by a new file beside it; raises OSError, also for a file that is read-only.

    An existing file keeps its owner, permissions and extended attributes, access control lists among them, and links
    to it lead to the new text. One with several names, or of which the new file cannot get everything, is written over
    instead. That is not done in one step: until it is, the new file beside it holds the whole text, and stays if
    writing fails.
    """
    parts = [text.encode("utf-8")] if isinstance(text, str) else text
    if not path:
        raise FileNotFoundError(errno.ENOENT, "not a file name", path)
    if _is_read_only(path):
        raise PermissionError(errno.EACCES, "is read-only", path)
    target = os.path.realpath(path)
    try:
        beside = _new_file(target, parts)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, path) from fault
    try:
        replaceable = not os.path.exists(target) or _is_alike(target, beside)
        if replaceable:
            os.replace(beside, target)
    except BaseException as fault:
        os.unlink(beside)
        if isinstance(fault, OSError):
            raise OSError(fault.errno, fault.strerror, path) from fault
        raise
    if not replaceable:
        _write_over(target, beside)


def _is_read_only(path: str) -> bool:
    """Whether a file is there that nobody may write, or not we; root may write every file, and leaves these alone."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return not mode & _WRITERS or not os.access(path, os.W_OK)


def _new_file(target: str, parts: Iterable[bytes]) -> str:
    """A file with a text beside the one that it may replace, nobody else's until it has the permissions of that one."""
    mode = 0o600 if os.path.exists(target) else 0o666
    folder = os.path.dirname(target)
    for last in range(_TRIES, 0, -1):
        beside = os.path.join(folder, f".archdsl-{os.urandom(4).hex()}.new")
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            break
        except FileExistsError:
            if last == 1:
                raise
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
            _settle(file.fileno())
    except BaseException:
        os.unlink(beside)
        raise
    return beside


def _settle(handle: int) -> None:
    """Have a text on the disk before its file takes the place of another; where a disk cannot tell, it is as it is."""
    try:
        os.fsync(handle)
    except OSError as fault:
        if fault.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            raise


def _is_alike(target: str, beside: str) -> bool:
    """Give a new file all that an old one has beside its text, and tell whether nothing is lost when it replaces it."""
    old, new = os.stat(target), os.stat(beside)
    if old.st_nlink != 1:
        return False
    try:
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            os.chown(beside, old.st_uid, old.st_gid)
        _give_attributes(target, beside)
        os.chmod(beside, stat.S_IMODE(old.st_mode))  # after the others, which change it
    except (OSError, AttributeError):  # AttributeError: a system without owners
        return False
    return True


def _give_attributes(target: str, beside: str) -> None:
    """Give a file the extended attributes of another, where the system has them; raises OSError where it cannot."""
    if not hasattr(os, "listxattr"):
        return
    try:
        names = os.listxattr(target)
    except OSError as fault:
        if fault.errno == errno.ENOTSUP:  # of the whole file system
            return
        raise
    found = os.listxattr(beside)  # a folder may give each new file a list of its own
    for name in names:
        value = os.getxattr(target, name)
        if name not in found or os.getxattr(beside, name) != value:
            os.setxattr(beside, name, value)
    for name in set(found).difference(names):
        os.removexattr(beside, name)


def _write_over(target: str, beside: str) -> None:
    """Give a file the text of the one beside it, which then goes; an interrupt waits until it is whole."""
    try:
        try:
            _copy(beside, target)
        except KeyboardInterrupt:
            _copy(beside, target)
            os.unlink(beside)
            raise
    except OSError as fault:
        raise OSError(fault.errno, f"{fault.strerror}; the whole text is in {beside}", target) from fault
    os.unlink(beside)


def _copy(beside: str, target: str) -> None:
    import shutil

    with open(beside, "rb") as text, open(target, "r+b") as file:
        shutil.copyfileobj(text, file)
        file.truncate()
        file.flush()
        _settle(file.fileno())
