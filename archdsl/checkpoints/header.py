"""The safetensors format: a header read without its tensors and without trust, and a header written.

A file is eight bytes with the length of the header (little endian), the header as JSON, then the bytes of the tensors:
`{"conv.weight": {"dtype": "F32", "shape": [6, 1, 5, 5], "data_offsets": [0, 600]}, ...}`. The header is scanned for
exactly this form, so that nesting, numbers and memory are bounded by it, whatever a file has instead.
"""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator, Mapping

from archdsl.diagnostics import ArchError, Diagnostic, Source, Span
from archdsl.limits import Limits, raising
from archdsl.typed import Any, BinaryIO, NamedTuple

BITS = {
    **dict.fromkeys(("BOOL", "U8", "I8"), 8),
    **dict.fromkeys(("F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}
FLOATS = ("F64", "F32", "F16", "BF16")
METADATA = "__metadata__"
_PREFIX = 8  # bytes with the length of the header
_ALIGNMENT = 8  # the tensors begin at a multiple of it
_MOST_AXES = 64
_MOST_DIGITS = 19
_CHUNK = 2**20
_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"((?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*+)"')
_NUMBER = re.compile(rb"-?+(?:0|[1-9][0-9]*+)(\.[0-9]++)?+([eE][+-]?+[0-9]++)?+")
_ZIP, _PICKLE = b"PK\x03\x04", b"\x80"


class TensorEntry(NamedTuple):
    """A tensor of a file: the format's word for its dtype, PyTorch's sizes, its bytes counted from the header's end."""

    name: str
    dtype: str
    sizes: tuple[int, ...]
    start: int
    end: int


class Header(NamedTuple):
    """What a file holds: its tensors by name, in the order of the header, and where their bytes begin."""

    tensors: dict[str, TensorEntry]
    begin: int


class Damaged(Exception):
    """A header that is none; the message says why, `code` whether a limit is meant."""

    def __init__(self, message: str, code: str = "damaged-weights", hint: str | None = None) -> None:
        self.code = code
        self.hint = hint
        super().__init__(message)


def refusal(code: str, message: str, name: str, hint: str | None = None) -> ArchError:
    """A fault of a whole file, as everything else reports its faults."""
    return ArchError([Diagnostic(code, message, Span(0, 0), Source(name, ""), hint=hint)])


def is_pickled(start: bytes, size: int) -> bool:
    """Whether a file that begins so is one of `torch.save`, in either of its two forms."""
    if start.startswith(_ZIP):
        return True
    length = int.from_bytes(start[:_PREFIX], "little")
    return start.startswith(_PICKLE) and (length > size - _PREFIX or start[_PREFIX : _PREFIX + 1] not in b"{ \t\r\n")


def read_header(file: BinaryIO, size: int, name: str, limits: Limits) -> Header:
    """The header of a file of `size` bytes, open at its start; nothing after the header is read.

    Raises ArchError: `damaged-weights` where the file breaks the format, `limit` beyond `header` bytes or `tensors`.
    """
    try:
        data = _header_bytes(file, size, limits)
        tensors = Scanner(data, limits).header()
        begin = _PREFIX + len(data)
        check_layout(tensors, size - begin)
    except Damaged as wrong:
        raise refusal(wrong.code, str(wrong), name, wrong.hint) from None
    return Header(tensors, begin)


def _header_bytes(file: BinaryIO, size: int, limits: Limits) -> bytes:
    prefix = file.read(_PREFIX)
    if len(prefix) < _PREFIX:
        raise Damaged(f"not a safetensors file: it has {size} bytes, and the length of its header alone takes 8")
    length = int.from_bytes(prefix, "little")
    if length > size - _PREFIX:
        raise Damaged(f"not a safetensors file, or a truncated one: a header of {length:,} bytes in a file of {size:,}")
    if length > limits.header:
        message = f"a header of {length:,} bytes; the limit is {limits.header:,}"
        raise Damaged(message, "limit", raising("header"))
    data = file.read(length)
    if len(data) < length:
        raise Damaged("the file was truncated while it was read")
    decoder = getincrementaldecoder("utf-8")()  # in chunks: as one text it could take four times its bytes
    for at in range(0, length, _CHUNK):
        try:
            decoder.decode(data[at : at + _CHUNK], final=at + _CHUNK >= length)
        except UnicodeDecodeError:
            raise Damaged("the header is not UTF-8") from None
    return data


def check_layout(tensors: dict[str, TensorEntry], size: int) -> None:
    """Refuse tensors that overlap, leave gaps, or do not fill the `size` bytes after the header; raises Damaged."""
    at, before = 0, ""
    for entry in sorted(tensors.values(), key=lambda entry: (entry.start, entry.end)):
        if entry.start < at:
            raise Damaged(f"the bytes of {entry.name} overlap those of {before}")
        if entry.start > at:
            raise Damaged(f"a gap of {entry.start - at:,} bytes before {entry.name}")
        at, before = entry.end, entry.name
    if at > size:
        raise Damaged(f"the file is truncated: its tensors take {at:,} bytes, and {max(size, 0):,} are there")
    if at < size:
        raise Damaged(f"{size - at:,} bytes after the last tensor belong to no tensor")


class Scanner:
    """Reads a header byte by byte; any form but that of a header is Damaged."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = data
        self._limits = limits
        self._at = 0

    def header(self) -> dict[str, TensorEntry]:
        """All tensors, in their order."""
        tensors: dict[str, TensorEntry] = {}
        for name in self._keys("the header", self._limits.tensors):
            if name == METADATA:
                self._metadata()
            else:
                tensors[name] = self._entry(name)
        self._space()
        if self._at != len(self._data):
            raise self._wrong("nothing more")
        return tensors

    def _keys(self, what: str, most: int | None = None) -> Iterator[str]:
        """The keys of an object one by one, each to be followed by the reading of its value."""
        self._sign("{")
        seen: set[str] = set()
        if self._next("}"):
            return
        while True:
            key = self._string("a name")
            if key in seen:
                raise Damaged(f"{key} appears twice in {what}")
            if len(seen) == most:
                raise Damaged(f"more than {most:,} names in {what}", "limit", raising("tensors"))
            seen.add(key)
            self._sign(":")
            yield key
            if self._next("}"):
                return
            self._sign(",")

    def _entry(self, name: str) -> TensorEntry:
        dtype: str | None = None
        sizes: tuple[int, ...] | None = None
        offsets: tuple[int, ...] | None = None
        for key in self._keys(f"the entry of {name}"):
            if key == "dtype":
                dtype = self._string("a dtype")
            elif key == "shape":
                sizes = self._numbers(f"the shape of {name}", _MOST_AXES)
            elif key == "data_offsets":
                offsets = self._numbers(f"the offsets of {name}", 2)
            else:
                raise Damaged(f"the entry of {name} has {key}, which the format does not have")
        if dtype is None or sizes is None or offsets is None:
            lacking = "dtype" if dtype is None else "shape" if sizes is None else "data_offsets"
            raise Damaged(f"the entry of {name} has no {lacking}")
        return checked_entry(name, dtype, sizes, offsets)

    def _metadata(self) -> None:
        """Texts by name; they are looked at and not kept."""
        for key in self._keys(METADATA, self._limits.tensors):
            self._text(f"a string for {key}", self._limits.file, "file")

    def _numbers(self, what: str, most: int) -> tuple[int, ...]:
        self._sign("[")
        found: list[int] = []
        if self._next("]"):
            return ()
        while len(found) < most:
            found.append(self._number(what))
            if self._next("]"):
                return tuple(found)
            self._sign(",")
        raise Damaged(f"{what} has more than {most} numbers")

    def _number(self, what: str) -> int:
        self._space()
        found = _NUMBER.match(self._data, self._at)
        if found is None:
            raise self._wrong("an integer")
        text = found[0]
        if found[1] or found[2]:
            raise Damaged(f"{what} has {_shown(text)}, which is not an integer")
        if text.startswith(b"-"):
            raise Damaged(f"{what} has {_shown(text)}, which is negative")
        if len(text) > _MOST_DIGITS:
            raise Damaged(f"{what} has a number of {len(text):,} digits")
        self._at = found.end()
        return int(text)

    def _string(self, what: str) -> str:
        return self._text(what, self._limits.line, "line")

    def _text(self, what: str, most: int, limit: str) -> str:
        self._space()
        found = _STRING.match(self._data, self._at)
        if found is None:
            raise self._wrong(what)
        length = found.end() - self._at - 2
        if length > most:
            message = f"{what} of {length:,} bytes; the limit is {most:,}"
            raise Damaged(message, "limit", raising(limit))
        self._at = found.end()
        return _decoded(found[1])

    def _sign(self, sign: str) -> None:
        if not self._next(sign):
            raise self._wrong(sign)

    def _next(self, sign: str) -> bool:
        """Whether a sign comes next; if so it is passed."""
        self._space()
        found = self._data[self._at : self._at + 1] == sign.encode()
        self._at += found
        return found

    def _space(self) -> None:
        self._at = _SPACE.match(self._data, self._at).end()  # type: ignore[union-attr]

    def _wrong(self, wanted: str) -> Damaged:
        """What stands where something else must."""
        if self._at >= len(self._data):
            return Damaged(f"not a safetensors header: it ends where {wanted} is expected")
        there = _shown(self._data[self._at : self._at + 12])
        return Damaged(f"not a safetensors header: {there} at byte {self._at:,}, where {wanted} is expected")


def _shown(data: bytes) -> str:
    """A few bytes of a header in a message."""
    text = data[:24].decode("utf-8", errors="replace")
    return f"{text}…" if len(data) > 24 else text


def _decoded(raw: bytes) -> str:
    """The text between two quotes, known to be UTF-8 and to have right escapes; raises Damaged for half a character."""
    if b"\\" not in raw:
        return raw.decode("utf-8")
    text: str = json.loads(b'"' + raw + b'"')
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Damaged("a string of the header has half of a surrogate pair")
    return text


def checked_entry(name: str, dtype: str, sizes: tuple[int, ...], offsets: tuple[int, ...]) -> TensorEntry:
    """An entry whose dtype is known, and whose bytes are as many as dtype and shape need; raises Damaged."""
    if dtype not in BITS:
        raise Damaged(f"{name} has the dtype {dtype}, which the format does not have")
    if len(offsets) != 2:
        raise Damaged(f"the offsets of {name} are {len(offsets)} numbers, not 2")
    start, end = offsets
    if end < start:
        raise Damaged(f"the bytes of {name} end at {end:,}, before they begin at {start:,}")
    elements = 1
    for size in sizes:
        elements *= size
    if elements * BITS[dtype] != 8 * (end - start):
        needed = -(-elements * BITS[dtype] // 8)
        much = f"{needed:,}" if len(str(needed)) <= _MOST_DIGITS else "many more"
        message = f"{name} is {dtype} {list(sizes)}, which takes {much} bytes, and has {end - start:,}"
        raise Damaged(message)
    return TensorEntry(name, dtype, sizes, start, end)


def write_header(tensors: list[tuple[str, str, tuple[int, ...]]], names: Mapping[str, str] | None = None) -> bytes:
    """The eight bytes and the header of a file whose tensors (name, dtype, sizes) follow one another in this order.

    `names` are further names of tensors with the one that is stored, which the safetensors library keeps as metadata.
    """
    header: dict[str, Any] = {METADATA: {**(names or {}), "format": "pt"}}
    at = 0
    for name, dtype, sizes in tensors:
        elements = 1
        for size in sizes:
            elements *= size
        end = at + elements * BITS[dtype] // 8
        header[name] = {"dtype": dtype, "shape": list(sizes), "data_offsets": [at, end]}
        at = end
    data = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    data += b" " * (-len(data) % _ALIGNMENT)
    return len(data).to_bytes(_PREFIX, "little") + data
