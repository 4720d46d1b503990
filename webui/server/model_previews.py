"""Small pictures of models, made of the files that people keep beside them."""

import threading
from collections import OrderedDict
from io import BytesIO
from pathlib import Path

from PIL import Image

from webui.errors import PictureNotFound, PictureUnreadable
from webui.imaging.reading import read_picture

SIDE = 448
"""Pixels at most: twice what a card shows, for fine screens."""
MAX_FILE_BYTES = 32 * 2**20
KEPT = 400
_QUALITY = 82
_GROUND = (36, 33, 30)


class PreviewStore:
    """Makes previews once and keeps the last ones in memory. Threads may share it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def jpeg(self, path: Path) -> bytes:
        """The picture at a path as a small JPEG.

        Raises:
            PictureNotFound: it is gone, or far too large for a preview.
            PictureUnreadable: it is no picture.
        """
        try:
            status = path.stat()
            if status.st_size > MAX_FILE_BYTES:
                raise PictureNotFound("The preview's file is too large.")
            key = (str(path), status.st_mtime_ns)
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            content = path.read_bytes()
        except OSError as error:
            raise PictureNotFound("This model has no preview any more.") from error
        small = _small(content)
        with self._lock:
            self._kept[key] = small
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return small


def _small(content: bytes) -> bytes:
    image = read_picture(content).image
    image.thumbnail((SIDE, SIDE))
    if image.mode == "RGBA":
        ground = Image.new("RGB", image.size, _GROUND)
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    made = BytesIO()
    try:
        image.convert("RGB").save(made, format="JPEG", quality=_QUALITY)
    except (OSError, ValueError) as error:
        raise PictureUnreadable("The preview cannot be shown.") from error
    return made.getvalue()
