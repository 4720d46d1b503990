"""Brings the files of a source into the staging folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from webui.errors import InstallFailed
from webui.extensions.installing.folder_copy import copy_folder, prune
from webui.extensions.installing.git import Git
from webui.extensions.installing.index import IndexEntry, read_indexes, source_of
from webui.extensions.installing.sources import FolderSource, GitSource, IndexSource, Source, ZipSource
from webui.extensions.installing.staging import Staging
from webui.extensions.installing.zip_checks import unpack
from webui.extensions.manifest import MANIFEST_FILE

PlainSource = GitSource | ZipSource | FolderSource
_KINDS = {GitSource: "git", ZipSource: "zip", FolderSource: "folder"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A staged extension: its folder, where it came from, "git", "zip" or "folder", and the commit or ""."""

    folder: Path
    source: PlainSource
    kind: str
    commit: str


class Fetcher:
    """Fetches from every kind of source.

    Args:
        git: clones repositories.
        staging: where what was fetched lies.
        extensions_dir: the folder with the installed extensions.
        indexes: the index files, the program's own first.
    """

    def __init__(self, git: Git, staging: Staging, extensions_dir: Path, indexes: Sequence[Path]) -> None:
        self._git = git
        self._staging = staging
        self._extensions_dir = extensions_dir
        self._indexes = tuple(indexes)

    def fetch(self, source: Source) -> Fetched:
        """Stage an extension.

        Raises:
            InstallFailed, ExtensionUnusable: the source is not taken, or brings no extension that is; nothing is left.
        """
        plain = self._indexed(source.name) if isinstance(source, IndexSource) else source
        commit = ""

        def fill(place: Path) -> None:
            nonlocal commit
            commit = self._fill(plain, place)

        folder = self._staging.stage(fill)
        return Fetched(folder, plain, _KINDS[type(plain)], commit)

    def index(self) -> tuple[list[IndexEntry], list[str]]:
        """What can be installed by name, and what is wrong with index files, in sentences."""
        return read_indexes(self._indexes)

    def shipped(self) -> frozenset[str]:
        """The names of the extensions that an index has and that are their own source: they came with the program."""
        return frozenset(each.name for each in self.index()[0] if self._is_in_place(each))

    def _is_in_place(self, entry: IndexEntry) -> bool:
        return "://" not in entry.source and entry.source == str((self._extensions_dir / entry.name).resolve())

    def _indexed(self, name: str) -> PlainSource:
        entries, problems = self.index()
        entry = next((each for each in entries if each.name == name), None)
        if entry is None:
            raise InstallFailed(f"No index has an extension {name}.", hint=" ".join(problems), field="source")
        if self._is_in_place(entry) and Path(entry.source).is_dir():
            raise InstallFailed(f"{name} is installed already.", hint="Enable it.", field="source")
        if "://" not in entry.source and not Path(entry.source).exists():
            raise InstallFailed(
                f"{name} is not where the index says: {entry.source}.",
                hint="Put it there again; what ships with Darkroom is among its own files.",
                field="source",
            )
        return source_of(entry)

    def _fill(self, source: PlainSource, place: Path) -> str:
        """Write a source's files into a folder that is not there yet; returns the commit, if it has one."""
        if isinstance(source, GitSource):
            commit = self._git.clone(source, place)
            prune(place)
            return commit
        place.mkdir()
        if isinstance(source, ZipSource):
            unpack(source.path, place)
        elif (source.path / MANIFEST_FILE).is_file():
            copy_folder(source.path, place)
        else:
            raise InstallFailed(f"{source.path} has no {MANIFEST_FILE}.", field="source")
        return ""
