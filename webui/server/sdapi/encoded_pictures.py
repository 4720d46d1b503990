"""Pictures as A1111 gives them: files in base64, in the format of its option, with their parameters inside."""

import base64
from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image

from webui.imaging.exif_text import exif_comment
from webui.imaging.grid import MAX_PIXELS, Page, contact_sheet
from webui.imaging.metadata import embedded_text
from webui.imaging.reading import flattened
from webui.library.encoding import encode_png
from webui.settings import A1111Options

_PILLOW_NAMES = {"jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP"}
_MOST_EXIF_BYTES = 65_000
"""A JPEG segment holds no more; longer parameters are left out, as the picture cannot have them."""


def in_base64(png: bytes, options: A1111Options) -> str:
    """A PNG file in the chosen format: as it is, or as JPEG or WebP with the same parameters."""
    name = _PILLOW_NAMES.get(options.samples_format)
    content = png if name is None else _converted(png, name, options.jpeg_quality)
    return base64.b64encode(content).decode("ascii")


def grid_of(files: Sequence[bytes], infotext: str, request_json: str) -> bytes:
    """All pictures in one, about as many rows as columns, as a PNG file with the parameters of the first."""
    pictures = [_opened(file, MAX_PIXELS // len(files)) for file in files]
    rows = max(round(len(pictures) ** 0.5), 1)
    columns = -(-len(pictures) // rows)
    table: list[list[Image.Image | str]] = [
        list(pictures[at : at + columns]) for at in range(0, len(pictures), columns)
    ]
    return encode_png(np.asarray(contact_sheet([Page(table)])), infotext, request_json)


def _opened(png: bytes, most: int) -> Image.Image:
    """A picture of at most so many pixels: a hundred large ones at once would take gigabytes."""
    with Image.open(BytesIO(png), formats=("PNG",)) as image:
        share = (most / (image.width * image.height)) ** 0.5
        if share < 1:
            return image.resize((max(int(image.width * share), 1), max(int(image.height * share), 1)))
        image.load()
        return image


def _converted(png: bytes, name: str, quality: int) -> bytes:
    told = embedded_text(png).infotext or ""
    exif = b"Exif\0\0" + exif_comment(told)
    with Image.open(BytesIO(png), formats=("PNG",)) as image:
        file = BytesIO()
        given = {"exif": exif} if told and len(exif) < _MOST_EXIF_BYTES else {}
        flattened(image).save(file, format=name, quality=quality, **given)
    return file.getvalue()
