"""Lists of extensions that can be installed by name: JSON files, of which one comes with the program."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webui.errors import InstallFailed
from webui.extensions.installing.sources import FolderSource, GitSource, IndexSource, ZipSource, parse_source
from webui.extensions.manifest import NAME

INDEX_FILE = "index.json"
_MAX_BYTES = 4_000_000
_MAX_ENTRIES = 10_000
_TEXTS = {"title": 80, "version": 40, "author": 120, "licence": 80, "description": 1000}


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """An extension of an index: what is shown of it, and where it comes from.

    `source` is as it is typed to install it; a path in an index is relative to the index file.
    """

    name: str
    source: str
    title: str = ""
    version: str = ""
    author: str = ""
    licence: str = ""
    description: str = ""

    def to_json(self, *, installed: bool) -> dict[str, Any]:
        """What is shown of it."""
        told = {each: getattr(self, each) for each in ("name", "source", *_TEXTS)}
        return told | {"title": self.title or self.name, "installed": installed}


def read_index(path: Path) -> list[IndexEntry]:
    """The entries of an index file: {"extensions": [{"name": ..., "source": ..., "title": ...}, ...]}.

    Raises:
        InstallFailed: it is missing, or is no such file.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise _wrong(path, "it is too large")
        entries = json.loads(path.read_text(encoding="utf-8"))["extensions"]
        if not isinstance(entries, list) or len(entries) > _MAX_ENTRIES:
            raise _wrong(path, "its extensions are no list, or too many")
        return [_entry(path, entry) for entry in entries]
    except OSError as error:
        raise _wrong(path, f"it cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _wrong(path, "it is no JSON object with a list of extensions") from error


def read_indexes(paths: Iterable[Path]) -> tuple[list[IndexEntry], list[str]]:
    """The entries of several index files, the first of each name, and what was wrong with files, in sentences."""
    entries: dict[str, IndexEntry] = {}
    problems: list[str] = []
    for path in paths:
        try:
            for entry in read_index(path):
                entries.setdefault(entry.name, entry)
        except InstallFailed as error:
            problems.append(error.message)
    return list(entries.values()), problems


def source_of(entry: IndexEntry) -> GitSource | ZipSource | FolderSource:
    """Where an entry leads.

    Raises:
        InstallFailed: its source is not taken, or is not there any more.
    """
    source = parse_source(entry.source)
    if isinstance(source, IndexSource):
        raise InstallFailed(f"The index does not say where {entry.name} comes from.", field="source")
    return source


def _entry(path: Path, entry: dict[str, Any]) -> IndexEntry:
    name, source = entry["name"], entry["source"]
    if not isinstance(name, str) or not NAME.fullmatch(name) or not isinstance(source, str):
        raise _wrong(path, "one of its extensions has no name or no source")
    if "://" not in source:
        source = str((path.parent / source).resolve())
    texts = {field: str(entry.get(field, ""))[:length] for field, length in _TEXTS.items()}
    return IndexEntry(name, source, **texts)


def _wrong(path: Path, why: str) -> InstallFailed:
    return InstallFailed(
        f"The index {path} cannot be used: {why}.", hint="Correct it, or take it out of the settings.", field="source"
    )
