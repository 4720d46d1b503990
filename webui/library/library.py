"""The library: takes finished pictures, gives them back by id, and keeps in memory what the disk would not take."""

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from webui.access.kinds import Kind
from webui.errors import PictureNotFound, SaveFailed
from webui.library.database import FILE_NAME, Database, StorageUnavailable
from webui.library.index import SAVED, SAVING, Picture, PictureIndex
from webui.library.ownership import Ownership
from webui.library.pictures import Folder, PictureFiles, film_path, temporary_of

MAX_UNSAVED_BYTES = 512 * 2**20
ID_DIGITS = 32

_log = logging.getLogger(__name__)


def picture_id(png: bytes) -> str:
    """The id of a picture that was made here, by the bytes of its file."""
    return hashlib.sha256(png).hexdigest()[:ID_DIGITS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What came of saving a picture; `warning` says why it is in memory only, and is empty when it is a file."""

    picture: Picture
    warning: str = ""


class Library:
    """Pictures below a data folder, with their index in its database.

    Args:
        data_dir: made when it is not there.

    Raises:
        StartFailed: the folder cannot be written.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.database = Database(data_dir / FILE_NAME)
        self.ownership = Ownership(self.database)
        self._index = PictureIndex(self.database)
        self._files = PictureFiles(data_dir)
        self._lock = threading.RLock()
        self._unsaved: OrderedDict[str, tuple[Picture, bytes, bytes, Folder]] = OrderedDict()
        self._unindexed: dict[str, Picture] = {}

    def save(
        self,
        png: bytes,
        *,
        job: str,
        seed: int,
        width: int,
        height: int,
        request: str,
        infotext: str,
        film: bytes = b"",
        folder: Folder = Folder.PICTURES,
    ) -> Saving:
        """Save a finished picture, and the film whose first frame it is. The same bytes are kept once.

        Returns:
            The picture, with a warning when it could not be saved and is kept in memory.
        """
        picture = Picture(
            id=picture_id(png),
            path=None,
            job=job,
            created=time.time(),
            width=width,
            height=height,
            seed=seed,
            request=request,
            infotext=infotext,
            film=bool(film),
        )
        with self._lock:
            known = self._known(picture.id)
            if known is not None:
                return Saving(picture=known)
            try:
                saved = self._save(picture, png, film, folder)
            except SaveFailed as error:
                _log.warning("picture %s of job %s was not saved: %s", picture.id, job, error)
                self._keep_in_memory(picture, png, film, folder)
                return Saving(picture=picture, warning=str(error))
            self._unsaved.pop(picture.id, None)
            self.save_waiting()
            return Saving(picture=saved)

    def find(self, picture: str) -> Picture:
        """The picture of that id, saved or in memory.

        Raises:
            PictureNotFound: there is none.
        """
        # Without the lock: a slow disk that saves must not hold up looking.
        waiting = self._unsaved.get(picture)
        found = waiting[0] if waiting else self._unindexed.get(picture) or self._index.find(picture)
        if found is None:
            raise PictureNotFound("There is no such picture.", hint="It may have been removed from the outputs folder.")
        return found

    def in_memory(self, picture: str) -> bytes | None:
        """The bytes of a picture that the disk would not take; None for saved ones."""
        entry = self._unsaved.get(picture)
        return entry[1] if entry else None

    @property
    def _unsaved_bytes(self) -> int:
        return sum(len(png) + len(film) for _, png, film, _ in self._unsaved.values())

    def read(self, picture: str) -> bytes:
        """The bytes of a picture, from memory or from its file.

        Raises:
            PictureNotFound: there is none of that id, or its file has been removed.
            OSError: its file cannot be read.
        """
        return self.in_memory(picture) or self.file(self.find(picture)).read_bytes()

    def file(self, picture: Picture) -> Path:
        """Where a saved picture is.

        Raises:
            PictureNotFound: the file has been removed.
        """
        if picture.path is not None:
            with suppress(ValueError, OSError):
                path = self._files.absolute(picture.path)
                if path.is_file():
                    return path
        raise PictureNotFound("The picture's file is gone.", hint="It may have been removed from the outputs folder.")

    def film(self, picture: str) -> Path | bytes:
        """The film of a picture: its file, or its bytes where the disk would not take it.

        Raises:
            PictureNotFound: there is no such picture, it has no film, or the file has been removed.
        """
        found = self.find(picture)
        unsaved = self._unsaved.get(picture)
        if not found.film:
            raise PictureNotFound("This picture has no film.", hint="It was made as a picture alone.")
        if unsaved:
            return unsaved[2]
        path = film_path(self.file(found))
        if not path.is_file():
            raise PictureNotFound("The film's file is gone.", hint="It may have been removed from the outputs folder.")
        return path

    def recent(self, limit: int, before: str | None = None, scope: str | None = None) -> list[Picture]:
        """The newest pictures first: somebody's, everybody's (None), or the house's (""; see the index).

        Those in memory only come before all.
        """
        with self._lock:
            unsaved = [entry[0] for entry in reversed(self._unsaved.values())] if before is None else []
        own = [picture for picture in unsaved if self.ownership.owns(scope or None, Kind.PICTURE, picture.id)]
        return (own + self._index.recent(limit, before, scope))[:limit]

    def save_waiting(self) -> None:
        """Try again to save what the disk would not take; does nothing when nothing waits."""
        with self._lock:
            for picture in list(self._unindexed.values()):
                self._put_saved(picture)
            for unsaved in list(self._unsaved.values()):
                try:
                    self._save(*unsaved)
                except SaveFailed:
                    return
                del self._unsaved[unsaved[0].id]

    def recover(self) -> None:
        """Look at every saving that was cut short: keep what is complete, remove what is not. Called at start."""
        for picture in self._index.saving():
            assert picture.path is not None
            final = self.data_dir / picture.path
            for path in (final, film_path(final)):
                temporary_of(path).unlink(missing_ok=True)
            if final.is_file() and picture_id(final.read_bytes()) == picture.id:
                self._index.put(picture, SAVED)
            else:
                film_path(final).unlink(missing_ok=True)
                self._index.forget(picture.id)

    def close(self) -> None:
        """Close the database, after a last try to save what waits."""
        self.save_waiting()
        self.database.close()

    def _known(self, picture: str) -> Picture | None:
        """The picture, if it is a complete file already."""
        try:
            found = self._unindexed.get(picture) or self._index.find(picture)
            if found is not None:
                self.file(found)
        except (PictureNotFound, StorageUnavailable):
            return None
        return found

    def _save(self, picture: Picture, png: bytes, film: bytes, folder: Folder) -> Picture:
        """Name, files, row; the name goes into the index first, so that a cut saving is found at the next start."""
        path = self._files.next_path(picture.seed, datetime.fromtimestamp(picture.created), folder)
        named = replace(picture, path=path.as_posix())
        try:
            self._index.put(named, SAVING)
        except StorageUnavailable as error:
            _log.warning("the index did not take picture %s: %s", picture.id, error)
        if film:
            self._files.write(film_path(path), film, replace=True)
        self._files.write(path, png)
        self._put_saved(named)
        return named

    def _put_saved(self, picture: Picture) -> None:
        try:
            self._index.put(picture, SAVED)
            self._unindexed.pop(picture.id, None)
        except StorageUnavailable as error:
            _log.warning("the index did not take picture %s: %s", picture.id, error)
            self._unindexed[picture.id] = picture

    def _keep_in_memory(self, picture: Picture, png: bytes, film: bytes, folder: Folder) -> None:
        self._unsaved[picture.id] = (picture, png, film, folder)
        while len(self._unsaved) > 1 and self._unsaved_bytes > MAX_UNSAVED_BYTES:
            dropped, _ = self._unsaved.popitem(last=False)
            _log.error("picture %s could not be saved and was dropped: too many are waiting", dropped)
