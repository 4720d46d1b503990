"""Remembers what was learnt of models by path and state, in memory and in a file of the data folder. No torch."""

import hashlib
import json
import sqlite3
from contextlib import closing, suppress
from dataclasses import fields
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from webui.generation import families, pipeline_calls
from webui.model_manager.catalogue import folder_safety, identify
from webui.model_manager.catalogue.folder_scan import Found
from webui.model_manager.catalogue.model_entry import Hashes, ModelEntry
from webui.model_manager.loading import family_loaders, pipeline_classes

INDEX_FILE = "models.sqlite"
_TABLES = """
create table if not exists models (path text primary key, state text not null, entry text not null);
create table if not exists hashes (path text primary key, state text not null, sha256 text not null, autov3 text);
"""
_NOT_KEPT = {"name", "id", "folder", "defaults", "metadata", "hashes"}
_TUPLES = {"parts", "trigger_words", "capabilities"}
_WAIT_SECONDS = 2.0


class ModelIndex:
    """Entries and hashes by path. A file that cannot be read or written costs time, and nothing else.

    Args:
        data_dir: where the file is; None remembers in memory alone.
    """

    def __init__(self, data_dir: Path | None) -> None:
        self._file = None if data_dir is None else data_dir / INDEX_FILE
        self._entries: dict[str, tuple[str, ModelEntry]] = {}
        self._kept: dict[str, tuple[str, str]] = {}
        self._hashes: dict[str, tuple[str, Hashes]] = {}
        self._new: dict[str, tuple[str, ModelEntry]] = {}
        self._read_at = 0
        self.changes = 0
        """Grows with everything that is learnt here or read of what others learnt."""

    def known(self, found: Found) -> ModelEntry | None:
        """What was learnt of a model as it is now."""
        path = str(found.path)
        state, entry = self._entries.get(path, ("", None))
        if state == found.state:
            return entry
        state, text = self._kept.pop(path, ("", ""))
        if state != f"{_experts_version()}:{found.state}":
            return None
        entry = _entry_of(text)
        if entry is not None:
            self._entries[path] = found.state, entry
        return entry

    def learn(self, found: Found, entry: ModelEntry) -> None:
        """Remember what a model is."""
        self.changes += 1
        self._entries[str(found.path)] = self._new[str(found.path)] = found.state, entry

    def hashes(self, found: Found) -> Hashes | None:
        """A file's hashes, if they are known for the file as it is now."""
        state, hashes = self._hashes.get(str(found.path), ("", None))
        return hashes if state == file_state(found.size_bytes, found.changed_ns) else None

    def learn_hashes(self, path: Path, state: str, hashes: Hashes) -> None:
        """Remember a file's hashes, with its state from before they were computed."""
        self._hashes[str(path)] = state, hashes
        row = (str(path), state, hashes.sha256, hashes.autov3)
        self._write("insert or replace into hashes values (?, ?, ?, ?)", [row])

    def save(self) -> None:
        """Write down what is new."""
        if not self._new:
            return
        rows = [(path, f"{_experts_version()}:{state}", _text_of(entry)) for path, (state, entry) in self._new.items()]
        self._new = {}
        self._write("insert or replace into models values (?, ?, ?)", rows)

    def _write(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        if self._file is None:
            return
        with suppress(sqlite3.Error, OSError, UnicodeError), closing(self._open()) as database, database:
            database.executemany(statement, rows)
        self._read_at = self._changed()

    def _open(self) -> sqlite3.Connection:
        assert self._file is not None
        self._file.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._file, timeout=_WAIT_SECONDS)
        database.executescript(_TABLES)
        return database

    def refresh(self) -> None:
        """Reads the file, if it is there and was written to since."""
        changed = self._changed()
        if self._file is None or not changed or changed == self._read_at:
            return
        self._read_at = changed
        self.changes += 1
        try:
            with closing(self._open()) as database:
                self._kept = {path: (state, text) for path, state, text in database.execute("select * from models")}
                for path, state, sha256, autov3 in database.execute("select * from hashes"):
                    self._hashes[path] = state, Hashes(sha256=sha256, autov2=sha256[:10], autov3=autov3)
        except sqlite3.DatabaseError:
            with suppress(OSError):
                self._file.unlink()  # it is only a memory, and a damaged one

    def _changed(self) -> int:
        try:
            return 0 if self._file is None else self._file.stat().st_mtime_ns
        except OSError:
            return 0


def file_state(size_bytes: int, changed_ns: int) -> str:
    """What must be the same for a file's hashes to hold."""
    return f"{size_bytes}:{changed_ns}"


def _text_of(entry: ModelEntry) -> str:
    return json.dumps({name: value for name, value in entry.to_json().items() if name not in _NOT_KEPT})


def _entry_of(text: str) -> ModelEntry | None:
    try:
        told = json.loads(text)
        preview = told.pop("preview")
        known = {field.name for field in fields(ModelEntry)}
        values: dict[str, Any] = {
            name: tuple(value) if name in _TUPLES else value for name, value in told.items() if name in known
        }
        values["path"] = Path(values["path"])
        return ModelEntry(name="", preview=Path(preview) if preview else None, **values)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


@cache
def _experts_version() -> str:
    """Changes with the program that learnt: what one version did not know, the next one may."""
    told = hashlib.blake2b(digest_size=6)
    here = Path(folder_safety.__file__).parent
    sources = [*sorted(Path(identify.__file__).parent.glob("*.py")), *sorted(here.glob("*.py"))]
    others = (families, family_loaders, pipeline_calls, pipeline_classes)
    for source in [*sources, *(Path(str(module.__file__)) for module in others)]:
        with suppress(OSError):
            told.update(source.read_bytes())
    with suppress(PackageNotFoundError):
        told.update(version("diffusers").encode())
    return told.hexdigest()
