"""Reads what a GGUF file says of itself, without its weights and without torch.

Source: the GGUF specification of ggml (`docs/gguf.md`), versions 2 and 3; sizes of blocks from `gguf.constants`.
"""

import stat
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from webui.errors import ModelUnusable
from webui.model_manager.catalogue.file_magic import what_it_is
from webui.model_manager.catalogue.safetensors_header import MAX_TENSORS, SafetensorsHeader

_MAGIC = b"GGUF"
_FIRST_BYTES = 1024 * 1024
_MAX_BYTES = 64 * 1024 * 1024
"""Where a header ends at the latest: the vocabularies of language models are in it."""
_MAX_KEYS, _MAX_TEXT, _MAX_DIMENSIONS, _MAX_ITEMS = 10_000, 1024 * 1024, 8, 10_000_000
_NUMBERS = {0: "B", 1: "b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
TYPES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
}  # fmt: skip
"""ggml's types: their names, how many numbers a block has, and its bytes."""


class _Damaged(Exception):
    """What is wrong, for the end of a sentence."""


class _Truncated(_Damaged):
    """The header goes on behind what was read."""


@dataclass(slots=True)
class _Cursor:
    """Reads values one after the other, and never beyond the header's limit."""

    data: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise _Truncated("is truncated within its header")
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def text(self) -> str:
        length = self.number("<Q")
        if length > _MAX_TEXT:
            raise _Damaged("has a damaged header: a text in it is too long")
        return self.take(length).decode("utf-8", "replace")


def read_gguf_header(path: Path) -> SafetensorsHeader:
    """Names, types and shapes (in torch's order) of the tensors, and the texts and numbers of the metadata.

    Raises:
        ModelUnusable: the file is missing, truncated, or is no GGUF file; the sentence says which.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ModelUnusable(f"The file {path.name} cannot be read: it is no ordinary file.")
        return _read(path, status.st_size)
    except OSError as error:
        raise ModelUnusable(f"The file {path.name} cannot be read: {error.strerror or error}.") from error
    except _Damaged as error:
        raise ModelUnusable(
            f"{path.name} {error}.",
            hint=f"Download it again, or restore {path.parent.name}/{path.name} from its source.",
        ) from error


def _read(path: Path, size: int) -> SafetensorsHeader:
    """Reads as much of the file as its header needs."""
    with path.open("rb") as file:
        data = file.read(_FIRST_BYTES)
        try:
            return _parsed(data, size)
        except _Truncated:
            if len(data) < _FIRST_BYTES:
                raise
        return _parsed(data + file.read(_MAX_BYTES - _FIRST_BYTES), size)


def _parsed(data: bytes, size: int) -> SafetensorsHeader:
    if data[:4] != _MAGIC:
        told = what_it_is(data[:512], size)
        raise _Damaged(told.replace("a safetensors file", "a GGUF file"))
    cursor = _Cursor(data, 4)
    version, count, keys = cursor.number("<I"), cursor.number("<Q"), cursor.number("<Q")
    if version not in (2, 3):
        raise _Damaged(f"is of version {version} of GGUF, and 2 and 3 are read")
    if count > MAX_TENSORS or keys > _MAX_KEYS:
        raise _Damaged(f"has {count:,} tensors, and at most {MAX_TENSORS:,} are read")
    values = {}
    for _ in range(keys):
        name = cursor.text()
        value = _value(cursor, cursor.number("<I"))
        if value is not None:
            values[name] = value
    described = [_tensor(cursor) for _ in range(count)]
    _check_size(described, cursor.at, values.get("general.alignment", 32), size)
    tensors = {name: (TYPES[kind][0], shape) for name, kind, shape, _ in described}
    return SafetensorsHeader(tensors=tensors, metadata={name: str(value) for name, value in values.items()})


def _value(cursor: _Cursor, kind: int) -> Any:
    """A value of the metadata; arrays are passed over, and told as None."""
    if kind in _NUMBERS:
        return cursor.number(_NUMBERS[kind])
    if kind == _STRING:
        return cursor.text()
    if kind != _ARRAY:
        raise _Damaged("has a damaged header: the type of a value is unknown")
    inner, count = cursor.number("<I"), cursor.number("<Q")
    if count > _MAX_ITEMS:
        raise _Damaged("has a damaged header: a list in it is too long")
    if inner in _NUMBERS:
        cursor.take(struct.calcsize(_NUMBERS[inner]) * count)
    elif inner == _STRING:
        for _ in range(count):
            cursor.take(cursor.number("<Q"))
    else:
        raise _Damaged("has a damaged header: a list in it is of no known type")
    return None


def _tensor(cursor: _Cursor) -> tuple[str, int, tuple[int, ...], int]:
    """A tensor's name, type, shape and where it begins after the header."""
    name, dimensions = cursor.text(), cursor.number("<I")
    if dimensions > _MAX_DIMENSIONS:
        raise _Damaged("has a damaged header: a tensor has too many dimensions")
    shape = tuple(cursor.number("<Q") for _ in range(dimensions))[::-1]
    kind, offset = cursor.number("<I"), cursor.number("<Q")
    if kind not in TYPES:
        raise _Damaged(f"has a damaged header: the type {kind} is unknown")
    return name, kind, shape, offset


def _check_size(described: list[tuple[str, int, tuple[int, ...], int]], at: int, alignment: Any, size: int) -> None:
    if not isinstance(alignment, int) or not 0 < alignment <= 65536:
        raise _Damaged("has a damaged header: its alignment cannot be")
    start = -(-at // alignment) * alignment
    for name, kind, shape, offset in described:
        _, block, block_bytes = TYPES[kind]
        numbers = prod(shape)
        if numbers % block or max(shape, default=0) >= 2**40:
            raise _Damaged(f"has a damaged header: the shape of {name[:80]!r} cannot be")
        end = start + offset + numbers // block * block_bytes
        if end > size:
            raise _Damaged(f"is truncated: it has {size:,} bytes where its header promises {end:,} at least")
