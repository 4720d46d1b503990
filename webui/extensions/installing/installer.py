"""What the page, the API and the command line do with extensions before they are enabled and after they are not."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from webui.errors import ExtensionNotFound, InstallFailed, InstallRefused
from webui.extensions.cards import Card
from webui.extensions.extensions import Extensions
from webui.extensions.installing.difference import Difference, difference
from webui.extensions.installing.fetching import Fetched, Fetcher
from webui.extensions.installing.git import Git
from webui.extensions.installing.index import INDEX_FILE, IndexEntry
from webui.extensions.installing.offer import Contents, Offer, Replaced, read_contents
from webui.extensions.installing.removing import remove_extension
from webui.extensions.installing.requirements import Package, Requirements
from webui.extensions.installing.sources import Source, ZipSource, parse_source, same_source
from webui.extensions.installing.staging import Staging, remove_tree
from webui.extensions.installing.update import InstalledFolders
from webui.extensions.installing.waiting_offers import WaitingOffers
from webui.extensions.log_files import log_of
from webui.extensions.manifest import MANIFEST_FILE, NAME, read_manifest
from webui.extensions.tree_hash import tree_hash
from webui.settings import ROOT

Tell = Callable[[str], None]


class Installer:
    """Fetches, installs, updates and removes extensions. Every method may take long; several threads may call them.

    Args:
        extensions: whose folder they are in, and who is told when that has changed.
        git: what clones repositories; made from the settings where it is not given.
        requirements: what installs packages.
    """

    def __init__(
        self, extensions: Extensions, *, git: Git | None = None, requirements: Requirements | None = None
    ) -> None:
        settings = extensions.settings
        git = git or Git(loopback=settings.downloads_from_this_computer, ca_file=settings.extensions_ca_file)
        indexes = (ROOT / "extensions" / INDEX_FILE, *settings.extensions_indexes)
        self._extensions = extensions
        self._store = extensions.store
        self._places = extensions.places
        self._requirements = requirements or Requirements()
        self._staging = Staging(extensions.extensions_dir)
        self._fetcher = Fetcher(git, self._staging, extensions.extensions_dir, indexes)
        self._folders = InstalledFolders(extensions.extensions_dir, self._places, self._store, self._staging)
        self._offers = WaitingOffers(self._staging)
        self._lock = threading.RLock()  # held while folders change; looking goes on meanwhile
        self._staging.clear_old()

    def look(self, source: str, *, tell: Tell | None = None) -> Offer:
        """Fetch an extension and say what it would bring. Nothing of it runs, and nothing is installed.

        Args:
            source: a git repository's https address, with #branch if another than its own is meant; the path of a zip
                file or a folder; or a name from an index.
            tell: is told in sentences what is being done.

        Raises:
            InstallFailed, ExtensionUnusable: the source is not taken, or brings no extension that is.
        """
        return self._look(parse_source(source.strip(" \t\r\n")), tell or _nothing)

    def look_zip(self, path: Path, shown: str, *, tell: Tell | None = None) -> Offer:
        """As `look`, for a zip file that the page sent; `shown` is its name there."""
        return self._look(ZipSource(path, shown), tell or _nothing)

    def offer(self, identity: str) -> Offer:
        """An offer that waits.

        Raises:
            InstallFailed: it waits no more.
        """
        return self._offers.offer(identity)

    def forget(self, identity: str) -> None:
        """Discard an offer or a difference that is not wanted; one that waits no more is no error."""
        self._offers.forget(identity)

    def install(self, offer: Offer, *, replace: bool = False, tell: Tell | None = None) -> str:
        """Put an offer into its place, with what it needs in an overlay. Nothing of it runs until it is enabled.

        Args:
            offer: from `look`.
            replace: also where an extension of that name is there; that one is kept for `rollback`.
            tell: is told in sentences what is being done.

        Returns:
            The extension's name.

        Raises:
            InstallRefused: an extension of that name is there, and `replace` was not said.
            InstallFailed: it cannot be installed; nothing has changed.
        """
        tell = tell or _nothing
        with self._lock:
            offer = self._settled(self._offers.offer(offer.id))
            if offer.problem:
                raise InstallFailed(offer.problem, hint="Nothing was changed.", field="requirements")
            if offer.replaces is not None and not replace:
                raise _is_there(offer.name, offer.replaces)
            packages = self._overlay(offer.name, offer.packages, tell)
            tell(f"Putting {offer.name} into the extensions folder.")
            try:
                self._folders.put(offer, packages)
            except OSError as error:
                raise InstallFailed(
                    f"{offer.name} cannot be written: {error}.", hint="Is the disk full, or read-only?"
                ) from error
            finally:
                self._offers.forget(offer.id)
            log_of(offer.name, self._places.log(offer.name)).info("installed from %s %s", offer.source, offer.commit)
            self._extensions.refresh()
            return offer.name

    def installed(self, name: str) -> Offer:
        """What an installed extension would bring if it were enabled now.

        Raises:
            ExtensionNotFound: there is none of that name.
            ExtensionUnusable, InstallFailed: its files cannot be used.
        """
        folder = self._existing(name)
        record = self._store.record(name)
        return Offer(
            id="", folder=folder, source=record.source, kind="", commit=record.commit,
            contents=read_contents(folder), packages=tuple(Package(**each) for each in record.packages), problem="",
            replaces=None,
        )  # fmt: skip

    def enable(self, name: str, *, tell: Tell | None = None) -> Card:
        """Enable an extension; one that somebody put into the folder by hand gets what it needs first.

        Raises:
            ExtensionNotFound: there is none of that name.
            InstallFailed: what it needs clashes with the core, or cannot be installed.
            ExtensionUnusable: it cannot be used as it is.
        """
        with self._lock:
            folder = self._existing(name)
            overlay = self._places.packages(name)
            requirements = read_manifest(folder).requirements
            if not self._extensions.safe_mode and self._requirements.lacking(requirements, overlay):
                log = log_of(name, self._places.log(name))
                packages = self._requirements.plan(requirements, lambda text: log.info("%s", text))
                made = self._overlay(name, packages, tell or _nothing)
                remove_tree(overlay)
                if made is not None:
                    made.rename(overlay)
                self._store.update(name, packages=tuple(each.to_json() for each in packages))
            return self._extensions.enable(name)

    def fetch_update(self, name: str, *, tell: Tell | None = None) -> Difference:
        """Fetch what an extension's source has now, and say what it would change.

        Raises:
            ExtensionNotFound: there is none of that name.
            InstallFailed: it has no source that can be asked, or that brings something else now.
        """
        folder = self._existing(name)
        record = self._store.record(name)
        self._check_source(name, record.source)
        offer = self.look(record.source, tell=tell)
        try:
            if offer.name != name:
                raise InstallFailed(f"{record.source} has another extension now: {offer.name}.", field="source")
            found = difference(folder, read_contents(folder), record.commit, offer)
        except BaseException:
            self.forget(offer.id)
            raise
        self._offers.add_difference(found)
        return found

    def take_update(self, identity: str, *, tell: Tell | None = None) -> str:
        """Take an update that was shown. An extension that is on must be enabled again. Returns its name.

        Raises:
            InstallFailed: it waits no more, or cannot be installed; nothing has changed.
        """
        found = self._offers.difference(identity)
        if found.nothing:
            self.forget(identity)
            return found.offer.name
        return self.install(found.offer, replace=True, tell=tell)

    def can_roll_back(self, name: str) -> bool:
        """Whether an update of an extension can be taken back."""
        return bool(NAME.fullmatch(name)) and self._folders.can_roll_back(name)

    def rollback(self, name: str) -> None:
        """Bring back the extension that the last update replaced; it is on again if it was.

        Raises:
            ExtensionNotFound: there is none of that name.
            InstallFailed: there was no update.
        """
        with self._lock:
            self._existing(name)
            if self.can_roll_back(name) and self._store.record(name).enabled:
                self._extensions.disable(name)  # what runs is let go of, however alike the two are
            self._folders.roll_back(name)
            self._extensions.refresh()

    def remove(self, name: str, *, keep_data: bool = False) -> None:
        """Remove an extension; one that is on is switched off first.

        Args:
            name: of the extension.
            keep_data: leave its settings, and what it has saved in its own data folder.

        Raises:
            ExtensionNotFound: there is none of that name.
            InstallFailed: it comes with the program, or a file cannot be removed.
        """
        with self._lock:
            folder = self._existing(name)
            if self.ships(name):
                raise InstallFailed(f"{name} comes with Darkroom and stays.", hint="Switch it off instead.")
            if self._store.record(name).enabled:
                self._extensions.disable(name)
            self._offers.forget_named(name)
            try:
                remove_extension(folder, self._places, self._store, self._staging, keep_data=keep_data)
            except OSError as error:
                raise InstallFailed(f"{name} cannot be removed wholly: {error}.", hint="Remove it again.") from error
            finally:
                self._extensions.refresh()

    def shipped(self) -> frozenset[str]:
        """The names of the extensions that came with the program: removed, they could not be had again."""
        return self._fetcher.shipped()

    def ships(self, name: str) -> bool:
        """Whether the extension of that name came with the program."""
        return name in self.shipped()

    def index(self) -> tuple[list[IndexEntry], list[str]]:
        """What can be installed by name, and what is wrong with index files, in sentences."""
        return self._fetcher.index()

    def is_installed(self, name: str) -> bool:
        """Whether an extension of that name is there."""
        return (self._folders.folder(name) / MANIFEST_FILE).is_file()

    def _look(self, source: Source, tell: Tell) -> Offer:
        tell(f"Fetching {source}.")
        fetched = self._fetcher.fetch(source)
        try:
            contents = read_contents(fetched.folder)
            tell("Looking for what it needs.")
            packages, problem = self._planned(contents)
            offer = Offer(
                id=fetched.folder.parent.name, folder=fetched.folder, source=str(fetched.source), kind=fetched.kind,
                commit=fetched.commit, contents=contents, packages=packages, problem=problem,
                replaces=self._replaced(fetched),
            )  # fmt: skip
        except BaseException:
            self._staging.discard(fetched.folder)
            raise
        self._offers.add(offer)
        return offer

    def _planned(self, contents: Contents) -> tuple[tuple[Package, ...], str]:
        """What would go into the overlay, or a sentence why that cannot be."""
        name, output = contents.manifest.name, list[str]()
        try:
            return self._requirements.plan(contents.manifest.requirements, output.append), ""
        except InstallFailed as error:
            if self.is_installed(name):
                log_of(name, self._places.log(name)).info("%s", "\n".join(output))
            return (), error.message

    def _replaced(self, fetched: Fetched) -> Replaced | None:
        """The extension that has the name now; a file that the page sent is never known to be its newer version."""
        name = fetched.folder.name
        if not self._folders.folder(name).exists():
            return None
        source, sent = self._store.record(name).source, isinstance(fetched.source, ZipSource) and fetched.source.shown
        version = ""
        with suppress(Exception):  # what is there may be broken in any way
            version = read_contents(self._folders.folder(name)).manifest.version
        return Replaced(version, source, not sent and same_source(source, str(fetched.source)))

    def _settled(self, offer: Offer) -> Offer:
        """The offer as things are now: unchanged since it was shown, and with what is in its place at this moment."""
        if tree_hash(offer.folder) != offer.contents.tree_hash:
            self.forget(offer.id)
            raise InstallFailed("What was fetched has changed since it was shown.", hint="Look at it again.")
        there = self._folders.folder(offer.name).exists()
        if there == (offer.replaces is not None):
            return offer
        return replace(offer, replaces=Replaced("", self._store.record(offer.name).source, False) if there else None)

    def _overlay(self, name: str, packages: tuple[Package, ...], tell: Tell) -> Path | None:
        """Make an overlay beside the place where it will be; None where there is nothing to put into it."""
        if not packages:
            return None
        tell(f"Installing {', '.join(package.name for package in packages)} for it alone.")
        place = self._places.packages(name).with_name(f".{name}.new")
        remove_tree(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        log = log_of(name, self._places.log(name))
        try:
            self._requirements.install(packages, place, lambda text: log.info("%s", text))
        except BaseException:
            remove_tree(place)
            raise
        return place

    def _check_source(self, name: str, source: str) -> None:
        if source.startswith(ZipSource.SENT):
            raise InstallFailed(f"{name} came from a zip file, which is not here.", hint="Install the newer zip file.")
        if source:
            return
        if self.ships(name):
            raise InstallFailed(f"{name} comes with Darkroom, and is updated together with it.")
        raise InstallFailed(f"Nothing is known of where {name} comes from.", hint="Install it again from its source.")

    def _existing(self, name: str) -> Path:
        folder = self._folders.folder(name)
        if not NAME.fullmatch(name) or not (folder.exists() or folder.is_symlink()):
            raise ExtensionNotFound(f"There is no extension '{name[:60]}'.", field="name")
        return folder


def _is_there(name: str, there: Replaced) -> InstallRefused:
    version = f"{name} {there.version}".strip()
    if there.same_source:
        message, hint = f"{version} is installed already.", "Look for an update of it, or say that it is replaced."
    else:
        source = there.source or "an unknown place"
        message = f"{version} is installed already, and comes from {source}."
        hint = "If this one is to take its place, say so."
    return InstallRefused(message, hint=hint, field="replace")


def _nothing(_: str) -> None:
    pass
