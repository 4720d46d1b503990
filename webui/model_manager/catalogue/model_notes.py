"""What people write down of their models: notes, and which are favourites. Kept in the data folder.

They are kept by the models' places, with the SHA-256 of each file once it is known, by which they follow it elsewhere.
"""

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from webui.errors import InvalidRequest, SaveFailed
from webui.model_manager.catalogue.model_entry import ModelEntry
from webui.model_manager.kept_json import keep, read_kept

NOTES_FILE = "model_notes.json"
MAX_NOTES = 10_000


class ModelNotes:
    """Notes and favourites by the models' ids. Threads may share it."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / NOTES_FILE
        self._lock = threading.Lock()

    def of(self, entries: Iterable[ModelEntry]) -> dict[str, dict[str, Any]]:
        """What is kept of each model of which something is; of a file that is gone, with its bytes' new place.

        Args:
            entries: all models that there are.
        """
        with self._lock:
            kept = {id_: told for id_, told in read_kept(self._path).items() if isinstance(told, dict)}
            followed = _followed(kept, entries)
            if followed != kept:
                keep(self._path, followed)
        return {id_: {**_NOTHING, **_public(told)} for id_, told in followed.items()}

    def change(self, model: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change `notes`, `favourite` or both of a model; returns what holds then.

        Raises:
            InvalidRequest: there is no such field, or its value is of another kind.
            SaveFailed: the data folder cannot be written to.
        """
        for name, value in changes.items():
            _check(name, value)
        with self._lock:
            everything = read_kept(self._path)
            before = everything.get(model, {})
            told = {**_NOTHING, **_public(before), **changes}
            if told == _NOTHING:
                everything.pop(model, None)
            else:
                everything[model] = before | told
            keep(self._path, everything)
            if read_kept(self._path) != everything:
                raise SaveFailed("The note could not be saved.", hint="Make room on the disk, then change it again.")
        return told


_SHA256 = "sha256"
_NOTHING: dict[str, Any] = {"notes": "", "favourite": False}


def _public(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in _NOTHING if name in told}


def _followed(kept: dict[str, dict[str, Any]], entries: Iterable[ModelEntry]) -> dict[str, dict[str, Any]]:
    """The same notes with all hashes that are known by now, those of files that are gone at their new places."""
    there = {entry.id: entry.hashes.sha256 if entry.hashes else "" for entry in entries}
    after = {id_: told | {_SHA256: there[id_]} if there.get(id_) else told for id_, told in kept.items()}
    gone = {str(told.get(_SHA256)): id_ for id_, told in after.items() if id_ not in there and told.get(_SHA256)}
    for id_, sha256 in there.items():
        if sha256 in gone and id_ not in after:
            after[id_] = after.pop(gone.pop(sha256))
    return after


def _check(name: str, value: object) -> None:
    if name not in _NOTHING:
        raise InvalidRequest(f"{name[:60]}: this cannot be changed.", hint="There are notes and favourite.", field=name)
    if type(value) is not type(_NOTHING[name]):
        what = "a text" if name == "notes" else "true or false"
        raise InvalidRequest(f"{name}: it must be {what}.", field=name)
    if isinstance(value, str) and len(value) > MAX_NOTES:
        raise InvalidRequest(f"notes: at most {MAX_NOTES:,} letters are kept.", field="notes")
