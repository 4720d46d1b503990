"""The loaded model: found in the catalogue, loaded in the best dtype, kept for later when another is used. Torch."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import torch

from webui.diffusion.families.base import Family
from webui.diffusion.families.pipeline import PipelineModel
from webui.diffusion.preview import LatentPreview
from webui.diffusion.prompt_memory import PromptMemory
from webui.errors import ModelUnusable
from webui.model_manager.best_precision import best_precision
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.catalogue.model_entry import TEXT_ENCODER, VAE
from webui.model_manager.catalogue.model_folders import OWN_FOLDERS
from webui.model_manager.loading.load_model import LoadingProgress, load_family
from webui.model_manager.loading.single_file_plan import Neighbours
from webui.model_manager.loading.tokenizer_places import TokenizerPlaces
from webui.model_manager.lora.applied import ModelNetworks
from webui.model_manager.lora.file import LoraFiles
from webui.model_manager.lora.of_model import networks_of
from webui.model_manager.memory.device_memory import device_memory
from webui.model_manager.memory.freed_memory import give_back
from webui.model_manager.memory.memory_policy import MemoryPlan, Need, Placement, plan_memory
from webui.model_manager.memory.model_cache import ModelCache
from webui.model_manager.memory.model_memory import ModelMemory
from webui.model_manager.memory.out_of_memory import is_out_of_memory
from webui.model_manager.memory.thrifty_family import ThriftyFamily
from webui.model_manager.networks import NetworkFiles
from webui.model_manager.precision import Precision
from webui.model_manager.preview_map import load_preview
from webui.model_manager.tuning import tune
from webui.settings import ModelSettings, read_model_settings

CALIBRATION_FILE = "calibration.json"
_PREVIEWS = "previews"
_CPU = torch.device("cpu")
_USUAL = Need()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model in memory with what belongs to it.

    `vae` is the VAE that was put in the place of its own; `notes` say what was done to it that shows in its pictures.
    """

    entry: ModelEntry
    family: Family
    preview: LatentPreview
    networks: ModelNetworks
    memory: ModelMemory
    vae: ModelEntry | None = None
    notes: tuple[str, ...] = ()


_Key = tuple[ModelEntry, ModelEntry | None, str]
"""What a model is loaded from: its files, those of another VAE, and the settings that its weights depend on."""
_OF_WEIGHTS = {"precision", "quantisation", "attention", "compile"}


