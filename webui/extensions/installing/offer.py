"""What an extension would bring, told before any of it runs."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from webui.extensions.installing.declared_hooks import declared_hooks
from webui.extensions.installing.folder_copy import checked_files
from webui.extensions.installing.requirements import Package
from webui.extensions.manifest import Manifest, read_manifest
from webui.extensions.permissions import Permission
from webui.extensions.tree_hash import tree_hash


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file and its size."""

    path: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Replaced:
    """The extension of the same name that is there already; `same_source` is False where another one made it."""

    version: str
    source: str
    same_source: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What can be read of an extension's folder without running it.

    `hooks` are the names by side, `problem` says where web.py or worker.py is no Python.
    """

    manifest: Manifest
    files: tuple[OfferedFile, ...]
    tree_hash: str
    hooks: dict[str, list[str]]
    problem: str

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(file.bytes for file in self.files)


def read_contents(folder: Path) -> Contents:
    """Read what an extension's folder would bring.

    Raises:
        ExtensionUnusable: its extension.toml is missing or wrong.
        InstallFailed: its files are too many, too large, or have names that are not taken.
    """
    manifest = read_manifest(folder)
    hooks, problem = declared_hooks(folder)
    return Contents(
        manifest=manifest,
        files=tuple(OfferedFile(place, (folder / place).stat().st_size) for place in checked_files(folder)),
        tree_hash=tree_hash(folder),
        hooks=hooks,
        problem=problem,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An extension that was fetched and can be installed.

    Args:
        id: what the offer is asked for by.
        folder: where it lies; staged, or installed.
        source: where it came from, as text.
        commit: git's name of the state that was fetched, or "".
        contents: what is in it.
        packages: what it needs that the core does not have.
        problem: why it cannot be installed, in a sentence, or "".
        replaces: what is there already.
    """

    id: str
    folder: Path = field(repr=False)
    source: str
    kind: str
    commit: str
    contents: Contents
    packages: tuple[Package, ...]
    problem: str
    replaces: Replaced | None

    @property
    def name(self) -> str:
        """The extension's name."""
        return self.contents.manifest.name

    def to_json(self) -> dict[str, Any]:
        """All that is shown of it."""
        manifest, contents = self.contents.manifest, self.contents
        told = ("name", "title", "version", "author", "licence", "description", "homepage")
        return {
            "id": self.id,
            **{each: getattr(manifest, each) for each in told},
            "source": self.source,
            "kind": self.kind,
            "commit": self.commit,
            "files": [{"path": file.path, "bytes": file.bytes} for file in contents.files],
            "file_count": len(contents.files),
            "bytes": contents.bytes,
            "tree_hash": contents.tree_hash,
            "requirements": list(manifest.requirements),
            "packages": [package.to_json() for package in self.packages],
            "permissions": [each.value for each in Permission if each in manifest.permissions],
            "hooks": contents.hooks,
            "needs_newer": manifest.needs_newer,
            "problem": self.problem,
            "warning": contents.problem,
            "replaces": None
            if self.replaces is None
            else {
                "version": self.replaces.version,
                "source": self.replaces.source,
                "same_source": self.replaces.same_source,
            },
        }
