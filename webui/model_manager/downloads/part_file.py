"""The `.part` of a file that arrives: its bytes so far with their hash, and beside it a note of whose they are."""

import hashlib
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from webui.errors import DownloadFailed
from webui.model_manager.kept_json import keep, read_kept

PIECE_BYTES = 2**20
SPARE_BYTES = 200 * 2**20
"""What must stay free on the disk."""


@dataclass(slots=True)
class PartFile:
    """The state of a part. `total`, `promised` (a SHA-256) and `name` are what the server said of the file.

    `validator` names the version at the server (an ETag, or a date); empty where it names none.
    """

    path: Path
    url: str
    done: int = 0
    total: int | None = None
    promised: str | None = None
    name: str = ""
    validator: str = ""
    hashed: Any = field(default_factory=hashlib.sha256)

    @classmethod
    def taken_up(cls, path: Path, url: str, total: int | None, stop: Callable[[], None]) -> "PartFile":
        """The part that an earlier try for the same URL left, its bytes hashed again; else an empty one.

        Args:
            path: where it is.
            url: what is fetched.
            total: the size of the file in bytes, if it is known.
            stop: called between pieces; raises when it is not wanted any more.
        """
        part = cls(path, url, total=total)
        kept = read_kept(_note_of(path))
        if not path.is_file() or kept.get("url") != url:
            return part
        part.promised, part.name = kept.get("promised"), str(kept.get("name", ""))
        part.validator = str(kept.get("validator", ""))
        if isinstance(kept.get("total"), int):
            part.total = kept["total"]
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                stop()
                part.hashed.update(piece)
                part.done += len(piece)
        return part

    @property
    def complete(self) -> bool:
        """Whether everything is there."""
        return self.total is not None and self.done == self.total

    def begin_anew(self) -> None:
        """What is there is no beginning of the file: the next piece is its first."""
        self.done, self.hashed = 0, hashlib.sha256()

    def note(self) -> None:
        """Write down whose part it is, for a later try."""
        names = ("url", "validator", "total", "promised", "name")
        keep(_note_of(self.path), {name: getattr(self, name) for name in names})

    def opened(self) -> BinaryIO:
        """The file, to be written on from where it is.

        Raises:
            DownloadFailed: it cannot be written.
        """
        try:
            return self.path.open("ab" if self.done else "wb")
        except OSError as error:
            raise _not_written(error) from error

    def write(self, file: BinaryIO, piece: bytes) -> None:
        """The next bytes.

        Raises:
            DownloadFailed: the disk is full.
        """
        try:
            file.write(piece)
        except OSError as error:
            raise _not_written(error) from error
        self.hashed.update(piece)
        self.done += len(piece)

    def remove(self) -> None:
        """Forget it, and what was noted of it."""
        remove_part(self.path)

    def check_space(self, needed: int) -> None:
        """Refuse what does not fit on the disk.

        Raises:
            DownloadFailed: fewer than `needed` bytes are free, beside what must stay so.
        """
        free = shutil.disk_usage(self.path.parent).free
        if needed + SPARE_BYTES > free:
            raise DownloadFailed(
                f"There is not enough room on the disk: {needed / 1e9:,.1f} GB are needed, {free / 1e9:,.1f} are free.",
                hint=f"Make room where {self.path.parent} is, then start it again.",
            )


def remove_part(path: Path) -> None:
    """Remove a part and its note."""
    for each in (path, _note_of(path)):
        with suppress(OSError):
            each.unlink()


def _note_of(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _not_written(error: OSError) -> DownloadFailed:
    return DownloadFailed(
        f"The file could not be written: {error.strerror or error}.",
        hint="Make room on the disk, then start it again: it goes on where it stopped.",
    )
