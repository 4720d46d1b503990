"""The LoRAs of a model that was just loaded, found in the catalogue. Torch."""

from pathlib import Path

from webui.diffusion.families.base import Family
from webui.model_manager.catalogue.model_entry import ModelEntry
from webui.model_manager.lora.applied import ModelNetworks
from webui.model_manager.lora.file import LoraFiles
from webui.model_manager.networks import NetworkFiles, misfit


def networks_of(entry: ModelEntry, family: Family, *, files: LoraFiles, known: NetworkFiles) -> ModelNetworks:
    """What puts LoRAs on a model.

    Args:
        entry: the model.
        family: the same, loaded.
        files: keeps the files that are read.
        known: finds them.
    """
    found: dict[Path, ModelEntry] = {}

    def find(name: str) -> Path | None:
        lora = known.find_lora(name)
        if lora is None:
            return None
        found[lora.path] = lora
        return lora.path

    def made_for(path: Path) -> str:
        return misfit(found[path], entry) if path in found else ""

    model = f"the model '{entry.name}'" + (f" ({entry.base})" if entry.base else "")
    return ModelNetworks(family.parts, model=model, files=files, find=find, made_for=made_for)
