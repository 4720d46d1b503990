"""Looks at the folders of extensions, without running anything, and says of each whether it may be loaded."""

import contextlib
from pathlib import Path
from typing import Any

from webui.errors import ExtensionUnusable
from webui.extensions.cards import Card, Status
from webui.extensions.faults import plain
from webui.extensions.manifest import MANIFEST_FILE, NAME, Manifest, read_manifest
from webui.extensions.places import Places
from webui.extensions.store import ExtensionStore, Record
from webui.extensions.tree_hash import tree_hash

MOST_EXTENSIONS = 500
_CHANGED = "Its files are not those that were enabled: look at it, and enable it again."
_SAFE_MODE = "The server was started in safe mode, without any extension."
_BAD_NAME = "Its folder's name cannot be an extension's: it takes lower case letters, digits and _, a letter first."

_LINK = "Its folder is a link to another one: install it from there instead, which copies it."


class Judge:
    """Knows what was decided about each extension.

    Args:
        store: has that.
        places: where the logs are.
        safe_mode: whether none may be loaded.
    """

    def __init__(self, store: ExtensionStore, places: Places, *, safe_mode: bool) -> None:
        self._store, self._places, self._safe_mode = store, places, safe_mode

    def cards(self, extensions_dir: Path) -> dict[str, Card]:
        """A card for each folder in there that is an extension's or means to be, by name."""
        cards = {}
        with contextlib.suppress(OSError):
            for folder in sorted(extensions_dir.iterdir())[:MOST_EXTENSIONS]:
                good_name = NAME.fullmatch(folder.name)
                if good_name and folder.is_dir() and not folder.is_symlink():
                    cards[folder.name] = self._card(folder)
                elif not folder.name.startswith(".") and (folder / MANIFEST_FILE).is_file():
                    name = plain(folder.name, 60)
                    cards[name] = Card(name=name, status=Status.UNUSABLE, problem=_LINK if good_name else _BAD_NAME)
        return cards

    def _card(self, folder: Path) -> Card:
        name, record = folder.name, self._store.record(folder.name)
        more: dict[str, Any] = {"name": name, "record": record, "preview": (folder / "preview.png").is_file()}
        try:
            manifest = more["manifest"] = read_manifest(folder)
            if record.enabled:
                more["tree_hash"] = tree_hash(folder)
        except ExtensionUnusable as error:
            return Card(status=Status.UNUSABLE, problem=str(error), **more)
        status, problem = self._status(manifest, record, more.get("tree_hash", ""))
        return Card(status=status, problem=problem, **more)

    def _status(self, manifest: Manifest, record: Record, found_hash: str) -> tuple[Status, str]:
        found = (
            (manifest.needs_newer, Status.NEEDS_NEWER, newer_sentence(manifest)),
            (bool(record.problem), Status.FAULTY, record.problem),
            (not record.enabled, Status.OFF, ""),
            (bool(record.switched_off), Status.SWITCHED_OFF, record.switched_off),
            (found_hash != record.tree_hash or record.brings is None, Status.CHANGED, _CHANGED),
            (self._safe_mode, Status.OFF, _SAFE_MODE),
        )
        return next(((status, why) for applies, status, why in found if applies), (Status.ON, ""))


def newer_sentence(manifest: Manifest) -> str:
    """That an extension was written for hooks which this program does not have."""
    return f"It was written for version {manifest.api} of the hooks, which this Darkroom does not have yet."
