"""Reads what a safetensors file says of itself, without its weights and without torch."""

import json
from dataclasses import dataclass
from pathlib import Path

from webui.errors import ModelUnusable

MAX_HEADER_BYTES = 16 * 1024 * 1024
_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetensorsHeader:
    """Tensor names with dtype and shape, and the file's own metadata."""

    tensors: dict[str, tuple[str, tuple[int, ...]]]
    metadata: dict[str, str]


def read_header(path: Path) -> SafetensorsHeader:
    """The header of a safetensors file, checked against the size of the file.

    Source: the safetensors format: 8 bytes little-endian length, a JSON header, then the tensors' bytes.

    Raises:
        ModelUnusable: the file is missing, truncated, or is no safetensors file; the sentence says which.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(_LENGTH_BYTES)
            length = int.from_bytes(start, "little")
            plausible = len(start) == _LENGTH_BYTES and length <= MAX_HEADER_BYTES
            text = file.read(length) if plausible else b""
    except OSError as error:
        raise ModelUnusable(f"The file {path.name} cannot be read: {error.strerror}.", hint=_again(path)) from error
    if not plausible or len(text) < length:
        raise ModelUnusable(f"{path.name} {_what_it_is(start, size)}.", hint=_again(path))
    try:
        header = json.loads(text)
        metadata = header.pop("__metadata__", {})
        tensors = {name: (entry["dtype"], tuple(entry["shape"])) for name, entry in header.items()}
        end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ModelUnusable(f"{path.name} has a damaged header.", hint=_again(path)) from error
    expected = _LENGTH_BYTES + length + end
    if size != expected:
        state = "truncated" if size < expected else "damaged"
        raise ModelUnusable(
            f"{path.name} is {state}: it has {size:,} bytes where its header promises {expected:,}.", hint=_again(path)
        )
    return SafetensorsHeader(tensors=tensors, metadata=metadata)


def _what_it_is(start: bytes, size: int) -> str:
    if size == 0:
        return "is an empty file"
    if start.lstrip().lower().startswith((b"<!doc", b"<html")):
        return "is a web page, not a model"
    if start.startswith(b"version "):
        return "is a Git LFS pointer, not the model itself"
    return "is truncated or is not a safetensors file"


def _again(path: Path) -> str:
    return f"Download it again, or restore {path.parent.name}/{path.name} from its source."
