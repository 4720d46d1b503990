"""Loads what is on into the web process, once, and takes it out again."""

from pathlib import Path

from webui.errors import ExtensionUnusable
from webui.extensions.cards import Card
from webui.extensions.host import ExtensionHost
from webui.extensions.loading import make_loadable
from webui.extensions.offered_names import OfferedNames
from webui.extensions.places import Places
from webui.extensions.sides import Side
from webui.extensions.store import ExtensionStore


class WebLoading:
    """Which extensions are loaded, and which could not be: those are not tried again until their files are others.

    Args:
        host: runs their web.py.
        store: what is kept of them.
        places: where their settings, logs and packages are.
    """

    def __init__(self, host: ExtensionHost, store: ExtensionStore, places: Places) -> None:
        self._host, self._store, self._places = host, store, places
        self._names = OfferedNames()
        self._loaded: dict[str, str] = {}
        self._failed: dict[str, tuple[str, str]] = {}

    def is_loaded(self, card: Card) -> bool:
        """Whether an extension with these files is in this process, be it by the names that its worker.py brings."""
        return self._loaded.get(card.name) == card.tree_hash

    def load(self, card: Card, folder: Path) -> str:
        """Load an extension, in the place of what it was before; what went wrong in a sentence, or ""."""
        failed_hash, problem = self._failed.get(card.name, ("", ""))
        if failed_hash == card.tree_hash:
            return problem
        assert card.manifest is not None
        self.unload(card.name)
        self._loaded[card.name] = card.tree_hash
        try:
            self._names.offer(card.name, card.brings)
            if Side.WEB in card.manifest.sides:
                if not self._host.load(make_loadable(folder, self._store, self._places)):
                    problem = self._host.faults[-1].sentence
        except ExtensionUnusable as error:
            problem = str(error)
        if problem:
            self.unload(card.name)
            self._failed[card.name] = (card.tree_hash, problem)
        return problem

    def unload(self, name: str) -> None:
        """Take an extension out of this process, and forget that it could not be loaded."""
        self._failed.pop(name, None)
        self._loaded.pop(name, None)
        self._names.take_back(name)
        self._host.unload(name)

    def end(self) -> None:
        """Call `shutdown` of all, and offer none of their names any more."""
        self._host.shut_down()
        self._names.take_back_all()
