"""What was decided about each extension, and what is known of it: one JSON file that every process may read."""

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from webui.extensions.brings import Brings, brings_from_json
from webui.extensions.kept_settings import file_stamp, read_json, write_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is kept of an extension.

    `enabled` is what the person wants; `tree_hash` is the hash of the files that were enabled, `brings` what they were
    found to bring. `source`, `commit` and `packages` (name, version and sha256 of each in its overlay) are how it came.
    `crashes` counts processes that died in its calls; `switched_off` says why the program does not load it although it
    is enabled, and `problem` why it could not be loaded or tried.
    """

    enabled: bool = False
    tree_hash: str = ""
    brings: Brings | None = None
    source: str = ""
    commit: str = ""
    packages: tuple[Mapping[str, str], ...] = ()
    crashes: int = 0
    switched_off: str = ""
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        brings = self.brings.to_json() if self.brings else None
        return values | {"brings": brings, "packages": [dict(each) for each in self.packages]}


EMPTY = Record()


class ExtensionStore:
    """The records by name, in a file that is written whole; several threads may use it, other processes may read it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._records: dict[str, Record] = {}

    def record(self, name: str) -> Record:
        """What is kept of an extension; an empty record where nothing is."""
        with self._lock:
            return self._now().get(name, EMPTY)

    def names(self) -> tuple[str, ...]:
        """Every extension that something is kept of, installed or not."""
        with self._lock:
            return tuple(self._now())

    def update(self, name: str, **changes: Any) -> Record:
        """Change some fields of a record, and write the file.

        Raises:
            SaveFailed: the file cannot be written; nothing has changed.
        """
        with self._lock:
            records = dict(self._now())
            records[name] = replace(records.get(name, EMPTY), **changes)
            self._write(records)
            return records[name]

    def put(self, name: str, record: Record) -> None:
        """Replace all that is kept of an extension.

        Raises:
            SaveFailed: the file cannot be written; nothing has changed.
        """
        with self._lock:
            self._write({**self._now(), name: record})

    def forget(self, name: str) -> None:
        """Keep nothing of an extension any more.

        Raises:
            SaveFailed: the file cannot be written.
        """
        with self._lock:
            records = dict(self._now())
            if records.pop(name, None) is not None:
                self._write(records)

    def _now(self) -> dict[str, Record]:
        seen = file_stamp(self._path)
        if seen != self._seen:
            self._records = {name: record_from_json(values) for name, values in read_json(self._path).items()}
            self._seen = seen
        return self._records

    def _write(self, records: dict[str, Record]) -> None:
        write_json(self._path, {name: record.to_json() for name, record in records.items()})
        self._records, self._seen = records, file_stamp(self._path)


def record_from_json(values: Any) -> Record:
    """A record as far as it makes sense: what does not is as if it had never been kept."""
    if not isinstance(values, dict):
        return EMPTY
    record = EMPTY
    for each in fields(Record):
        value, empty = values.get(each.name), getattr(EMPTY, each.name)
        if each.name == "brings":
            with contextlib.suppress(ValueError):
                record = replace(record, brings=brings_from_json(value) if value else None)
        elif each.name == "packages":
            if isinstance(value, list) and all(isinstance(package, dict) for package in value):
                record = replace(record, packages=tuple(value))
        elif type(value) is type(empty):
            record = replace(record, **{each.name: value})
    return record
