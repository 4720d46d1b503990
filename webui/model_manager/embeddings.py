"""Textual inversions (Gal et al. 2022): vectors that stand in a prompt by the name of their file. Torch."""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from webui.errors import ModelUnusable
from webui.model_manager.network_folders import EMBEDDINGS, embedding_files
from webui.model_manager.safetensors_header import read_header

_MAX_BYTES = 16 * 1024 * 1024
"""Vectors for 75 tokens are far smaller; what is larger is another kind of file."""


class EmbeddingFiles:
    """The textual inversions in the `embeddings` folders of some models folders.

    Upper and lower case are the same, as they are in prompts. A file is read when its name is first asked for and
    when it has changed; the folders are looked at again when they have.
    """

    def __init__(self, models_dirs: Sequence[Path]) -> None:
        self._models_dirs = tuple(models_dirs)
        self._changed: list[int] | None = None
        self._files: dict[str, Path] = {}
        self._vectors: dict[Path, tuple[int, torch.Tensor]] = {}

    def __call__(self, name: str) -> torch.Tensor | None:
        """The vectors (n, width) of the textual inversion of that name, on the CPU, or None if there is none.

        Raises:
            ModelUnusable: its file is damaged or is no textual inversion.
        """
        self._look_again()
        path = self._files.get(name.casefold())
        if path is None:
            return None
        changed = _last_change(path)
        if self._vectors.get(path, (None,))[0] != changed:
            self._vectors[path] = changed, _read(path)
        return self._vectors[path][1]

    def _look_again(self) -> None:
        changed = [_last_change(folder / EMBEDDINGS) for folder in self._models_dirs]
        if changed != self._changed:
            self._changed, self._files = changed, embedding_files(self._models_dirs)


def _last_change(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _read(path: Path) -> torch.Tensor:
    """A file's vectors. There is one tensor, whatever its name; files for two encoders (SDXL) have one for each.

    Of several, the widest is given: it fits no encoder of a model that reads one alone, and is told as such.
    """
    header = read_header(path)
    shapes = [shape for _, shape in header.tensors.values()]
    if not shapes or path.stat().st_size > _MAX_BYTES or not all(_is_vectors(shape) for shape in shapes):
        raise ModelUnusable(
            f"{path.name} is no textual inversion.", hint=f"Take it out of the folder {EMBEDDINGS}, or of the prompt."
        )
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelUnusable(f"{path.name} cannot be read: {error}.", hint="Download it again.") from error
    widest = max(tensors.values(), key=lambda tensor: tensor.shape[-1])
    return widest.reshape(-1, widest.shape[-1]).float()


def _is_vectors(shape: tuple[int, ...]) -> bool:
    return len(shape) in (1, 2) and all(shape)
