"""Tensors out of a checkpoint and into a module, and a module as the bytes of a safetensors file.

Nothing is unpickled but by PyTorch's own restricted reader, and only where that is known to be sound.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping

import torch
from torch import nn

from archdsl.checkpoints.header import BITS, METADATA, TensorEntry, refusal, write_header
from archdsl.network.table import ByIdentity
from archdsl.typed import BinaryIO

_NAMES = {
    "BOOL": "bool",
    "U8": "uint8",
    "I8": "int8",
    "I16": "int16",
    "U16": "uint16",
    "I32": "int32",
    "U32": "uint32",
    "I64": "int64",
    "U64": "uint64",
    "F16": "float16",
    "BF16": "bfloat16",
    "F32": "float32",
    "F64": "float64",
    "C64": "complex64",
    "F8_E5M2": "float8_e5m2",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
    "F8_E4M3FNUZ": "float8_e4m3fnuz",
}
DTYPES: dict[str, torch.dtype] = {short: getattr(torch, name) for short, name in _NAMES.items() if hasattr(torch, name)}
_SHORT = {dtype: short for short, dtype in DTYPES.items()}
SOUND = (2, 6)  # the first release whose weights_only=True keeps its promise (CVE-2025-32434)


# ---- reading


def reader(file: BinaryIO, begin: int, name: str) -> Callable[[TensorEntry], torch.Tensor]:
    """A function that reads one tensor of an open safetensors file, whose tensors begin at byte `begin`."""

    def read(entry: TensorEntry) -> torch.Tensor:
        dtype, length = DTYPES[entry.dtype], entry.end - entry.start
        if not length:
            return torch.empty(entry.sizes, dtype=dtype)
        data = bytearray(length)
        file.seek(begin + entry.start)
        if file.readinto(data) != length:  # type: ignore[attr-defined]
            raise refusal("damaged-weights", "the file was truncated while it was read", name)
        return from_bytes(data, dtype, sys.byteorder).reshape(entry.sizes)

    return read


def from_bytes(data: bytearray, dtype: torch.dtype, order: str) -> torch.Tensor:
    """Little-endian bytes as a tensor of one axis on a machine of either `order`, which shares their memory."""
    return torch.frombuffer(_turned(data, dtype) if order == "big" else data, dtype=dtype)


def _turned(data: bytearray, dtype: torch.dtype) -> bytearray:
    """The bytes of each number the other way round; a complex one is two."""
    size = dtype.itemsize // (2 if dtype.is_complex else 1)
    for place in range(size // 2):
        other = size - 1 - place
        data[place::size], data[other::size] = data[other::size], data[place::size]
    return data


def fill(
    module: nn.Module, chosen: Iterable[tuple[str, TensorEntry]], read: Callable[[TensorEntry], torch.Tensor], file: str
) -> None:
    """Copy each tensor, as `read` gives it, to its name in the `state_dict`; nothing else is touched.

    Raises ArchError (`weights-mismatch`) where two names of one tensor come with different numbers.
    """
    state, names = module.state_dict(), further_names(module)
    filled: dict[str, TensorEntry] = {}
    with torch.no_grad():
        for name, entry in chosen:
            first = names.get(name, name)
            before = filled.get(first)
            if before is None:
                filled[first] = entry
                state[name].copy_(read(entry))
            elif before is not entry and not _equal(read(before), read(entry)):
                message = f"{first} and {name} share one tensor in the model, and differ in the file"
                raise refusal("weights-mismatch", message, file, "rename or remove one of them in the file")


def _equal(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors have the same numbers, what is no number included."""
    return bool(((one == other) | ((one != one) & (other != other))).all())


def unpickled(file: BinaryIO, name: str, version: str = torch.__version__) -> dict[str, torch.Tensor]:
    """The tensors of a file of `torch.save`, read with `weights_only=True` where this PyTorch does so soundly.

    Raises ArchError: `pickled-weights` where it does not, or the file holds more than tensors by name.
    """
    numbers = tuple(map(int, re.findall("[0-9]+", version)[:2]))
    if numbers < SOUND:
        message = f"PyTorch {version} can run code from such a file, even with weights_only=True"
        hint = "install PyTorch 2.6 or newer, or get the weights as safetensors"
        raise refusal("pickled-weights", message, name, hint)
    try:
        found = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as fault:  # whatever a hostile file makes of it: there is nothing to be told apart
        reason = str(fault).partition("\n")[0][:300]
        message = f"torch.load refuses it with weights_only=True: {type(fault).__name__}: {reason}"
        raise refusal("pickled-weights", message, name, "get the weights as safetensors") from None
    return _named(found, name)


