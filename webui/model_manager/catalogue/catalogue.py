"""What models there are, learnt without loading any: names, kinds, families, and what is wrong with them. No torch."""

import hashlib
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from webui.errors import ModelNotFound, ModelUnusable
from webui.generation.families import FAMILIES, flux_traits
from webui.model_manager.catalogue.diffusers_folder import examined_folder
from webui.model_manager.catalogue.folder_scan import Found, scan
from webui.model_manager.catalogue.model_entry import CHECKPOINT, Hashes, ModelEntry
from webui.model_manager.catalogue.model_file import examined_file
from webui.model_manager.catalogue.model_folders import OWN_FOLDERS, places
from webui.model_manager.catalogue.model_index import ModelIndex, file_state
from webui.model_manager.catalogue.model_names import named
from webui.settings import read_model_settings

_SLOW_SECONDS, _REST, _MOST_REST_SECONDS = 0.05, 10, 2.0
"""A look that takes longer than this is not repeated for ten times as long, at most two seconds."""


class Catalogue:
    """The models in some folders. Threads may share it.

    A later folder's model of the same name is hidden by an earlier one's. The disk is looked at whenever something is
    asked; what is on it is remembered by path, size and time of change, so that only new files are opened.

    Args:
        models_dirs: where models are looked for, in order.
        data_dir: where what was learnt is kept; None keeps it in memory alone. Its settings may name more
            folders.
    """

    def __init__(self, models_dirs: tuple[Path, ...], data_dir: Path | None = None) -> None:
        self._models_dirs = models_dirs
        self._index = ModelIndex(data_dir)
        self._data_dir = data_dir
        self._lock = threading.RLock()
        self._entries: list[ModelEntry] = []
        self._told: list[object] | None = None
        self._fresh_until = 0.0
        self._version = 0

    @property
    def version(self) -> int:
        """Grows whenever a look at the disk finds something else than the one before."""
        return self._version

    def rescan(self) -> int:
        """Looks at the disk, and returns the version then."""
        with self._lock:
            begun = time.monotonic()
            self._index.refresh()
            found = scan([place for folder in self._folders() for place in places(folder)])
            entries = named([(each, self._entry(each)) for each in found])
            self._index.save()
            told = [_told(entry) for entry in entries]
            self._entries = entries
            if told != self._told:
                self._told = told
                self._version += 1
            took = time.monotonic() - begun
            self._fresh_until = time.monotonic() + (
                min(_REST * took, _MOST_REST_SECONDS) if took > _SLOW_SECONDS else 0.0
            )
            return self._version

    def everything(self) -> list[ModelEntry]:
        """All models of all kinds, the default one first, then by kind and name."""
        with self._lock:
            if time.monotonic() > self._fresh_until:
                self.rescan()
            return list(self._entries)

    def entries(self, kind: str = CHECKPOINT) -> list[ModelEntry]:
        """The models of a kind by name, the default one first."""
        return [entry for entry in self.everything() if entry.kind == kind]

    def by_id(self, model_id: str) -> ModelEntry:
        """The model of an id.

        Raises:
            ModelNotFound: there is none (any more).
        """
        entry = next((entry for entry in self.everything() if entry.id == model_id), None)
        if entry is None:
            raise ModelNotFound("This model is not here any more.", hint="Look at the list again.")
        return entry

    def find(self, name: str | None, kind: str = CHECKPOINT) -> ModelEntry:
        """The model of that name; None means the default one: the bundled model, else the first that can be used.

        Upper and lower case are the same where no name is exactly so. Inpainting models are the default only where
        there are no others.

        Raises:
            ModelNotFound: there is no such model, or none at all.
            ModelUnusable: its files are missing, truncated or of a kind that cannot be loaded.
        """
        entries = self.entries(kind)
        entry = self._default(entries, kind) if name is None else _called(entries, name)
        if (entry is None or not _is_there(entry)) and self._fresh_until:
            self.rescan()
            entries = self.entries(kind)
            entry = self._default(entries, kind) if name is None else _called(entries, name)
        if entry is None:
            known = ", ".join(entry.name for entry in entries[:8])
            told = "model" if kind == CHECKPOINT else kind
            raise ModelNotFound(
                f"There is no {told} '{name}'.",
                hint=f"There are: {known}." if known else f"Put it into models/{OWN_FOLDERS.get(kind, kind)}/.",
                field="model" if kind == CHECKPOINT else kind,
            )
        if entry.problem is not None:
            raise ModelUnusable(
                f"The {'model' if kind == CHECKPOINT else kind} '{entry.name}' cannot be used: {entry.problem}",
                hint=_remedy(entry),
                field="model" if kind == CHECKPOINT else kind,
            )
        return entry

    def learn_hashes(self, entry: ModelEntry, hashes: Hashes) -> None:
        """Remember the hashes of a file, as it was when the entry was made."""
        with self._lock:
            self._index.learn_hashes(entry.path, file_state(entry.size_bytes, entry.changed_ns), hashes)
            self._entries = [
                replace(each, hashes=hashes) if each.path == entry.path else each for each in self._entries
            ]

    def _default(self, entries: list[ModelEntry], kind: str) -> ModelEntry:
        if not entries:
            folders = ", ".join(str(folder) for folder in self._models_dirs)
            raise ModelNotFound(
                f"There are no models yet in {folders}.",
                hint=f"Put a diffusers folder or a .safetensors file into models/{OWN_FOLDERS.get(kind, kind)}/.",
                field="model",
            )
        return min(entries, key=lambda entry: (entry.problem is not None, entry.inpainting))

    def _folders(self) -> tuple[Path, ...]:
        """Those that were given, then those of the settings, as they are now."""
        if self._data_dir is None:
            return self._models_dirs
        more = read_model_settings(self._data_dir).extra_folders
        return (*self._models_dirs, *(Path(os.path.expanduser(folder)) for folder in more))

    def _entry(self, found: Found) -> ModelEntry:
        """What is known of a model, from memory where nothing has changed."""
        entry = self._index.known(found)
        if entry is None:
            entry = examined_folder(found) if found.folder else examined_file(found)
            self._index.learn(found, entry)
        return replace(
            entry,
            id=hashlib.blake2b(str(found.path).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest(),
            folder=str(Path(found.inner).parent) if "/" in found.inner else "",
            hashes=self._index.hashes(found),
            **_traits(entry),
        )


def _called(entries: list[ModelEntry], name: str) -> ModelEntry | None:
    exact = next((entry for entry in entries if entry.name == name), None)
    return exact or next((entry for entry in entries if entry.name.casefold() == name.casefold()), None)


def _remedy(entry: ModelEntry) -> str:
    if entry.format == "pickle":
        return "Convert it, or choose another model."
    return f"Restore its files in {entry.path}, or choose another model."


def _is_there(entry: ModelEntry) -> bool:
    """Whether a file is as it was; folders are taken to be."""
    try:
        return entry.path.is_dir() or entry.path.stat().st_mtime_ns == entry.changed_ns
    except OSError:
        return False


def _told(entry: ModelEntry) -> object:
    """What people see of an entry; hashes come one by one for an hour, and are no news."""
    return entry, entry.preview, entry.description, entry.trigger_words, entry.folder


def _traits(entry: ModelEntry) -> Mapping[str, object]:
    """What the family of a checkpoint can do, and what people start with."""
    traits = next((each for each in FAMILIES if each.name == entry.family), None)
    if traits is None or entry.family == "pipeline":
        return {}
    if entry.family == "flux":
        traits = flux_traits(fills=entry.inpainting, is_told_guidance=not entry.base.endswith("schnell"))
    return {
        "capabilities": tuple(sorted(capability.value for capability in traits.capabilities)),
        "defaults": {
            "steps": traits.steps,
            "cfg_scale": traits.cfg_scale,
            "sampler": traits.sampler,
            "schedule": traits.schedule,
            "distilled_guidance": traits.distilled_guidance,
        },
    }
