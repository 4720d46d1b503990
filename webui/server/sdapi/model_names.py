"""Models as A1111 calls them: titles such as `photo.safetensors [6ce0161689]`, and the models that such names mean."""

import re

from webui.errors import InvalidRequest
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.catalogue.model_entry import CHECKPOINT, VAE
from webui.model_manager.named_models import entry_named, entry_with_hash

_HASH_BEHIND = re.compile(r"\s*\[([0-9a-fA-F]{6,64})\]$")
_WEIGHT_FILE = re.compile(r"\.(safetensors|ckpt|pt|pth|bin|gguf)$", re.IGNORECASE)
_NONE = ("", "none", "automatic", "use same checkpoint")
"""What stands for no model of its own, in lower case."""


def file_name(entry: ModelEntry) -> str:
    """The model's name with its file's ending; a folder has none."""
    suffix = "" if entry.path.is_dir() else entry.path.suffix
    return entry.name if entry.name.endswith(suffix) else entry.name + suffix


def short_hash(entry: ModelEntry) -> str | None:
    """The ten digits that A1111 shows, if they are known yet."""
    return entry.hashes.autov2 if entry.hashes else None


def title(entry: ModelEntry) -> str:
    """The name by which A1111's options and lists know a checkpoint."""
    digits = short_hash(entry)
    return f"{file_name(entry)} [{digits}]" if digits else file_name(entry)


def known_name(catalogue: Catalogue, told: str | None, *, field: str, kind: str = CHECKPOINT) -> str | None:
    """The catalogue's name of a model that is told by title, file, name or hash; None for what stands for no model.

    Raises:
        InvalidRequest: there is none.
    """
    if told is None or told.strip().lower() in _NONE:
        return None
    named, behind = _HASH_BEHIND.sub("", told.strip()), _HASH_BEHIND.search(told.strip())
    entries = catalogue.entries(kind)
    found = entry_named(entries, named) or entry_named(entries, _WEIGHT_FILE.sub("", named))
    found = found or entry_with_hash(entries, behind[1] if behind else named)
    if found is None:
        known = ", ".join(title(entry) for entry in entries[:8])
        what = "VAE" if kind == VAE else "model"
        raise InvalidRequest(
            f"{field}: there is no {what} '{told[:100]}'.", hint=f"There are: {known}." if known else "", field=field
        )
    return found.name
