"""Checkpoint files on the way in: opened, looked at, and what the caller says of the names in them."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike

from archdsl.checkpoints.header import Header, is_pickled, read_header, refusal
from archdsl.files.texts import named
from archdsl.limits import Limits
from archdsl.typed import BinaryIO, NamedTuple

_CONVERT = 'archdsl.save(torch.load("{}", weights_only=True), "weights.safetensors") converts it'


class MatchingRules(NamedTuple):
    """What the caller says of names and dtypes: see `archdsl.checkpoints.compare`."""

    rename: Mapping[str, str]
    skip: tuple[str, ...]
    cast: bool


class Opened(NamedTuple):
    """An ordinary file, open at its start: of safetensors, or of `torch.save`."""

    file: BinaryIO
    size: int
    name: str
    pickled: bool


@contextmanager
def opened(path: str | PathLike[str]) -> Iterator[Opened]:
    """Open a checkpoint and look at its first bytes.

    Raises OSError, also for what is not a regular file; TypeError for what is no path.
    """
    path = os.fspath(path)  # a number would be a file that somebody else has open
    if not stat.S_ISREG(os.stat(path).st_mode):  # before it is opened: a pipe would wait for a writer
        code = errno.EISDIR if os.path.isdir(path) else errno.EINVAL
        raise OSError(code, "Is a directory" if code == errno.EISDIR else "not a regular file", named(path))
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        pickled = is_pickled(file.read(16), size)
        file.seek(0)
        yield Opened(file, size, named(path), pickled)


def header(checkpoint: Opened, limits: Limits) -> Header:
    """The header of a safetensors file; raises ArchError for a damaged one, and for a file of `torch.save`."""
    if checkpoint.pickled:
        message = "a file written by torch.save has to be unpickled; this command reads safetensors"
        raise refusal("pickled-weights", message, checkpoint.name, _CONVERT.format(checkpoint.name))
    return read_header(checkpoint.file, checkpoint.size, checkpoint.name, limits)
