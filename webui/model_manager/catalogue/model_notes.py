"""What people write down of their models: notes, and which are favourites. Kept in the data folder."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webui.errors import InvalidRequest, SaveFailed
from webui.model_manager.kept_json import keep, read_kept

NOTES_FILE = "model_notes.json"
MAX_NOTES = 10_000


class ModelNotes:
    """Notes and favourites by the models' ids. Threads may share it."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / NOTES_FILE
        self._lock = threading.Lock()

    def all(self) -> dict[str, dict[str, Any]]:
        """What is kept of each model of which something is."""
        with self._lock:
            return {id_: told for id_, told in read_kept(self._path).items() if isinstance(told, dict)}

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
            told = {**_NOTHING, **everything.get(model, {}), **changes}
            told = {name: told[name] for name in _NOTHING}
            if told == _NOTHING:
                everything.pop(model, None)
            else:
                everything[model] = told
            keep(self._path, everything)
            if read_kept(self._path) != everything:
                raise SaveFailed("The note could not be saved.", hint="Make room on the disk, then change it again.")
        return told


_NOTHING: dict[str, Any] = {"notes": "", "favourite": False}


def _check(name: str, value: object) -> None:
    if name not in _NOTHING:
        raise InvalidRequest(f"{name[:60]}: this cannot be changed.", hint="There are notes and favourite.", field=name)
    if type(value) is not type(_NOTHING[name]):
        what = "a text" if name == "notes" else "true or false"
        raise InvalidRequest(f"{name}: it must be {what}.", field=name)
    if isinstance(value, str) and len(value) > MAX_NOTES:
        raise InvalidRequest(f"notes: at most {MAX_NOTES:,} letters are kept.", field="notes")
