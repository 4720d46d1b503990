"""Where LoRAs and textual inversions lie: folders of the models folders, and the files in them. No torch."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

LORAS = "loras"
EMBEDDINGS = "embeddings"
_MAX_FILES = 10_000


def lora_files(models_dirs: Sequence[Path]) -> list[Path]:
    """Every LoRA's file, those of earlier folders first."""
    return [path for folder in models_dirs for path in _files(folder / LORAS, "**/*.safetensors")]


def embedding_files(models_dirs: Sequence[Path]) -> dict[str, Path]:
    """The textual inversions' files by their names without upper case; an earlier folder's file hides a later one's."""
    found: dict[str, Path] = {}
    for folder in models_dirs:
        for path in _files(folder / EMBEDDINGS, "*.safetensors"):
            found.setdefault(path.stem.casefold(), path)
    return found


def _files(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(islice(folder.glob(pattern), _MAX_FILES))
    except OSError:
        return []
