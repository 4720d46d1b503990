"""The pictures of single steps as PNG files, and many of them in a zip archive that is written as they come."""

import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image

from webui.imaging.png_text import png_info

_WRITTEN = (1980, 1, 1, 0, 0, 0)
"""The time of all files in an archive: the same pictures give the same bytes. It is the earliest that zip knows."""


def frame_name(stem: str, step: int, last: int, view: str) -> str:
    """`boat-step-008-of-020-x0.png`: files in the order of their names are in the order of their steps."""
    digits = max(len(str(last)), 3)
    return f"{stem}-step-{step:0{digits}d}-of-{last:0{digits}d}-{view}.png"


def png_with_texts(picture: Image.Image, texts: Mapping[str, str]) -> bytes:
    """A PNG file with texts inside; equal input gives equal bytes."""
    file = BytesIO()
    picture.save(file, format="PNG", compress_level=3, pnginfo=png_info(texts))
    return file.getvalue()


def write_zip(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write an archive of named files; one of them at a time is in memory. They are compressed already.

    Raises:
        OSError: the archive cannot be written.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN), content)
