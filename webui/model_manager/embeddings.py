"""Textual inversions (Gal et al. 2022): vectors that stand in a prompt by the name of their file. Torch.

Files are of several forms: A1111's and kohya's have one tensor `emb_params`, diffusers' one that is called after the
token (`<cat-toy>`), those for SDXL two, `clip_l` and `clip_g`.
"""

import time
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from webui.errors import ModelUnusable
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import EMBEDDING, ModelEntry
from webui.model_manager.catalogue.safetensors_header import read_header

Vectors = torch.Tensor | Mapping[str, torch.Tensor]
"""(n, width), or for several encoders such for each, by its name."""

MOMENT_SECONDS = 0.05
"""Every word of every prompt of a walk is asked for within moments of the others: one look at the disk is for all."""
_MAX_BYTES = 16 * 1024 * 1024
"""Vectors for 75 tokens are far smaller; what is larger is another kind of file."""
_ENCODERS = {"clip_l": "clip_l", "clip_g": "clip_g", "text_encoders_0": "clip_l", "text_encoders_1": "clip_g"}


class EmbeddingFiles:
    """The textual inversions among the models.

    Upper and lower case are the same, as they are in prompts. A file is read when its name is first asked for and when
    it has changed.

    Args:
        catalogue: has them.
        moment: for how many seconds the disk is not looked at again.
    """

    def __init__(self, catalogue: Catalogue, moment: float = MOMENT_SECONDS) -> None:
        self._catalogue = catalogue
        self._moment = moment
        self._fresh_until = 0.0
        self._version = -1
        self._entries: dict[str, ModelEntry] = {}
        self._read: dict[tuple[Path, int, int], Vectors] = {}

    def __call__(self, name: str) -> Vectors | None:
        """The vectors of the textual inversion of that name, on the CPU, or None if there is none.

        Raises:
            ModelUnusable: its file is damaged or is no textual inversion.
        """
        entry = self._known().get(name.casefold())
        if entry is None:
            return None
        state = (entry.path, entry.changed_ns, entry.size_bytes)
        if state not in self._read:
            self._read[state] = _vectors(entry.path)
        return self._read[state]

    def _known(self) -> Mapping[str, ModelEntry]:
        if time.monotonic() >= self._fresh_until:
            self._look()
            self._fresh_until = time.monotonic() + self._moment
        return self._entries

    def _look(self) -> None:
        entries = self._catalogue.entries(EMBEDDING)
        if self._catalogue.version != self._version:
            self._version, self._entries = self._catalogue.version, {}
            for entry in entries:
                self._entries.setdefault(entry.path.stem.casefold(), entry)


def _vectors(path: Path) -> Vectors:
    header = read_header(path)
    shapes = [shape for _, shape in header.tensors.values()]
    if not shapes or path.stat().st_size > _MAX_BYTES or not all(_is_vectors(shape) for shape in shapes):
        raise ModelUnusable(
            f"{path.name} is no textual inversion.", hint="Take it out of the folder embeddings, or of the prompt."
        )
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelUnusable(f"{path.name} cannot be read: {error}.", hint="Download it again.") from error
    rows = {name: tensor.reshape(-1, tensor.shape[-1]).float() for name, tensor in tensors.items()}
    by_encoder = {_ENCODERS[name]: each for name, each in rows.items() if name in _ENCODERS}
    if len(by_encoder) > 1 and len({len(each) for each in by_encoder.values()}) == 1:
        return by_encoder
    return max(rows.values(), key=lambda tensor: tensor.shape[-1])


def _is_vectors(shape: tuple[int, ...]) -> bool:
    return len(shape) in (1, 2) and all(shape)
