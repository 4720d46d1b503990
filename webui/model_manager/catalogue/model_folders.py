"""Where models lie below a folder, as we, A1111, Forge, ComfyUI and Hugging Face's cache lay them out. No torch."""

import os
from dataclasses import dataclass
from pathlib import Path

from webui.model_manager.catalogue.extra_paths import read_extra_paths
from webui.model_manager.catalogue.model_entry import (
    CHECKPOINT,
    CONTROLNET,
    EMBEDDING,
    IP_ADAPTER,
    LORA,
    T2I_ADAPTER,
    TEXT_ENCODER,
    UPSCALER,
    VAE,
)  # fmt: skip

OWN_FOLDERS = {
    CHECKPOINT: "checkpoints", LORA: "loras", VAE: "vae", EMBEDDING: "embeddings", CONTROLNET: "controlnet",
    T2I_ADAPTER: "controlnet", IP_ADAPTER: "controlnet", UPSCALER: "upscalers", TEXT_ENCODER: "text_encoders",
}  # fmt: skip
"""The folder below `models/` that a model of a kind is put into."""
KIND_OF_FOLDER = {
    "checkpoints": CHECKPOINT, "stable-diffusion": CHECKPOINT, "unet": CHECKPOINT, "diffusion_models": CHECKPOINT,
    "diffusers": CHECKPOINT,
    "loras": LORA, "lora": LORA, "lycoris": LORA, "locon": LORA,
    "vae": VAE, "vae-approx": VAE, "vae_approx": VAE,
    "embeddings": EMBEDDING, "textual_inversion": EMBEDDING,
    "controlnet": CONTROLNET, "t2i_adapter": T2I_ADAPTER, "ipadapter": IP_ADAPTER, "ip_adapter": IP_ADAPTER,
    "upscalers": UPSCALER, "upscale_models": UPSCALER, "esrgan": UPSCALER, "realesrgan": UPSCALER, "swinir": UPSCALER,
    "dat": UPSCALER, "bsrgan": UPSCALER,
    "text_encoders": TEXT_ENCODER, "text_encoder": TEXT_ENCODER, "clip": TEXT_ENCODER, "t5": TEXT_ENCODER,
}  # fmt: skip
"""What people's programs call their folders, in lower case, and what is in them.

Sources: A1111's and Forge's `models/` (Stable-diffusion, Lora, LyCORIS, VAE, ControlNet, ESRGAN, text_encoder...) with
`embeddings/` beside it; ComfyUI's `folder_paths.py`.
"""
MODEL_INDEX = "model_index.json"
"""What makes a folder one model of diffusers' format."""
_HUB_PREFIX = "models--"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder to look through. `kind` is what its files are when they do not say so themselves; "" for anything.

    `deep` says whether folders in it are looked through too. `name` is what is found there, where one model fills it.
    """

    folder: Path
    kind: str
    deep: bool = True
    name: str = ""


def places(given: Path) -> list[Place]:
    """Where to look below a folder that the user named, or in the folders that an `extra_model_paths.yaml` names."""
    if given.suffix.casefold() in (".yaml", ".yml"):
        return [
            Place(folder, KIND_OF_FOLDER.get(told.casefold(), "")) for told, folder in read_extra_paths(given)
        ]  # fmt: skip
    if (given / MODEL_INDEX).is_file():
        return [Place(given, "", name=given.name)]
    own_kind = KIND_OF_FOLDER.get(given.name.casefold(), "")
    tops = [given]
    inner = given / "models"
    if not own_kind and any(name.casefold() in KIND_OF_FOLDER for name in _folders(inner)):
        tops.append(inner)  # the folder of a whole program
    found = [place for top in tops for place in _below(top)]
    if not found:
        return [Place(given, own_kind)]
    return [*(Place(top, own_kind, deep=False) for top in tops), *found]


def _below(top: Path) -> list[Place]:
    found: list[Place] = []
    for name in _folders(top):
        if name.startswith(_HUB_PREFIX):
            found.extend(_in_cache(top / name))
        elif name == "hub" and any(inner.startswith(_HUB_PREFIX) for inner in _folders(top / name)):
            found.extend(_below(top / name))
        elif name.casefold() in KIND_OF_FOLDER:
            found.append(Place(top / name, KIND_OF_FOLDER[name.casefold()]))
    return found


def _in_cache(repository: Path) -> list[Place]:
    """The revision of a repository in Hugging Face's cache that its main branch has, else the newest.

    Layout: `models--org--name/snapshots/<revision>/`, `models--org--name/refs/main`. Source: huggingface_hub's guide
    "Understand caching".
    """
    snapshots = repository / "snapshots"
    revisions = _folders(snapshots)
    if not revisions:
        return []
    try:
        chosen = (repository / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        chosen = ""
    if chosen not in revisions:
        chosen = max(revisions, key=lambda name: _changed(snapshots / name))
    name = repository.name.removeprefix(_HUB_PREFIX).split("--")[-1]
    return [Place(snapshots / chosen, "", name=name)]


def _folders(folder: Path) -> list[str]:
    """The names of the folders in a folder, in order; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if _is_folder(entry))
    except OSError:
        return []


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
