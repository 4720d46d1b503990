"""What the page, the API and the command line do with extensions before they are enabled and after they are not."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from webui.errors import ExtensionNotFound, InstallFailed, InstallRefused
from webui.extensions.extensions import Extensions
from webui.extensions.installing.difference import Difference, difference
from webui.extensions.installing.folder_copy import copy_folder, prune
from webui.extensions.installing.git import Git
from webui.extensions.installing.index import INDEX_FILE, IndexEntry, read_indexes, source_of
from webui.extensions.installing.offer import Contents, Offer, Replaced, read_contents
from webui.extensions.installing.removing import remove_extension
from webui.extensions.installing.requirements import Package, Requirements
from webui.extensions.installing.sources import (
    FolderSource,
    GitSource,
    IndexSource,
    Source,
    ZipSource,
    parse_source,
    same_source,
)
from webui.extensions.installing.staging import Staging, remove_tree
from webui.extensions.installing.update import InstalledFolders
from webui.extensions.installing.zip_checks import unpack
from webui.extensions.log_files import log_of
from webui.extensions.manifest import MANIFEST_FILE, NAME
from webui.extensions.places import Places
from webui.extensions.tree_hash import tree_hash
from webui.settings import ROOT

Tell = Callable[[str], None]
_MAX_OFFERS = 20
_KINDS = {GitSource: "git", ZipSource: "zip", FolderSource: "folder"}


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
        self._extensions = extensions
        self._git = git or Git(loopback=settings.downloads_from_this_computer, ca_file=settings.extensions_ca_file)
        self._requirements = requirements or Requirements()
        self._places = Places(extensions.state_dir)
        self._staging = Staging(extensions.extensions_dir)
        self._folders = InstalledFolders(extensions.extensions_dir, self._places, extensions.store, self._staging)
        self._offers: dict[str, Offer] = {}
        self._differences: dict[str, Difference] = {}
        self._lock = threading.RLock()
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
        with self._lock:
            if identity not in self._offers:
                raise InstallFailed("What was fetched is not kept any more.", hint="Look at the extension again.")
            return self._offers[identity]

    def forget(self, identity: str) -> None:
        """Discard an offer or a difference that is not wanted; one that waits no more is no error."""
        with self._lock:
            self._differences.pop(identity, None)
            if offer := self._offers.pop(identity, None):
                self._staging.discard(offer.folder)

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
            offer = self.offer(offer.id)
            if offer.problem:
                raise InstallFailed(offer.problem, hint="Nothing was changed.", field="requirements")
            offer = self._settled(offer)
            if offer.replaces is not None and not replace:
                raise _is_there(offer.name, offer.replaces)
            packages = self._packages(offer, tell)
            tell(f"Putting {offer.name} into the extensions folder.")
            del self._offers[offer.id]
            self._differences.pop(offer.id, None)
            try:
                self._folders.put(offer, packages)
            except OSError as error:
                raise InstallFailed(
                    f"{offer.name} cannot be written: {error}.", hint="Is the disk full, or read-only?"
                ) from error
            finally:
                self._staging.discard(offer.folder)
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
        record = self._extensions.store.record(name)
        contents = read_contents(folder)
        packages = tuple(Package(**each) for each in record.packages)
        return Offer(
            id="", folder=folder, source=record.source, kind="", commit=record.commit, contents=contents,
            packages=packages, problem="", replaces=None,
        )  # fmt: skip

    def fetch_update(self, name: str, *, tell: Tell | None = None) -> Difference:
        """Fetch what an extension's source has now, and say what it would change.

        Raises:
            ExtensionNotFound: there is none of that name.
            InstallFailed: it has no source that can be asked, or that brings something else now.
        """
        folder = self._existing(name)
        record = self._extensions.store.record(name)
        self._check_source(name, folder, record.source)
        offer = self.look(record.source, tell=tell)
        try:
            if offer.name != name:
                raise InstallFailed(f"{record.source} has another extension now: {offer.name}.", field="source")
            found = difference(folder, read_contents(folder), record.commit, offer)
        except BaseException:
            self.forget(offer.id)
            raise
        with self._lock:
            self._differences[found.id] = found
        return found

    def take_update(self, identity: str, *, tell: Tell | None = None) -> str:
        """Take an update that was shown. An extension that is on must be enabled again. Returns its name.

        Raises:
            InstallFailed: it waits no more, or cannot be installed; nothing has changed.
        """
        with self._lock:
            found = self._differences.get(identity)
            if found is None:
                raise InstallFailed("What was fetched is not kept any more.", hint="Look for the update again.")
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
            self._folders.roll_back(name)
            self._extensions.refresh()

    def remove(self, name: str, *, keep_data: bool = False) -> None:
        """Remove an extension; one that is on is switched off first.

        Args:
            name: of the extension.
            keep_data: leave what it has saved in its own data folder.

        Raises:
            ExtensionNotFound: there is none of that name.
        """
        with self._lock:
            folder = self._existing(name)
            if self._extensions.store.record(name).enabled:
                self._extensions.disable(name)
            for identity in [each.id for each in self._offers.values() if each.name == name]:
                self.forget(identity)
            try:
                remove_extension(folder, self._places, self._extensions.store, self._staging, keep_data=keep_data)
            except OSError as error:
                raise InstallFailed(f"{name} cannot be removed wholly: {error}.", hint="Remove it again.") from error
            finally:
                self._extensions.refresh()

    def index(self) -> tuple[list[IndexEntry], list[str]]:
        """What can be installed by name, and what is wrong with index files, in sentences."""
        return read_indexes([ROOT / "extensions" / INDEX_FILE, *self._extensions.settings.extensions_indexes])

    def is_installed(self, name: str) -> bool:
        """Whether an extension of that name is there."""
        return (self._folders.folder(name) / MANIFEST_FILE).is_file()

    def _look(self, source: Source, tell: Tell) -> Offer:
        if isinstance(source, IndexSource):
            source = self._indexed(source.name)
        commit = ""

        def fill(place: Path) -> None:
            nonlocal commit
            commit = self._fetch(source, place)

        tell(f"Fetching {source}.")
        folder = self._staging.stage(fill)
        try:
            contents = read_contents(folder)
            tell("Looking for what it needs.")
            packages, problem = self._planned(contents)
        except BaseException:
            self._staging.discard(folder)
            raise
        offer = Offer(
            id=folder.parent.name, folder=folder, source=str(source), kind=_KINDS[type(source)], commit=commit,
            contents=contents, packages=packages, problem=problem, replaces=self._replaced(folder.name, source),
        )  # fmt: skip
        with self._lock:
            self._offers[offer.id] = offer
            while len(self._offers) > _MAX_OFFERS:
                self.forget(next(iter(self._offers)))
        return offer

    def _indexed(self, name: str) -> GitSource | ZipSource | FolderSource:
        entries, problems = self.index()
        entry = next((each for each in entries if each.name == name), None)
        if entry is None:
            raise InstallFailed(f"No index has an extension {name}.", hint=" ".join(problems), field="source")
        source = source_of(entry)
        if isinstance(source, FolderSource) and source.path == self._folders.folder(name).resolve():
            raise InstallFailed(f"{name} is installed already.", hint="Enable it.", field="source")
        return source

    def _fetch(self, source: GitSource | ZipSource | FolderSource, place: Path) -> str:
        """Write a source's files into a folder that is not there yet; returns the commit, if it has one."""
        if isinstance(source, GitSource):
            commit = self._git.clone(source, place)
            prune(place)
            return commit
        place.mkdir()
        if isinstance(source, ZipSource):
            unpack(source.path, place)
        elif not (source.path / MANIFEST_FILE).is_file():
            raise InstallFailed(f"{source.path} has no {MANIFEST_FILE}.", field="source")
        else:
            copy_folder(source.path, place)
        return ""

    def _planned(self, contents: Contents) -> tuple[tuple[Package, ...], str]:
        """What would go into the overlay, or a sentence why that cannot be."""
        output: list[str] = []
        try:
            return self._requirements.plan(contents.manifest.requirements, output.append), ""
        except InstallFailed as error:
            log = log_of(contents.manifest.name, self._places.log(contents.manifest.name))
            if self.is_installed(contents.manifest.name):
                log.info("%s", "\n".join(output))
            return (), error.message

    def _replaced(self, name: str, source: GitSource | ZipSource | FolderSource) -> Replaced | None:
        """The extension that has the name now; a file that the page sent is never known to be its newer version."""
        if not self._folders.folder(name).exists():
            return None
        record = self._extensions.store.record(name)
        sent = isinstance(source, ZipSource) and bool(source.shown)
        version = ""
        with suppress(Exception):  # what is there may be broken in any way
            version = read_contents(self._folders.folder(name)).manifest.version
        return Replaced(version, record.source, not sent and same_source(record.source, str(source)))

    def _settled(self, offer: Offer) -> Offer:
        """The offer as things are now: unchanged since it was shown, and with what is in its place at this moment."""
        if tree_hash(offer.folder) != offer.contents.tree_hash:
            self.forget(offer.id)
            raise InstallFailed("What was fetched has changed since it was shown.", hint="Look at it again.")
        if (offer.replaces is None) == self._folders.folder(offer.name).exists():
            record = self._extensions.store.record(offer.name)
            there = self._folders.folder(offer.name).exists()
            return replace(offer, replaces=Replaced("", record.source, False) if there else None)
        return offer

    def _packages(self, offer: Offer, tell: Tell) -> Path | None:
        """Make the overlay of an offer beside the place where it will be."""
        if not offer.packages:
            return None
        tell(f"Installing {', '.join(package.name for package in offer.packages)} for it alone.")
        place = self._places.packages(offer.name).with_name(f".{offer.name}.new")
        remove_tree(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        log = log_of(offer.name, self._places.log(offer.name))
        try:
            self._requirements.install(offer.packages, place, lambda text: log.info("%s", text))
        except BaseException:
            remove_tree(place)
            raise
        return place

    def _check_source(self, name: str, folder: Path, source: str) -> None:
        if source.startswith(ZipSource.SENT):
            raise InstallFailed(f"{name} came from a zip file, which is not here.", hint="Install the newer zip file.")
        if source:
            return
        shipped = next((each for each in self.index()[0] if each.name == name), None)
        if shipped is not None and shipped.source == str(folder.resolve()):
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
        return InstallRefused(
            f"{version} is installed already.", hint="Look for an update of it, or say that it is replaced.",
            field="replace",
        )  # fmt: skip
    source = there.source or "an unknown place"
    return InstallRefused(
        f"{version} is installed already, and comes from {source}.",
        hint="If this one is to take its place, say so.",
        field="replace",
    )


def _nothing(_: str) -> None:
    pass