def _named(found: object, name: str) -> dict[str, torch.Tensor]:
    """The tensors by name; raises ArchError for anything else."""
    if not isinstance(found, Mapping):
        raise refusal(
            "pickled-weights", f"the file does not contain a dictionary of tensors, but {type(found).__name__}", name
        )
    for key, tensor in found.items():
        if not isinstance(key, str) or not isinstance(tensor, torch.Tensor):
            message = f"the file contains more than a dictionary of tensors: {key!r} is {type(tensor).__name__}"
            hint = (
                f'archdsl.save(torch.load("{name}", weights_only=True)[{key!r}], "weights.safetensors") saves one part'
            )
            raise refusal("pickled-weights", message, name, hint if isinstance(tensor, Mapping) else None)
        try:
            plain(key, tensor)
        except (TypeError, ValueError) as wrong:
            raise refusal("pickled-weights", str(wrong), name) from None
    return dict(found)


def entries(tensors: Mapping[str, torch.Tensor]) -> dict[str, TensorEntry]:
    """Tensors in memory as the header of a file would list them."""
    return {
        name: TensorEntry(name, _SHORT[tensor.dtype], tuple(tensor.shape), 0, tensor.nbytes)
        for name, tensor in tensors.items()
    }


# ---- writing


def plain(name: str, tensor: torch.Tensor) -> torch.Tensor:
    """A tensor on the CPU with its elements in order; raises TypeError or ValueError for what the format has not."""
    if not isinstance(tensor, torch.Tensor):
        raise TypeError(f"{name} is not a tensor but {type(tensor).__name__}")
    if tensor.layout != torch.strided or tensor.is_quantized or tensor.dtype not in _SHORT:
        raise ValueError(f"{name} is {tensor.dtype}, {tensor.layout}: safetensors cannot store such a tensor")
    if tensor.is_meta:
        raise ValueError(f"{name} has no data: it is on the meta device")
    return tensor.detach().to("cpu").contiguous()


def serialised(module: nn.Module | Mapping[str, torch.Tensor]) -> Iterator[bytes]:
    """The bytes of a safetensors file, tensor by tensor. Raises TypeError, ValueError before the first."""
    state = module.state_dict() if isinstance(module, nn.Module) else module
    if not isinstance(state, Mapping):
        raise TypeError(f"expected a module or a dictionary of tensors, not {type(module).__name__}")
    names = further_names(module) if isinstance(module, nn.Module) else {}
    tensors = {}
    for name, tensor in state.items():
        if not isinstance(name, str) or name == METADATA:
            raise ValueError(f"a tensor cannot be named {name!r}")
        if name not in names:
            tensors[name] = plain(name, tensor)
    order = sorted(tensors, key=lambda name: (-BITS[_SHORT[tensors[name].dtype]], name))
    yield write_header([(name, _SHORT[tensors[name].dtype], tuple(tensors[name].shape)) for name in order], names)
    for name in order:
        yield to_bytes(tensors[name], sys.byteorder)


def further_names(module: nn.Module) -> dict[str, str]:
    """The names of a `state_dict` that stand for a tensor which has a name above, each with that one."""
    first: dict[ByIdentity, str] = {}
    found: dict[str, str] = {}
    for name, tensor in module.state_dict(keep_vars=True).items():
        known = first.setdefault(ByIdentity(tensor), name)
        if known != name:
            found[name] = known
    return found


def to_bytes(tensor: torch.Tensor, order: str) -> bytes:
    """The elements of a contiguous tensor as little-endian bytes on a machine of either `order`."""
    if not tensor.numel():
        return b""
    data = bytearray(tensor.nbytes)
    torch.frombuffer(data, dtype=torch.uint8).copy_(tensor.reshape(-1).view(torch.uint8))
    return bytes(_turned(data, tensor.dtype) if order == "big" else data)