class ModelManager:
    """Owns the device, the model that is used, and those that were used before and are kept in the CPU's memory.

    Args:
        models_dirs: where checkpoints are looked for.
        data_dir: where measurements are remembered and the settings are.
        device: where models run; by default the first GPU, else the CPU.
    """

    def __init__(self, *, models_dirs: tuple[Path, ...], data_dir: Path, device: torch.device | None = None) -> None:
        self.catalogue = Catalogue(models_dirs, data_dir)
        self._models_dirs = models_dirs
        self._data_dir = data_dir
        self._networks = NetworkFiles(self.catalogue)
        self._lora_files = LoraFiles()
        self._memory = data_dir / CALIBRATION_FILE
        self._kept: ModelCache[LoadedModel] = ModelCache()
        self._key: _Key | None = None
        self.device = device or torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.loaded: LoadedModel | None = None

    def load(
        self, name: str | None, *, vae: str | None = None, need: Need = _USUAL
    ) -> Generator[LoadingProgress, None, LoadedModel]:
        """Yields its progress and returns the model of that name (None: the default one).

        Yields nothing when it is in memory. The one that is used stays usable when another one cannot be loaded.

        Args:
            name: the model.
            vae: a VAE in the place of its own.
            need: what the job asks of it, by which it is decided where its weights are.

        Raises:
            ModelNotFound: there is no such model, or no such VAE.
            ModelUnusable: it cannot be loaded; the sentence says which file is at fault.
        """
        entry = self.catalogue.find(name)
        other_vae = self.catalogue.find(vae, VAE) if vae else None
        settings = read_model_settings(self._data_dir)
        key = (entry, other_vae, settings.model_dump_json(include=_OF_WEIGHTS))
        if self.loaded is not None and self._key == key:
            self.loaded = replace(self.loaded, entry=entry)
            self._place(self.loaded, need, settings)
            return self.loaded
        kept = self._kept.take(key)
        if kept is None:
            loaded = yield from self._loaded(entry, other_vae, need, settings)
        else:
            self._put_away(settings)
            loaded = replace(kept, entry=entry)
        self._key, self.loaded = key, loaded
        self._place(loaded, need, settings)
        return loaded

    def in_use(self, name: str | None) -> LoadedModel | None:
        """The model that is used, if it is the one of that name (None: the default one) as it is on the disk now.

        Raises:
            ModelNotFound: there is no such model.
            ModelUnusable: its files are damaged.
        """
        return self.loaded if self.loaded is not None and self.catalogue.find(name) == self.loaded.entry else None

    def use(self, loaded: LoadedModel, *, need: Need = _USUAL) -> None:
        """Make a model that was loaded, and that the caller holds, the one that is used; costs nothing where it is.

        The one that was used until then is put away, as when another one is loaded.
        """
        if self.loaded is not None and self.loaded.family is loaded.family:
            return
        settings = read_model_settings(self._data_dir)
        key = (loaded.entry, loaded.vae, settings.model_dump_json(include=_OF_WEIGHTS))
        self._kept.take(key)
        self._put_away(settings)
        self._key, self.loaded = key, loaded
        self._place(loaded, need, settings)

    def _loaded(
        self, entry: ModelEntry, vae: ModelEntry | None, need: Need, settings: ModelSettings
    ) -> Generator[LoadingProgress, None, LoadedModel]:
        """A model from its files; the one that was used is put away, or back where it was if this fails."""
        neighbours = self._neighbours()
        precision = yield from best_precision(
            entry, device=self.device, memory=self._memory, wanted=settings.precision, neighbours=neighbours
        )
        self._kept.make_room(entry.size_bytes)
        before, key = self.loaded, self._key
        if self.device.type != "cpu":  # its memory is needed; on a CPU it may stay until there is another
            self._put_away(settings)
        try:
            family = yield from self._read(entry, vae, precision, need, settings)
            notes = tune(
                family.parts, precision=precision, device=self.device, settings=settings, data_dir=self._data_dir
            )
        except BaseException:
            if before is not None and self.loaded is None:
                assert key is not None
                self._kept.take(key)
                before.memory.settle(before.memory.plan)
                self.loaded, self._key = before, key
            raise
        self._put_away(settings)
        return replace(self._joined(entry, vae, family), notes=tuple(notes))

    def _read(
        self, entry: ModelEntry, vae: ModelEntry | None, precision: Precision, need: Need, settings: ModelSettings
    ) -> Generator[LoadingProgress, None, Family]:
        """A model from its files; a second time without the models that are kept, when memory runs out."""

        def where(sizes: Mapping[str, int]) -> torch.device:
            plan = self._plan(sizes, need, settings, held=0)
            return self.device if plan.placement is Placement.FULL else _CPU

        while True:
            last = not self._kept.size
            try:
                return (
                    yield from load_family(
                        entry, device=self.device, dtype=precision.dtype, channels_last=precision.channels_last,
                        vae=vae, neighbours=self._neighbours(), where=where,
                    )
                )  # fmt: skip
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                if last:
                    raise _too_large(entry) from error
            while self._kept.give_up_oldest():
                pass
            give_back()

    def _joined(self, entry: ModelEntry, vae: ModelEntry | None, family: Family) -> LoadedModel:
        memory = ModelMemory(family.parts, device=self.device, make_room=self._kept.give_up_oldest)
        kept_in = entry.path if entry.path.is_dir() and vae is None else self._data_dir / _PREVIEWS / _named(entry, vae)
        networks = networks_of(entry, family, files=self._lora_files, known=self._networks)
        prompts = PromptMemory(encoded_with=lambda: networks.key)
        thrifty = family if isinstance(family, PipelineModel) else cast(Family, ThriftyFamily(family, memory, prompts))
        return LoadedModel(
            entry=entry, family=thrifty, memory=memory, vae=vae, preview=load_preview(kept_in, family),
            networks=networks,
        )  # fmt: skip

    def _place(self, loaded: LoadedModel, need: Need, settings: ModelSettings) -> None:
        """Put the weights where they are best for a job."""
        sizes = loaded.memory.sizes
        held = sum(size for name, size in sizes.items() if name not in loaded.memory.plan.fetched)
        loaded.memory.settle(self._plan(sizes, need, settings, held=held if self.loaded is loaded else 0))

    def _plan(self, sizes: Mapping[str, int], need: Need, settings: ModelSettings, *, held: int) -> MemoryPlan:
        """Where parts of these sizes are to be; `held` bytes of them are on the device already."""
        memory = device_memory(self.device, held=held, reserve=settings.vram_reserve_mb * 1_000_000)
        return plan_memory(memory, sizes, need, wanted=settings.memory, tiling=settings.vae_tiling)

    def _put_away(self, settings: ModelSettings) -> None:
        """Keep the model that is used for later, off the device and without LoRAs."""
        loaded, key = self.loaded, self._key
        if loaded is None or key is None:
            return
        self.loaded = self._key = None
        loaded.networks.clear()
        loaded.memory.put_away()
        budget = None if settings.model_cache_mb is None else settings.model_cache_mb * 1_000_000
        self._kept.keep(key, loaded, sum(loaded.memory.sizes.values()), budget=budget)

    def _neighbours(self) -> Neighbours:
        """The files that can lend a checkpoint in one file what it lacks."""
        encoders = tuple(entry.path for entry in self.catalogue.entries(TEXT_ENCODER) if entry.problem is None)
        vaes = tuple(entry.path for entry in self.catalogue.entries(VAE) if entry.problem is None)
        own = (folder / OWN_FOLDERS[TEXT_ENCODER] for folder in self._models_dirs)
        beside = dict.fromkeys([*own, *(path.parent for path in encoders)])
        checkpoints = (folder / "checkpoints" for folder in self._models_dirs)
        return Neighbours(
            text_encoders=encoders, vaes=vaes, tokenizers=TokenizerPlaces(folders=(*beside, *checkpoints))
        )


def _named(entry: ModelEntry, vae: ModelEntry | None) -> str:
    return entry.id if vae is None else f"{entry.id}-{vae.id}"


def _too_large(entry: ModelEntry) -> ModelUnusable:
    return ModelUnusable(
        f"There is not enough memory to load the model '{entry.name}' ({entry.size_bytes / 1e9:.1f} GB).",
        hint="Close other programs, or choose a smaller model or one with fewer bits.",
        field="model",
    )
