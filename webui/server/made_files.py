"""Files that are made for one download: written to a folder, sent in pieces, and gone."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from fastapi.responses import Response, StreamingResponse

from webui.errors import WebUIError
from webui.library.pictures import as_save_failed

EXPORTS = "exports"
"""The folder below the data folder in which they are made."""
AT_ONCE = 2
"""More would wait for the same worker, each with an encoder and a file."""
_LITTER_SECONDS = 24 * 3600.0
_PIECE_BYTES = 2**20


class MadeFiles:
    """Makes such files; whoever makes one holds one of `places` meanwhile.

    Args:
        folder: where they are while they are made; what others have left there is removed.
    """

    def __init__(self, folder: Path) -> None:
        self.places = asyncio.Semaphore(AT_ONCE)
        self._folder = folder
        self._remove_litter()

    def written(self, ending: str, write: Callable[[Path], None]) -> BinaryIO:
        """What `write` puts at a path, as an open file, without a name any more where the system allows that.

        Raises:
            SaveFailed: the disk is full, or refuses the file.
        """
        path = self._folder / f"{secrets.token_hex(8)}{ending}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write(path)
            return path.open("rb")
        except WebUIError:
            raise
        except OSError as error:
            raise as_save_failed(error, what="export", then="then export again") from error
        finally:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _remove_litter(self) -> None:
        """Remove what a server that was killed, or a system that keeps the names of open files, has left."""
        with suppress(OSError):
            for path in self._folder.iterdir():
                if time.time() - path.stat().st_mtime > _LITTER_SECONDS:
                    path.unlink(missing_ok=True)


def download(file: BinaryIO, name: str, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """Such a file as an answer; it is closed at the end."""
    told = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(file.seek(0, 2)),
        "Cache-Control": "no-store",
        **(headers or {}),
    }
    return StreamingResponse(_pieces(file), media_type=media_type, headers=told)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_PIECE_BYTES):
            yield piece
