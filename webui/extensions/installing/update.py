"""Puts a fetched extension in the place of another, keeps the other one, and brings it back when that is asked for."""

from pathlib import Path

from webui.errors import InstallFailed
from webui.extensions.installing.offer import Offer
from webui.extensions.installing.staging import Staging, move_tree, remove_tree
from webui.extensions.kept_settings import read_json, write_json
from webui.extensions.places import Places
from webui.extensions.store import ExtensionStore, record_from_json

_FOLDER, _PACKAGES, _RECORD = "folder", "packages", "record.json"


class InstalledFolders:
    """The folders of the installed extensions, their overlays, and the ones before them.

    Args:
        extensions_dir: the folder with the installed extensions.
        places: where the rest is kept.
        store: what is kept of each.
        staging: where offers lie.
    """

    def __init__(self, extensions_dir: Path, places: Places, store: ExtensionStore, staging: Staging) -> None:
        self._extensions_dir = extensions_dir
        self._places = places
        self._store = store
        self._staging = staging

    def folder(self, name: str) -> Path:
        """Where an extension is, or would be."""
        return self._extensions_dir / name

    def put(self, offer: Offer, packages: Path | None) -> None:
        """Put an offer into its place; what was there can be brought back.

        Args:
            offer: what was fetched.
            packages: the overlay that was made for it; None where it needs nothing.

        An enabled extension stays pinned to the files that were enabled, so that it is asked for again. One that comes
        from elsewhere than its namesake inherits nothing of what was decided about that.
        """
        name = offer.name
        record = self._store.record(name)
        aside = self._staging.put(offer.folder, self.folder(name))
        overlay = self._places.packages(name)
        if aside is None:
            remove_tree(overlay)
            remove_tree(self._places.previous(name))
        else:
            half = self._places.previous(name).with_name(f".{name}.new")
            remove_tree(half)
            write_json(half / _RECORD, record.to_json())
            move_tree(aside, half / _FOLDER)
            self._staging.discard(aside)
            if overlay.exists():
                move_tree(overlay, half / _PACKAGES)
            remove_tree(self._places.previous(name))
            half.rename(self._places.previous(name))
        if packages is not None:
            packages.rename(overlay)
        if offer.replaces is None or not offer.replaces.same_source:
            self._store.forget(name)
        self._store.update(
            name, source=offer.source, commit=offer.commit, packages=tuple(each.to_json() for each in offer.packages)
        )

    def can_roll_back(self, name: str) -> bool:
        """Whether there is one to bring back."""
        return (self._places.previous(name) / _FOLDER).is_dir()

    def roll_back(self, name: str) -> None:
        """Bring back what an update replaced, with what was decided about it; what replaced it is removed.

        Raises:
            InstallFailed: there is nothing to bring back.
        """
        previous = self._places.previous(name)
        if not self.can_roll_back(name):
            raise InstallFailed(f"There is no earlier {name} to go back to.", field="name")
        record = record_from_json(read_json(previous / _RECORD))

        def fill(place: Path) -> None:
            move_tree(previous / _FOLDER, place)

        aside = self._staging.put(self._staging.stage(fill), self.folder(name))
        if aside is not None:
            self._staging.discard(aside)
        overlay = self._places.packages(name)
        remove_tree(overlay)
        if (previous / _PACKAGES).is_dir():
            move_tree(previous / _PACKAGES, overlay)
        remove_tree(previous)
        self._store.forget(name)
        self._store.put(name, record)
