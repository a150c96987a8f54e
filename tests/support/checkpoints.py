"""Checkpoint files for tests: right ones, and those that break the format in one way each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import archdsl
from archdsl.checkpoints.header import BITS, write_header
from archdsl.checkpoints.wanted import WantedTensor, wanted_tensors
from archdsl.limits import Limits

F32 = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}


def packed(header: Any, data: bytes = b"\0" * 24, length: int | None = None) -> bytes:
    """A file: the length (of the header unless said), the header as JSON or as it stands, the data."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(raw) if length is None else length).to_bytes(8, "little") + raw + data


def one(**changed: Any) -> bytes:
    """A file with the tensor `a`, its entry changed."""
    return packed({"a": {**F32, **changed}})


def two(first: list[int], second: list[int], size: int = 48) -> bytes:
    """A file with two tensors of 24 bytes each, at the given offsets."""
    return packed({"a": {**F32, "data_offsets": first}, "b": {**F32, "data_offsets": second}}, b"\0" * size)


def raw(text: str, size: int = 24) -> bytes:
    return packed(text.encode("utf-8", errors="surrogatepass"), b"\0" * size)


_A = '{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}'
HUGE = 10**18

# name -> the bytes, words of the message
DAMAGED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "it has 0 bytes"),
    "seven bytes": (b"\0" * 7, "it has 7 bytes"),
    "text": (b"input 8x8x3\nCONV 8 3x3\n", "not a safetensors file"),
    "a header longer than the file": (packed({"a": F32}, length=10_000), "a header of 10,000 bytes in a file of"),
    "a header of 2^64": (b"\xff" * 30, "a header of 18,446,744,073,709,551,615 bytes"),
    "no header": (packed(b"", b""), "it ends where { is expected"),
    "zeros": (b"\0" * 64, "it ends where { is expected"),
    "not UTF-8": (packed(b'{"\xff":' + _A.encode() + b"}"), "not UTF-8"),
    "UTF-16": (packed(json.dumps({"a": F32}).encode("utf-16")), "not UTF-8"),
    "half a character at the end": (packed(b'{"a":' + _A.encode() + b"}\xe2\x82"), "not UTF-8"),
    "a surrogate": (raw('{"\ud800":' + _A + "}"), "not UTF-8"),
    "an escaped surrogate": (raw('{"\\ud800":' + _A + "}"), "half of a surrogate pair"),
    "a byte order mark": (raw("\ufeff{}", 0), "at byte 0"),
    "a number": (raw("7"), "where { is expected"),
    "a list": (raw("[1]"), "where { is expected"),
    "a text": (raw('"a"'), "where { is expected"),
    "not JSON": (raw("{a: 1}"), "at byte 1, where a name is expected"),
    "cut JSON": (raw('{"a":' + _A), "ends where , is expected"),
    "cut text": (raw('{"a'), "where a name is expected"),
    "a comma too many": (raw('{"a":' + _A + ",}"), "where a name is expected"),
    "something behind": (raw('{"a":' + _A + "} x"), "where nothing more is expected"),
    "a second header": (raw('{"a":' + _A + "}{}"), "where nothing more is expected"),
    "NUL behind": (raw('{"a":' + _A + "}\0"), "where nothing more is expected"),
    "a control character in a name": (raw('{"a\x01":' + _A + "}"), "where a name is expected"),
    "an unknown escape": (raw('{"\\x41":' + _A + "}"), "where a name is expected"),
    "lists nested deep": (raw('{"a":' + "[" * 100_000 + "]" * 100_000 + "}"), "where { is expected"),
    "objects nested deep": (raw('{"a":' * 100_000), "the entry of a has a, which the format does not have"),
    "a deep shape": (one(shape=[[[1]]]), "where an integer is expected"),
    "a name twice": (raw('{"a":' + _A + ',"a":' + _A + "}"), "a appears twice in the header"),
    "a name twice by an escape": (raw('{"a":' + _A + ',"\\u0061":' + _A + "}"), "a appears twice in the header"),
    "a key twice": (raw('{"a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}}'), "dtype appears twice"),
    "metadata twice": (raw('{"__metadata__":{},"__metadata__":{}}', 0), "__metadata__ appears twice"),
    "a key of metadata twice": (raw('{"__metadata__":{"k":"1","k":"2"}}', 0), "k appears twice in __metadata__"),
    "metadata that is no text": (raw('{"__metadata__":{"k":1}}', 0), "where a string for k is expected"),
    "metadata that is a list": (raw('{"__metadata__":[]}', 0), "where { is expected"),
    "an entry that is null": (packed({"a": None}), "where { is expected"),
    "an entry that is a list": (packed({"a": ["F32", [2, 3], [0, 24]]}), "where { is expected"),
    "an entry without dtype": (packed({"a": {"shape": [2, 3], "data_offsets": [0, 24]}}), "has no dtype"),
    "an entry without shape": (packed({"a": {"dtype": "F32", "data_offsets": [0, 24]}}), "has no shape"),
    "an entry without offsets": (packed({"a": {"dtype": "F32", "shape": [2, 3]}}), "has no data_offsets"),
    "an entry with nothing": (packed({"a": {}}), "has no dtype"),
    "an unknown key": (packed({"a": {"dtype": "F32", "x": 1}}), "has x, which the format does not have"),
    "a dtype that is a number": (one(dtype=32), "where a dtype is expected"),
    "a dtype that is null": (one(dtype=None), "where a dtype is expected"),
    "an unknown dtype": (one(dtype="float32"), "the dtype float32"),
    "a dtype of another case": (one(dtype="f32"), "the dtype f32"),
    "a shape that is a number": (one(shape=6), "where [ is expected"),
    "a shape of texts": (one(shape=["2", "3"]), "where an integer is expected"),
    "a shape of truths": (one(shape=[True]), "where an integer is expected"),
    "a fraction": (one(shape=[2.0, 3]), "2.0, which is not an integer"),
    "a power": (raw('{"a":{"dtype":"F32","shape":[6e0],"data_offsets":[0,24]}}'), "6e0, which is not an integer"),
    "not a number": (raw('{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,24]}}'), "where an integer is expected"),
    "a leading zero": (raw('{"a":{"dtype":"F32","shape":[06],"data_offsets":[0,24]}}'), "where , is expected"),
    "a negative size": (one(shape=[-2, 3]), "-2, which is negative"),
    "two negative sizes": (one(shape=[-2, -3]), "-2, which is negative"),
    "a huge size": (one(shape=[HUGE, HUGE]), "which takes many more bytes"),
    "a size of 5,000 digits": (raw('{"a":{"dtype":"F32","shape":[1' + "0" * 5_000 + "]}}"), "a number of 5,001 digits"),
    "64 huge sizes": (one(shape=[HUGE] * 64), "which takes many more bytes"),
    "65 axes": (one(shape=[1] * 65), "has more than 64 numbers"),
    "a million axes": (one(shape=[1] * 1_000_000), "has more than 64 numbers"),
    "one offset": (one(data_offsets=[24]), "are 1 numbers, not 2"),
    "no offset": (one(data_offsets=[]), "are 0 numbers, not 2"),
    "three offsets": (one(data_offsets=[0, 12, 24]), "has more than 2 numbers"),
    "offsets that are texts": (one(data_offsets=["0", "24"]), "where an integer is expected"),
    "a negative offset": (one(data_offsets=[-24, 0]), "-24, which is negative"),
    "offsets the other way round": (one(data_offsets=[24, 0]), "end at 0, before they begin at 24"),
    "offsets beyond the file": (one(shape=[2, 3, 100], data_offsets=[0, 2_400]), "truncated: its tensors take 2,400"),
    "offsets of 2^63": (one(data_offsets=[2**63, 2**63 + 24]), "a gap of 9,223,372,036,854,775,808 bytes before a"),
    "too few bytes for the shape": (one(shape=[2, 4]), "takes 32 bytes, and has 24"),
    "too many bytes for the shape": (one(shape=[2, 2]), "takes 16 bytes, and has 24"),
    "half a byte": (packed({"a": {"dtype": "F4", "shape": [3], "data_offsets": [0, 1]}}, b"\0"), "takes 2 bytes"),
    "a tensor without elements that has bytes": (one(shape=[0]), "takes 0 bytes, and has 24"),
    "bytes that overlap": (two([0, 24], [12, 36], 36), "the bytes of b overlap those of a"),
    "bytes that two share": (two([0, 24], [0, 24], 24), "the bytes of b overlap those of a"),
    "a gap": (two([0, 24], [28, 52], 52), "a gap of 4 bytes before b"),
    "a gap in front": (packed({"a": {**F32, "data_offsets": [8, 32]}}, b"\0" * 32), "a gap of 8 bytes before a"),
    "bytes behind": (packed({"a": F32}, b"\0" * 30), "6 bytes after the last tensor"),
    "bytes without tensors": (packed({}, b"\0"), "1 bytes after the last tensor"),
    "cut data": (packed({"a": F32}, b"\0" * 23), "truncated: its tensors take 24 bytes, and 23 are there"),
    "no data": (packed({"a": F32}, b""), "the file is truncated"),
    "a name that colours": (raw('{"\\u001b[31m":{"dtype":"X","shape":[],"data_offsets":[0,4]}}'), "has the dtype X"),
    "a name that reorders": (raw('{"\u202ea":{"dtype":"X","shape":[],"data_offsets":[0,4]}}'), "has the dtype X"),
}  # fmt: skip


def wanted(spec: str | Path, **given: Any) -> list[WantedTensor]:
    """What a spec, as a path or as a text, wants."""
    model = archdsl.load(spec, **given) if isinstance(spec, Path) else archdsl.loads(spec, **given)
    return wanted_of(model)


def wanted_of(model: archdsl.Model) -> list[WantedTensor]:
    """What a loaded model wants."""
    checked = model._checked
    assert checked.network is not None
    return wanted_tensors(checked.network, checked.totals.layers, checked.source.name, Limits())


def zeros(tensors: Iterable[tuple[Any, ...]]) -> bytes:
    """A right file with tensors (name, dtype, sizes, ...) of zeros."""
    tensors = [(name, dtype, sizes) for name, dtype, sizes, *_ in tensors]
    size = 0
    for _, dtype, sizes in tensors:
        elements = 1
        for each in sizes:
            elements *= each
        size += elements * BITS[dtype] // 8
    return write_header(tensors) + bytes(size)


__all__ = ["DAMAGED", "F32", "packed", "raw", "wanted", "zeros"]
