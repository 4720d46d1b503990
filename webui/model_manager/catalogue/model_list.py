"""The list of models, kept up to date with the disk: what is known at once, what is new piece by piece. No torch."""

import hashlib
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from webui.generation.families import FAMILIES, flux_2_traits, flux_traits
from webui.generation.offered import offered_families, offered_family_of
from webui.model_manager.catalogue.diffusers_folder import examined_folder
from webui.model_manager.catalogue.folder_scan import Found, scan
from webui.model_manager.catalogue.model_entry import CHECKPOINT, Hashes, ModelEntry
from webui.model_manager.catalogue.model_file import examined_file
from webui.model_manager.catalogue.model_folders import places
from webui.model_manager.catalogue.model_index import ModelIndex, file_state
from webui.model_manager.catalogue.model_names import named
from webui.settings import read_model_settings

PATIENCE_SECONDS = 1.5
"""How long somebody who wants the list waits for files that nobody has read before."""
_MOMENT_SECONDS = 0.1
_SLOW_SECONDS, _REST, _MOST_REST_SECONDS = 0.05, 10, 2.0
"""A look that takes longer than this is not repeated for ten times as long, at most two seconds."""
_SHOW_SECONDS = 1.0
"""While many new files are read, what is known so far is shown so often."""


class ModelList:
    """The models on the disk, and what is known of each. Threads may share it; one of them looks at a time.

    Args:
        models_dirs: where models are looked for, in order.
        data_dir: where what was learnt is kept; None keeps it in memory alone. Its settings may name more folders.
    """

    def __init__(self, models_dirs: tuple[Path, ...], data_dir: Path | None) -> None:
        self._models_dirs = models_dirs
        self._data_dir = data_dir
        self._index = ModelIndex(data_dir)
        self._looking = threading.Lock()
        self._lock = threading.Lock()
        self._entries: list[ModelEntry] = []
        self._told: list[object] | None = None
        self._seen: object = None
        self._fresh_until = 0.0
        self._families = offered_families()
        self.version = 0
        """Grows whenever a look finds something else than the one before."""
        self.unread = 0
        """Files that were seen and nobody has read yet."""

    def now(self) -> list[ModelEntry]:
        """The models as they are, as far as that can be known soon."""
        if self._is_due:
            self._look_soon()
        with self._lock:
            return list(self._entries)

    def look(self) -> None:
        """Looks at the disk, and reads whatever is new, however long it takes."""
        with self._looking:
            self._look(None)

    @property
    def _is_due(self) -> bool:
        """Whether it is time to look again: also when extensions' families, which models belong to, have changed."""
        return self.unread > 0 or time.monotonic() > self._fresh_until or self._families != offered_families()

    @property
    def may_be_old(self) -> bool:
        """Whether a look would perhaps find more than `now` gave."""
        return self.unread > 0 or time.monotonic() <= self._fresh_until

    def learn_hashes(self, entry: ModelEntry, hashes: Hashes) -> None:
        """Remember the hashes of a file, as it was when the entry was made."""
        self._index.learn_hashes(entry.path, file_state(entry.size_bytes, entry.changed_ns), hashes)
        with self._lock:
            self._entries = [
                replace(each, hashes=hashes) if each.path == entry.path else each for each in self._entries
            ]

    def _look_soon(self) -> None:
        """Looks for as long as somebody has patience; whoever looks already is waited for a moment."""
        if self._looking.acquire(timeout=PATIENCE_SECONDS if self._told is None else _MOMENT_SECONDS):
            try:
                if self._is_due:
                    self._look(PATIENCE_SECONDS)
            finally:
                self._looking.release()

    def _look(self, seconds: float | None) -> None:
        begun = time.monotonic()
        self._families = offered_families()
        self._index.refresh()
        found = scan([place for folder in self._folders() for place in places(folder)])
        unknown = [each for each in found if self._index.known(each) is None]
        unknown.sort(key=lambda each: each.place.kind not in ("", CHECKPOINT))
        self.unread = len(unknown)
        shown = begun
        for each in unknown:
            self._index.learn(each, examined_folder(each) if each.folder else examined_file(each))
            self.unread -= 1
            if seconds is not None and time.monotonic() - begun > seconds:
                break
            if time.monotonic() - shown > _SHOW_SECONDS:
                self._show(found)
                shown = time.monotonic()
        self._show_if_new(found)
        took = time.monotonic() - begun
        self._fresh_until = time.monotonic() + (min(_REST * took, _MOST_REST_SECONDS) if took > _SLOW_SECONDS else 0.0)

    def _show_if_new(self, found: list[Found]) -> None:
        """Spares the making of the same list again, which for thousands of models takes longer than the look."""
        seen = ([(each.path, each.inner, each.state) for each in found], self._index.changes, self._families)
        if seen != self._seen:
            self._show(found)
            self._seen = seen

    def _show(self, found: list[Found]) -> None:
        """Makes what is known the list, and writes it down."""
        self._index.save()
        known = [(each, self._index.known(each)) for each in found]
        entries = named([(each, self._completed(each, entry)) for each, entry in known if entry is not None])
        told: list[object] = [_told(entry) for entry in entries]
        with self._lock:
            self._entries = entries
            if told != self._told:
                self._told = told
                self.version += 1

    def _folders(self) -> tuple[Path, ...]:
        """Those that were given, then those of the settings, as they are now."""
        if self._data_dir is None:
            return self._models_dirs
        more = read_model_settings(self._data_dir).extra_folders
        return (*self._models_dirs, *(Path(os.path.expanduser(folder)) for folder in more))

    def _completed(self, found: Found, entry: ModelEntry) -> ModelEntry:
        """The entry with what is not kept of it."""
        return replace(
            entry,
            id=hashlib.blake2b(str(found.path).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest(),
            folder=str(Path(found.inner).parent) if "/" in found.inner else "",
            hashes=self._index.hashes(found),
            **(_traits(entry) or _offered(entry)),
        )


def _told(entry: ModelEntry) -> object:
    """What people see of an entry; hashes come one by one for an hour, and are no news."""
    return entry, entry.preview, entry.description, entry.trigger_words, entry.folder


def _offered(entry: ModelEntry) -> Mapping[str, object]:
    """What there is to say of a folder whose pipeline only an extension's family stands for."""
    if entry.format != "diffusers" or not entry.base:
        return {}
    family = offered_family_of(f"{entry.base}Pipeline") or offered_family_of(entry.base)
    if family is None:
        return {}
    return {"family": family.name, "base": family.label, "problem": None, "capabilities": family.capabilities}


def _traits(entry: ModelEntry) -> Mapping[str, object]:
    """What the family of a checkpoint can do, and what people start with."""
    traits = next((each for each in FAMILIES if each.name == entry.family), None)
    if traits is None or entry.family == "pipeline":
        return {}
    if entry.family == "flux":
        traits = flux_traits(fills=entry.inpainting, is_told_guidance=not entry.base.endswith("schnell"))
    if entry.family == "flux-2" and "klein" in entry.base:
        traits = flux_2_traits(is_told_guidance=False, is_distilled=not entry.base.endswith(" base"))
    return {
        "capabilities": tuple(sorted(capability.value for capability in traits.capabilities)),
        # Models of a width of their own, such as the bundled one, are none of those that the family's numbers are for.
        "defaults": {}
        if (entry.architecture or "").startswith("sd-")
        else {
            "steps": traits.steps,
            "cfg_scale": traits.cfg_scale,
            "sampler": traits.sampler,
            "schedule": traits.schedule,
            "distilled_guidance": traits.distilled_guidance,
        },
    }
