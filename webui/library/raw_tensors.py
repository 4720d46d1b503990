"""Tensors as the safetensors format has them, without torch: a name, a dtype, a shape and bytes.

Source: the safetensors format: 8 bytes little-endian length, a JSON header with a place for each tensor and the file's
own texts, then the tensors' bytes without a gap.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LENGTH_BYTES = 8
METADATA = "__metadata__"
ITEM_BYTES = {"F32": 4, "F16": 2, "BF16": 2, "U8": 1}
"""Bytes of a value, for the dtypes that recordings have."""
_ALIGNMENT = 8
_MAX_AXES = 8


class MalformedTensors(ValueError):
    """The bytes are not in the format, or have a dtype that recordings do not have; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tensor's bytes are, counted from the end of the header, and how they are to be read."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def like(self) -> tuple[str, tuple[int, ...]]:
        """Dtype and shape: two tensors with the same can be stacked."""
        return self.dtype, self.shape


@dataclass(frozen=True, slots=True)
class RawTensor:
    """One tensor: `data` is in the order of the shape's last axis first, little-endian."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes | memoryview


@dataclass(frozen=True, slots=True)
class Header:
    """What a file or a frame says of itself: its tensors' places by name, its texts, and where the tensors begin."""

    places: dict[str, Place]
    texts: dict[str, str]
    start: int

    @property
    def end(self) -> int:
        """How many bytes there must be in all."""
        return self.start + max((place.end for place in self.places.values()), default=0)


def byte_count(dtype: str, shape: tuple[int, ...]) -> int:
    """How many bytes a tensor has."""
    return math.prod(shape) * ITEM_BYTES[dtype]


def header_bytes(shapes: Mapping[str, tuple[str, tuple[int, ...]]], texts: Mapping[str, str]) -> bytes:
    """The beginning of a file whose tensors follow in the order of `shapes` (name -> dtype, shape)."""
    entries: dict[str, Any] = {METADATA: dict(texts)}
    begin = 0
    for name, (dtype, shape) in shapes.items():
        end = begin + byte_count(dtype, shape)
        entries[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}
        begin = end
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    text += b" " * (-len(text) % _ALIGNMENT)
    return len(text).to_bytes(LENGTH_BYTES, "little") + text


def packed(tensors: Mapping[str, RawTensor], texts: Mapping[str, str]) -> list[bytes | memoryview]:
    """A whole file in pieces, to be written one after the other."""
    shapes = {name: (tensor.dtype, tensor.shape) for name, tensor in tensors.items()}
    return [header_bytes(shapes, texts), *(tensor.data for tensor in tensors.values())]


def parse_header(text: bytes) -> Header:
    """The header's JSON, with every place checked: known dtypes, whole shapes, no gap and no overlap.

    Raises:
        MalformedTensors: anything else.
    """
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedTensors("its header is not JSON") from error
    if not isinstance(entries, dict):
        raise MalformedTensors("its header is not an object")
    texts = entries.pop(METADATA, {})
    if not isinstance(texts, dict) or not all(isinstance(value, str) for value in texts.values()):
        raise MalformedTensors("its header's texts are not texts")
    places = {name: _place(name, entry) for name, entry in entries.items()}
    expected = 0
    for name, place in sorted(places.items(), key=lambda each: each[1].begin):
        if place.begin != expected:
            raise MalformedTensors(f"the tensor {name[:60]} does not begin where the one before it ends")
        expected = place.end
    return Header(places=places, texts=texts, start=LENGTH_BYTES + len(text))


def unpacked(content: bytes) -> tuple[dict[str, RawTensor], dict[str, str]]:
    """The tensors and texts of a whole file or frame that is in memory.

    Raises:
        MalformedTensors: it is not in the format.
    """
    length = int.from_bytes(content[:LENGTH_BYTES], "little")
    if len(content) < LENGTH_BYTES + length:
        raise MalformedTensors("it ends in its header")
    header = parse_header(content[LENGTH_BYTES : LENGTH_BYTES + length])
    if header.end != len(content):
        raise MalformedTensors(f"it has {len(content):,} bytes where its header promises {header.end:,}")
    whole = memoryview(content)
    tensors = {
        name: RawTensor(place.dtype, place.shape, whole[header.start + place.begin : header.start + place.end])
        for name, place in header.places.items()
    }
    return tensors, header.texts


def _place(name: str, entry: Any) -> Place:
    what = f"the tensor {name[:60]}"
    if not isinstance(entry, dict):
        raise MalformedTensors(f"{what} is not described")
    dtype = entry.get("dtype")
    if not isinstance(dtype, str) or dtype not in ITEM_BYTES:
        raise MalformedTensors(f"{what} is of the kind {str(dtype)[:20]}, not one of {', '.join(ITEM_BYTES)}")
    shape, offsets = _counts(entry.get("shape")), _counts(entry.get("data_offsets"))
    if shape is None or offsets is None or len(offsets) != 2:
        raise MalformedTensors(f"{what} has a shape or a place that cannot be")
    if offsets[1] - offsets[0] != byte_count(dtype, shape):
        raise MalformedTensors(f"{what} has not as many bytes as its shape needs")
    return Place(dtype, shape, *offsets)


def _counts(values: Any) -> tuple[int, ...] | None:
    """Whole numbers from 0 to the largest file's bytes, or None where it is anything else."""
    if not isinstance(values, list) or len(values) > _MAX_AXES:
        return None
    return tuple(values) if all(type(value) is int and 0 <= value <= 2**48 for value in values) else None
