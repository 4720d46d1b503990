"""Where what was fetched lies until it is wanted: a hidden folder in the extensions folder, on the same disk.

Extensions are put into place, replaced and taken away by renaming, so that there is always the old one or the new one.
"""

import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from webui.errors import InstallFailed
from webui.extensions.installing.file_rules import not_taken
from webui.extensions.manifest import MANIFEST_FILE, read_manifest_of

STAGING = ".installing"
_OLD_SECONDS = 86_400.0


class Staging:
    """The hidden folder.

    Args:
        extensions_dir: the folder with the installed extensions; it need not be there yet.
    """

    def __init__(self, extensions_dir: Path) -> None:
        self._extensions_dir = extensions_dir
        self._folder = extensions_dir / STAGING

    def stage(self, fill: Callable[[Path], None]) -> Path:
        """Let a folder be filled, and give it its extension's name.

        Args:
            fill: writes into the folder that it is given, which is not there yet.

        Returns:
            The staged extension. It is alone in its parent, which `discard` removes.

        Raises:
            InstallFailed, ExtensionUnusable: what was fetched is no extension, or is not taken; nothing is left.
        """
        place = self._folder / secrets.token_hex(8)
        try:
            place.mkdir(parents=True)
            fill(place / "fetched")
            found = _root(place / "fetched")
            name = read_manifest_of(found).name
            if found != place / name:
                found = found.rename(place / "named")  # the zip's own folder may have the name of what holds it
                shutil.rmtree(place / "fetched", ignore_errors=True)
                found = found.rename(place / name)
            return found
        except OSError as error:
            self._remove(place)
            raise InstallFailed(f"The extension cannot be written: {error}.", hint="Is the disk full?") from error
        except BaseException:
            self._remove(place)
            raise

    def discard(self, staged: Path) -> None:
        """Forget a staged extension, or what is left of it."""
        assert staged.parent.parent == self._folder
        self._remove(staged.parent)

    def put(self, staged: Path, target: Path) -> Path | None:
        """Rename a staged extension to its place.

        Returns:
            Where the one that was there lies now, for the caller to keep or to `discard`; None if there was none.
        """
        old = self._take_aside(target)
        try:
            staged.rename(target)
        except OSError:
            if old is not None:
                old.rename(target)
            raise
        self.discard(staged)
        return old

    def take_away(self, target: Path) -> None:
        """Remove an installed folder: it is gone from its place at once, however long deleting its files takes."""
        aside = self._take_aside(target)
        if aside is not None:
            self.discard(aside)

    def clear_old(self) -> None:
        """Remove what earlier starts left here more than a day ago."""
        if not self._folder.is_dir():
            return
        for place in self._folder.iterdir():
            with suppress(OSError):
                if time.time() - place.stat().st_mtime > _OLD_SECONDS:
                    self._remove(place)

    def _take_aside(self, target: Path) -> Path | None:
        if not target.exists() and not target.is_symlink():
            return None
        place = self._folder / secrets.token_hex(8)
        place.mkdir(parents=True)
        return target.rename(place / target.name)

    def _remove(self, place: Path) -> None:
        """Remove one place, and the hidden folder with the last of them."""
        remove_tree(place)
        with suppress(OSError):
            self._folder.rmdir()


def remove_tree(path: Path) -> None:
    """Remove a file, a link or a folder with all in it, if it is there."""
    if path.is_symlink() or path.is_file():
        path.unlink(missing_ok=True)
        return
    with suppress(FileNotFoundError):
        for child in path.iterdir():
            if child.is_symlink():
                child.unlink()
        shutil.rmtree(path)


def move_tree(source: Path, target: Path) -> None:
    """Move a folder to where none is, also to another disk; half a folder never has the target's name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.rename(target)
    except OSError:
        half = target.with_name(f".{target.name}.moving")
        remove_tree(half)
        shutil.copytree(source, half, symlinks=True)
        half.rename(target)
        remove_tree(source)


def _root(folder: Path) -> Path:
    """The folder that holds the extension: the fetched one, or the only one in it, as zip files often have."""
    if (folder / MANIFEST_FILE).is_file():
        return folder
    inner = [path for path in folder.iterdir() if path.is_dir() and (path / MANIFEST_FILE).is_file()]
    if len(inner) != 1:
        raise not_taken(f"it has no {MANIFEST_FILE}")
    return inner[0]
