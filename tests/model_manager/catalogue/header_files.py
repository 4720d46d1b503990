"""Safetensors and GGUF files that are nothing but a header: as long as they say, with a hole for the weights."""

import json
import struct
from collections.abc import Mapping
from math import prod
from pathlib import Path

from webui.model_manager.catalogue.gguf_header import TYPES

_BYTES = {"F32": 4, "F16": 2, "BF16": 2, "U8": 1, "F8_E4M3": 1}

SD1 = {
    "model.diffusion_model.input_blocks.0.0.weight": (320, 4, 3, 3),
    "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": (320, 768),
    "model.diffusion_model.out.2.weight": (4, 320, 3, 3),
    "first_stage_model.decoder.conv_in.weight": (512, 4, 3, 3),
    "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight": (49408, 768),
}
"""Enough of a checkpoint of Stable Diffusion 1 to be known as one."""


def write_safetensors(
    path: Path, shapes: Mapping[str, tuple[int, ...]], *, dtype: str = "F16", metadata: Mapping[str, str] | None = None
) -> Path:
    """A file with these tensors, all zeros; it takes up no room on the disk."""
    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    at = 0
    for name, shape in shapes.items():
        size = prod(shape) * _BYTES[dtype]
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + at)
    return path


def write_gguf(path: Path, shapes: Mapping[str, tuple[int, ...]], *, kind: int = 0, architecture: str = "flux") -> Path:
    """A GGUF file with these tensors, of one of ggml's types."""
    _, block, block_bytes = TYPES[kind]
    text = architecture.encode()
    start = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), 1)
    start += _text(b"general.architecture") + struct.pack("<I", 8) + _text(text)
    at = 0
    for name, shape in shapes.items():
        start += _text(name.encode()) + struct.pack("<I", len(shape))
        start += b"".join(struct.pack("<Q", side) for side in reversed(shape)) + struct.pack("<IQ", kind, at)
        at += -(-(prod(shape) // block * block_bytes) // 32) * 32
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(start)
        file.truncate(-(-len(start) // 32) * 32 + at)
    return path


def _text(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text
