"""The loaded model: found in the catalogue, loaded in the best dtype, kept until another one is asked for. Torch."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import torch

from webui.diffusion.families.base import Family
from webui.diffusion.preview import LatentPreview
from webui.model_manager.best_precision import best_precision
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.loading import LoadingProgress, load_family
from webui.model_manager.lora.applied import ModelNetworks
from webui.model_manager.lora.file import LoraFiles
from webui.model_manager.lora.of_model import networks_of
from webui.model_manager.networks import NetworkFiles
from webui.model_manager.preview_map import load_preview
from webui.model_manager.tuning import tune_attention
from webui.settings import read_model_settings

CALIBRATION_FILE = "calibration.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model in memory with what belongs to it."""

    entry: ModelEntry
    family: Family
    preview: LatentPreview
    networks: ModelNetworks


class ModelManager:
    """Owns the device and the one model that is loaded on it.

    Args:
        models_dirs: where checkpoints are looked for.
        data_dir: where measurements are remembered.
        device: where models run; by default the first GPU, else the CPU.
    """

    def __init__(self, *, models_dirs: tuple[Path, ...], data_dir: Path, device: torch.device | None = None) -> None:
        self.catalogue = Catalogue(models_dirs, data_dir)
        self._networks = NetworkFiles(self.catalogue)
        self._lora_files = LoraFiles()
        self._data_dir = data_dir
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
        entry = self.catalogue.find(name)
        if self.loaded is not None and self.loaded.entry == entry:
            return self.loaded
        settings = read_model_settings(self._data_dir)
        precision = yield from best_precision(entry, device=self.device, memory=self._memory, wanted=settings.precision)
        family = yield from load_family(
            entry, device=self.device, dtype=precision.dtype, channels_last=precision.channels_last
        )
        tune_attention(family.parts, precision=precision, device=self.device, wanted=settings.attention)
        self.loaded = LoadedModel(
            entry=entry,
            family=family,
            preview=load_preview(entry.path, family),
            networks=networks_of(entry, family, files=self._lora_files, known=self._networks),
        )
        return self.loaded
