"""Picture files: complete on the disk under their final name, or not there at all."""

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from webui.errors import SaveFailed

OUTPUTS = "outputs"


class Folder(StrEnum):
    """Where in the outputs pictures go."""

    PICTURES = "txt2img"
    JOURNEYS = "journeys"
    """The frames of journeys: many, and of use together."""


class PictureFiles:
    """Writes pictures below a data folder: `outputs/txt2img/2026-11-21/00001-SEED.png`.

    Args:
        data_dir: the data folder; what is returned is relative to it.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._last: dict[Path, int] = {}

    def next_path(self, seed: int, when: datetime, within: Folder = Folder.PICTURES) -> Path:
        """A name that no file has yet, relative to the data folder; raises `SaveFailed` without a folder for it."""
        folder = Path(OUTPUTS, within, when.strftime("%Y-%m-%d"))
        try:
            (self.data_dir / folder).mkdir(parents=True, exist_ok=True)
            if folder not in self._last:
                self._last[folder] = _highest_number(self.data_dir / folder)
        except OSError as error:
            raise as_save_failed(error) from error
        self._last[folder] += 1
        return folder / f"{self._last[folder]:05d}-{seed}.png"

    def write(self, path: Path, content: bytes, *, replace: bool = False) -> None:
        """Write a file: temporary name, synced, then given its name, which is synced too.

        Args:
            path: relative to the data folder.
            content: the whole file.
            replace: whether an older file of that name gives way; until the new one is complete it stays.

        Raises:
            SaveFailed: nothing was left on the disk, and why.
        """
        final = self.data_dir / path
        try:
            write_whole(final, content, temporary=temporary_of(final), replace=replace)
        except OSError as error:
            raise as_save_failed(error) from error

    def absolute(self, path: str | Path) -> Path:
        """Where a relative path of the index is; raises `ValueError` when that is outside the data folder."""
        found = (self.data_dir / path).resolve()
        if not found.is_relative_to(self.data_dir.resolve()):
            raise ValueError(f"{path} is not in the data folder")
        return found


def write_whole(final: Path, content: bytes, *, temporary: Path, replace: bool) -> None:
    """Write a file under a temporary name beside its final one, sync it, then name it; the name is synced too.

    Raises:
        OSError: nothing was left on the disk; `FileExistsError` where another file has the name already.
    """
    write_pieces(final, [content], temporary=temporary, replace=replace)


def write_pieces(final: Path, pieces: Iterable[bytes | memoryview], *, temporary: Path, replace: bool) -> None:
    """As `write_whole`, for a file that is not in memory as a whole."""
    try:
        _write_synced(temporary, pieces)
        if replace:
            os.replace(temporary, final)
        else:
            _give_name(temporary, final)
        _sync_folder(final.parent)
    except OSError as error:
        ours_alone = not replace and not isinstance(error, FileExistsError)
        for left in (temporary, final) if ours_alone else (temporary,):
            with suppress(OSError):  # the disk may refuse this too
                left.unlink(missing_ok=True)
        raise


def temporary_of(final: Path) -> Path:
    """The name that a file has while it is written: beside its final one, so that naming it is atomic."""
    return final.with_name(f".{final.name}.saving")


def film_path(picture: Path) -> Path:
    """Where the film is whose first frame a picture file is."""
    return picture.with_suffix(".mp4")


def as_save_failed(
    error: OSError, *, what: str = "picture", then: str = "then download the picture from here"
) -> SaveFailed:
    """The sentence for an error of the file system: what was not saved, and what to do `then`, once that is mended."""
    reasons = {
        errno.ENOSPC: "no space left on the disk",
        errno.EDQUOT: "your quota of disk space is used up",
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "its folder may not be written",
        errno.EPERM: "its folder may not be written",
    }
    reason = reasons.get(error.errno or 0, (error.strerror or str(error)).lower())
    steps = {errno.ENOSPC: "Free some space", errno.EDQUOT: "Free some space"}
    step = steps.get(error.errno or 0, "Mend that")
    return SaveFailed(f"The {what} could not be saved: {reason}.", hint=f"{step}, {then}.")


def _highest_number(folder: Path) -> int:
    """The highest number among names like `00012-99.png`, temporary ones included."""
    numbers = (entry.name.lstrip(".").partition("-")[0] for entry in os.scandir(folder))
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def _write_synced(path: Path, pieces: Iterable[bytes | memoryview]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o644)
    try:
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _give_name(temporary: Path, final: Path) -> None:
    """Give the file its final name, never replacing another one."""
    try:
        os.link(temporary, final)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        if final.exists():  # a file system without hard links: the data folder's lock keeps others out
            raise FileExistsError(errno.EEXIST, "there is such a file", str(final)) from error
        os.rename(temporary, final)
        return
    os.unlink(temporary)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
