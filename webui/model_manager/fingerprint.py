"""Which weights a model has, in a few milliseconds: a hash of headers, sizes and samples, never of everything.

Two files with the same fingerprint may differ in bytes that were not sampled; training and merging change nearly all
of them, so that what people do to weights is seen.
"""

import hashlib
from pathlib import Path

from webui.model_manager.catalogue import ModelEntry

_SAMPLES = 16
_SAMPLE_BYTES = 4096
_HEADER_BYTES = 64 * 1024
_DIGITS = 32


def fingerprint(entry: ModelEntry) -> str:
    """32 hexadecimal digits for a model's weights: the same for a copy elsewhere, another for other weights.

    Raises:
        OSError: a file cannot be read.
    """
    told = hashlib.sha256()
    for file in _weight_files(entry.path):
        size = file.stat().st_size
        told.update(f"{_place(entry.path, file)}\0{size}\0".encode())
        with file.open("rb") as weights:
            told.update(weights.read(_HEADER_BYTES))
            for sample in range(_SAMPLES):
                weights.seek(max(size - _SAMPLE_BYTES, 0) * sample // (_SAMPLES - 1))
                told.update(weights.read(_SAMPLE_BYTES))
    return told.hexdigest()[:_DIGITS]


def _weight_files(path: Path) -> list[Path]:
    return sorted(path.glob("*/*.safetensors")) if path.is_dir() else [path]


def _place(model: Path, file: Path) -> str:
    """The file's place within the model, whatever the model itself is called."""
    return file.relative_to(model).as_posix() if file != model else "weights"
