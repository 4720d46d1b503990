"""Recordings as someone with a text editor and bad intentions would leave them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from webui.library.raw_tensors import METADATA, RawTensor, packed, unpacked


def edited(
    path: Path,
    *,
    summary: Callable[[dict[str, Any]], Any] | None = None,
    texts: Callable[[dict[str, str]], Any] | None = None,
    tensors: Callable[[dict[str, RawTensor]], Any] | None = None,
) -> Path:
    """Change a recording's file in place: its summary, the texts of its header, or its tensors."""
    found, told = unpacked(path.read_bytes())
    if summary is not None:
        values = json.loads(told["summary"])
        summary(values)
        told["summary"] = json.dumps(values)
    if texts is not None:
        texts(told)
    if tensors is not None:
        tensors(found)
    path.write_bytes(b"".join(bytes(piece) for piece in packed(found, told)))
    return path


def with_header(path: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    """Change the JSON of a file's header in place, whatever that makes of it."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    entries = json.loads(content[8 : 8 + length])
    change(entries)
    assert METADATA in entries
    text = json.dumps(entries).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + content[8 + length :])
    return path


def zeros(*shape: int, dtype: str = "F32") -> RawTensor:
    """A tensor of that shape."""
    count = 1
    for side in shape:
        count *= side
    return RawTensor(dtype, shape, bytes(count * {"F32": 4, "F16": 2, "BF16": 2, "U8": 1}[dtype]))
