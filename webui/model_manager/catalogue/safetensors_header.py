"""Reads what a safetensors file says of itself, without its weights and without torch, and believes none of it."""

import json
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webui.errors import ModelUnusable
from webui.model_manager.catalogue.file_magic import what_it_is

MAX_HEADER_BYTES = 16 * 1024 * 1024
MAX_TENSORS = 100_000
MAX_DIMENSIONS = 16
_MAX_NUMBER = 2**63
_LENGTH_BYTES = 8
_BITS = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "U16": 16, "I16": 16, "F16": 16, "BF16": 16,
    "U32": 32, "I32": 32, "F32": 32,
    "U64": 64, "I64": 64, "F64": 64, "C64": 64,
}  # fmt: skip
"""The format's types and how many bits a number of each has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetensorsHeader:
    """Tensor names with dtype and shape, and the file's own metadata. Names are never more than names."""

    tensors: dict[str, tuple[str, tuple[int, ...]]]
    metadata: dict[str, str]


def read_header(path: Path) -> SafetensorsHeader:
    """The header of a safetensors file, checked against the size of the file.

    Source: the safetensors format: 8 bytes little-endian length, a JSON header, then the tensors' bytes without holes.

    Raises:
        ModelUnusable: the file is missing, truncated, or is no safetensors file; the sentence says which.
    """
    text, size = _header_text(path)
    try:
        header = json.loads(text)
        metadata = header.pop("__metadata__", None) or {}
        if len(header) > MAX_TENSORS:
            raise _unusable(path, f"has {len(header):,} tensors, and at most {MAX_TENSORS:,} are read")
        spans = sorted(_span(name, described) for name, described in header.items())
    except _Damaged as error:
        raise _unusable(path, f"has a damaged header: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unusable(path, "has a damaged header") from error
    if not _is_text(metadata):
        raise _unusable(path, "has a damaged header: its metadata are not text")
    _check_spans(path, spans, size - _LENGTH_BYTES - len(text))
    tensors = {name: (described["dtype"], tuple(described["shape"])) for name, described in header.items()}
    return SafetensorsHeader(tensors=tensors, metadata=metadata)


class _Damaged(ValueError):
    """What is wrong with one tensor's description, for the end of a sentence."""


def _header_text(path: Path) -> tuple[bytes, int]:
    """The header's bytes and the size of the file."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
            raise _unreadable(path, "it is a folder" if stat.S_ISDIR(status.st_mode) else "it is no ordinary file")
        with path.open("rb") as file:
            start = file.read(_LENGTH_BYTES + 1)
            length = int.from_bytes(start[:_LENGTH_BYTES], "little")
            begins = start[_LENGTH_BYTES:]
            if begins != b"{":
                raise _unusable(path, what_it_is(start + file.read(512), status.st_size))
            if length > MAX_HEADER_BYTES:
                raise _unusable(path, f"has a header of {length:,} bytes, and at most {MAX_HEADER_BYTES:,} are read")
            text = begins + file.read(length - 1)
    except OSError as error:
        raise _unreadable(path, str(error.strerror or error)) from error
    if len(text) < length:
        raise _unusable(path, "is truncated within its header")
    return text, status.st_size


def _span(name: str, described: dict[str, Any]) -> tuple[int, int]:
    """Where a tensor's bytes begin and end, if it says so consistently."""
    bits, shape, (begin, end) = _BITS.get(described["dtype"]), described["shape"], described["data_offsets"]
    if bits is None:
        raise _Damaged(f"the type of {_shown(name)} is unknown")
    if "\0" in name:
        raise _Damaged(f"there is no such name as {_shown(name)}")
    if type(shape) is not list or len(shape) > MAX_DIMENSIONS:
        raise _Damaged(f"the shape of {_shown(name)} cannot be")
    size = 1
    for number in (*shape, begin, end):
        if type(number) is not int or not 0 <= number < _MAX_NUMBER:
            raise _Damaged(f"the shape of {_shown(name)} cannot be")
    for side in shape:
        size *= side
    if size * bits != (end - begin) * 8:
        raise _Damaged(f"the shape of {_shown(name)} does not fit its bytes")
    return begin, end


def _shown(name: str) -> str:
    return repr(name[:80])


def _check_spans(path: Path, spans: list[tuple[int, int]], size: int) -> None:
    """Tensors lie one after the other and fill the file."""
    end = max((end for _, end in spans), default=0)
    if end != size:
        state = "truncated" if size < end else "damaged"
        before = path.stat().st_size - size
        raise _unusable(path, f"is {state}: it has {before + size:,} bytes where its header promises {before + end:,}")
    at = 0
    for begin, until in spans:
        if begin != at:
            raise _unusable(path, f"has a damaged header: its tensors {'overlap' if begin < at else 'leave a hole'}")
        at = until


def _is_text(metadata: object) -> bool:
    return isinstance(metadata, dict) and all(isinstance(value, str) for value in metadata.values())


def _unusable(path: Path, state: str) -> ModelUnusable:
    return ModelUnusable(
        f"{path.name} {state}.", hint=f"Download it again, or restore {path.parent.name}/{path.name} from its source."
    )


def _unreadable(path: Path, reason: str) -> ModelUnusable:
    return ModelUnusable(
        f"The file {path.name} cannot be read: {reason}.",
        hint=f"Download it again, or restore {path.parent.name}/{path.name} from its source.",
    )
