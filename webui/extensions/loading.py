"""What a process must know of an extension to load and call it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from webui.errors import ExtensionUnusable
from webui.extensions.contributions import ExtensionContext
from webui.extensions.controls import Control, Scalar
from webui.extensions.kept_settings import KeptSettings
from webui.extensions.log_files import log_of
from webui.extensions.manifest import read_manifest
from webui.extensions.permissions import Permission
from webui.extensions.places import Places
from webui.extensions.store import ExtensionStore
from webui.extensions.tree_hash import tree_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Loadable:
    """An extension that may be loaded: its folder, its overlay, its data folder, what it may and what it asks."""

    name: str
    folder: Path
    packages: Path
    data_dir: Path
    permissions: frozenset[Permission]
    controls: tuple[Control, ...]
    settings: Mapping[str, Scalar]
    log: logging.Logger

    def context(self) -> ExtensionContext:
        """What the extension is given of it. Its data folder is made.

        Raises:
            OSError: the data folder cannot be made.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        return ExtensionContext(
            name=self.name, folder=self.folder, data_dir=self.data_dir, settings=self.settings, log=self.log
        )


def make_loadable(folder: Path, store: ExtensionStore, places: Places) -> Loadable:
    """The extension in a folder, with what is kept of it.

    Raises:
        ExtensionUnusable: its extension.toml cannot be used.
    """
    manifest = read_manifest(folder)
    brings = store.record(manifest.name).brings
    return Loadable(
        name=manifest.name,
        folder=folder,
        packages=places.packages(manifest.name),
        data_dir=places.data(manifest.name),
        permissions=manifest.permissions,
        controls=brings.controls if brings else (),
        settings=KeptSettings(places.settings(manifest.name), brings.settings if brings else ()),
        log=log_of(manifest.name, places.log(manifest.name)),
    )


def read_loadables(folders: Sequence[Path | str], data_dir: Path) -> tuple[Loadable, ...]:
    """The extensions in these folders, for a process that was told to load them.

    One whose files are not those that were enabled, or that has gone bad, is left out.
    """
    places = Places.below(data_dir)
    store = ExtensionStore(places.state_file)
    found = []
    for folder in map(Path, folders):
        try:
            if tree_hash(folder) == store.record(folder.name).tree_hash:
                found.append(make_loadable(folder, store, places))
        except ExtensionUnusable as error:
            logging.getLogger(__name__).warning("%s", error)
    return tuple(found)
