"""The model of a recording, as it is on the disk now: the same, changed or gone, and which one answers instead."""

import os
import threading
from dataclasses import dataclass
from typing import Literal

from webui.errors import ModelNotFound, ModelUnusable, ViewUnavailable
from webui.generation.trajectory import RecordedModel
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.fingerprint import fingerprint

ModelState = Literal["same", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The model that a view is made with: its name, its fingerprint, and what is to be said of it, in sentences."""

    name: str
    weights: str
    notes: tuple[str, ...] = ()


class RecordingModels:
    """Compares recordings with the catalogue. Threads may share it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._fingerprints: dict[tuple[object, ...], str] = {}

    def state(self, model: RecordedModel) -> ModelState:
        """Whether the model of a recording is there, with the weights that it had."""
        try:
            entry = self._catalogue.find(model.name)
        except (ModelNotFound, ModelUnusable):
            return "gone"
        same = not model.fingerprint or self.fingerprint(entry) == model.fingerprint
        return "same" if same else "changed"

    def chosen(self, model: RecordedModel, wanted: str | None) -> Chosen:
        """The model for a view of a recording: its own, or the one that was asked for.

        Raises:
            ViewUnavailable: its own is gone or has other weights, and none was asked for.
            ModelNotFound: there is no model of the name that was asked for.
            ModelUnusable: its files are damaged.
        """
        if wanted is None:
            state = self.state(model)
            if state != "same":
                raise ViewUnavailable(
                    f"{told_state(model, state)} This view needs it.",
                    hint="Choose another model to look with; what it shows is not quite what happened here.",
                    field="model",
                )
            return Chosen(model.name, model.fingerprint)
        entry = self._catalogue.find(wanted)
        weights = self.fingerprint(entry)
        if weights == model.fingerprint:
            return Chosen(entry.name, weights)
        note = (
            f"This is how the model '{entry.name}' sees it, which is not the same as the one of the recording "
            f"('{model.name}')."
        )
        return Chosen(entry.name, weights, (note,))

    def fingerprint(self, entry: ModelEntry) -> str:
        """That of a model's weights, computed again only where its files changed; empty where they cannot be read."""
        try:
            key = _key(entry)
            with self._lock:
                if key not in self._fingerprints:
                    self._fingerprints[key] = fingerprint(entry)
                return self._fingerprints[key]
        except OSError:
            return ""


def told_state(model: RecordedModel, state: ModelState) -> str:
    """What there is to say of a recording's model, in a sentence; nothing where it is the same."""
    if state == "gone":
        return f"The model '{model.name}', with which this was recorded, is gone."
    if state == "changed":
        return f"The model '{model.name}' has other weights than when this was recorded."
    return ""


def _key(entry: ModelEntry) -> tuple[object, ...]:
    files = sorted(entry.path.glob("*/*.safetensors")) if entry.path.is_dir() else [entry.path]
    stats = [os.stat(file) for file in files]
    return entry.path, *((each.st_size, each.st_mtime_ns) for each in stats)
