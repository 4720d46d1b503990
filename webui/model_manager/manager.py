"""The loaded model: found in the catalogue, loaded in the best dtype, kept until another one is asked for. Torch."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import torch

from webui.diffusion.families.stable_diffusion import StableDiffusion
from webui.diffusion.preview import LatentPreview
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.loading import LoadingProgress, exhausted, load_family
from webui.model_manager.precision import best_time, candidate_dtypes, choose_dtype, remembered_dtype
from webui.model_manager.preview_map import load_preview

CALIBRATION_FILE = "calibration.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model in memory with what belongs to it."""

    entry: ModelEntry
    family: StableDiffusion
    preview: LatentPreview


class ModelManager:
    """Owns the device and the one model that is loaded on it.

    Args:
        models_dirs: where checkpoints are looked for.
        data_dir: where measurements are remembered.
        device: where models run; by default the first GPU, else the CPU.
    """

    def __init__(self, *, models_dirs: tuple[Path, ...], data_dir: Path, device: torch.device | None = None) -> None:
        self._catalogue = Catalogue(models_dirs)
        self._memory = data_dir / CALIBRATION_FILE
        self.device = device or torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.loaded: LoadedModel | None = None

    def load(self, name: str | None) -> Generator[LoadingProgress, None, LoadedModel]:
        """Yields its progress and returns the model of that name (None: the default one).

        Yields nothing when it is the one in memory, which stays usable when another one cannot be loaded.

        Raises:
            ModelNotFound: there is no such model.
            ModelUnusable: it cannot be loaded; the sentence says which file is at fault.
        """
        entry = self._catalogue.find(name)
        if self.loaded is not None and self.loaded.entry == entry:
            return self.loaded
        dtype = remembered_dtype(self.device, key=_key(entry), memory=self._memory)
        if dtype is None:
            yield LoadingProgress(0.0, "measuring which arithmetic is fastest here")
            seconds = {dtype: self._time(entry, dtype) for dtype in candidate_dtypes(self.device)}
            dtype = choose_dtype(seconds, key=_key(entry), memory=self._memory)
        family = yield from load_family(entry, device=self.device, dtype=dtype)
        self.loaded = LoadedModel(entry=entry, family=family, preview=load_preview(entry.path, family))
        return self.loaded

    def _time(self, entry: ModelEntry, dtype: torch.dtype) -> float:
        """Seconds of one guided prediction of a model at its own size, in a dtype."""
        family = exhausted(load_family(entry, device=self.device, dtype=dtype))
        side = family.info.default_size // family.info.latent_scale
        latents = torch.zeros(2, family.info.input_channels, side, side, dtype=dtype, device=family.device)
        embeddings = torch.zeros(2, family.text.chunk_length, family.text.width, dtype=dtype, device=family.device)
        timestep = torch.tensor(500, device=family.device)
        with torch.inference_mode():
            return best_time(lambda: family.predict(latents, timestep, embeddings))


def _key(entry: ModelEntry) -> str:
    return f"{entry.name}, {entry.size_bytes} bytes"
