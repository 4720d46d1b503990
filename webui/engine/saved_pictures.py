"""Tells extensions of each picture that was saved, in a thread of its own: a slow one never holds up the queue."""

import logging
import queue
import threading

from webui.errors import InvalidRequest, PictureNotFound
from webui.extensions.contributions import SavedImage
from webui.extensions.host import ExtensionHost
from webui.generation.request import GenerationRequest
from webui.library.index import Picture
from webui.library.library import Library

MAX_WAITING = 1_000
"""Pictures that may wait to be told of; further ones are not."""
STOP_SECONDS = 5.0
"""How long telling may go on when the server stops."""
_log = logging.getLogger(__name__)


class SavedPictures:
    """What is told of saved pictures.

    Args:
        host: has the extensions.
        library: knows where pictures are.
    """

    def __init__(self, host: ExtensionHost, library: Library) -> None:
        self._host = host
        self._library = library
        self._waiting: queue.Queue[SavedImage | None] = queue.Queue(MAX_WAITING)
        self._thread: threading.Thread | None = None

    def add(self, picture: Picture, *, index: int, count: int) -> None:
        """Tell of a picture of a job, soon; does nothing where nobody would hear of it.

        Args:
            picture: as the library has it.
            index: its place among the job's pictures, from 0.
            count: how many these are.
        """
        if not picture.saved or not self._host.has("image_saved"):
            return
        try:
            self._waiting.put_nowait(self._told(picture, index, count))
        except (InvalidRequest, PictureNotFound) as error:
            _log.warning("extensions were not told of picture %s: %s", picture.id, error)
        except queue.Full:
            _log.warning("extensions were not told of picture %s: %d others wait", picture.id, MAX_WAITING)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="saved-pictures", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Tell what waits, within a few seconds."""
        if self._thread is None:
            return
        try:
            self._waiting.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(STOP_SECONDS)

    def _told(self, picture: Picture, index: int, count: int) -> SavedImage:
        return SavedImage(
            id=picture.id,
            path=self._library.file(picture),
            request=GenerationRequest.model_validate_json(picture.request),
            infotext=picture.infotext,
            width=picture.width,
            height=picture.height,
            job=picture.job,
            index=index,
            count=count,
        )

    def _run(self) -> None:
        while (image := self._waiting.get()) is not None:
            self._host.observe("image_saved", image=image)
