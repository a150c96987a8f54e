"""Texts read from files and standard input: bytes to characters, within the limits, and what is wrong with them."""

from __future__ import annotations

import sys
from os import PathLike, fsencode

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.limits import Limits, raising

STANDARD_INPUT = "<stdin>"
_MARK = "\ufeff"


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


def read_file(path: str | PathLike[str], limits: Limits, name: str | None = None) -> tuple[Source, list[Diagnostic]]:
    """The text of a file, or what is wrong with its bytes; raises OSError where it cannot be read."""
    shown = name if name is not None else named(path)
    with open(path, "rb") as file:
        data = file.read(limits.file + 1)
    return decode(data, shown, limits)


def named(path: str | PathLike[str]) -> str:
    """A path as it is shown: UTF-8 whatever the locale is, in which Python may have read it as bytes."""
    return fsencode(path).decode("utf-8", errors="surrogateescape")


def within(text: str, name: str, limits: Limits) -> tuple[Source, list[Diagnostic]]:
    """A text that was not read from a file, bounded as one."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", errors="surrogatepass"))
    return _larger(name, limits) if size > limits.file else (Source(name, text), [])


def _larger(name: str, limits: Limits) -> tuple[Source, list[Diagnostic]]:
    source = Source(name, "")
    message = f"the file is larger than {limits.file:,} bytes"
    return source, [Diagnostic("limit", message, Span(0, 0), source, hint=raising("file"))]


def decode(data: bytes, name: str, limits: Limits) -> tuple[Source, list[Diagnostic]]:
    """Bytes to text: UTF-8, at most as large as the limit allows."""
    if len(data) > limits.file:
        return _larger(name, limits)
    mark = _MARK if data.startswith(_MARK.encode("utf-8")) else ""
    data = data[len(mark.encode("utf-8")) :]
    try:
        return Source(name, data.decode("utf-8"), mark=mark), []
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode("utf-8")
        source = Source(name, data.decode("utf-8", errors="replace"))
        message = f"byte 0x{data[fault.start]:02X} is not UTF-8"
        span = Span(len(before), len(before) + 1)
        return source, [Diagnostic("encoding", message, span, source, hint="save the file as UTF-8")]
