"""Animated GIF (GIF89a), written frame by frame, so that only one frame is in memory.

Pillow compresses each frame with a palette of its own; here they are joined into one file.
"""

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image

_HEADER_BYTES = 13
_FOR_EVER = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_BLOCK = 255
_SHORTEST = 2
"""Hundredths of a second. Browsers take what is shorter for a tenth."""


class GifStream:
    """Takes RGB frames of one size.

    Args:
        path: of the file.
        size: width and height of every frame, in pixels.
        comment: the infotext.
    """

    def __init__(self, path: Path, size: tuple[int, int], comment: str) -> None:
        self._out = path.open("wb")
        self._since_rounding = 0.0
        self._out.write(b"GIF89a" + struct.pack("<HHBBB", *size, 0x70, 0, 0) + _FOR_EVER)
        self._out.write(b"!\xfe" + b"".join(_blocks(comment.encode())))

    def add(self, frame: Image.Image, milliseconds: float) -> None:
        """One frame and how long it stays. GIF counts hundredths of a second; what is cut off is made up for later."""
        self._since_rounding += milliseconds / 10
        hundredths = max(round(self._since_rounding), _SHORTEST)
        self._since_rounding -= hundredths
        # Flags: leave the frame in place until the next one covers it.
        self._out.write(b"!\xf9\x04" + struct.pack("<BHBB", 0x04, min(hundredths, 65_535), 0, 0))
        for part in _image_of(frame):
            self._out.write(part)

    def finish(self) -> None:
        """Ends the film."""
        self._out.write(b";")

    def close(self) -> None:
        """Lets go of the file."""
        self._out.close()


def _image_of(frame: Image.Image) -> Iterator[bytes]:
    """The image block of one frame, with its colours as the local table (GIF89a, 20 to 22)."""
    # Median cut takes a hundred times as long and, once dithered, comes no closer to the colours.
    colours = frame.quantize(256, method=Image.Quantize.FASTOCTREE)
    reduced = frame.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG)
    file = BytesIO()
    reduced.save(file, format="GIF", optimize=False, interlace=0)
    content = file.getvalue()
    table_bits = content[10] & 7
    table_end = _HEADER_BYTES + 3 * 2 ** (table_bits + 1)
    place = table_end
    while content[place] == ord("!"):
        place = _after_blocks(content, place + 2)
    descriptor = content[place : place + 9]
    yield descriptor + bytes([0x80 | table_bits]) + content[_HEADER_BYTES:table_end]
    yield content[place + 10 : _after_blocks(content, place + 11)]


def _after_blocks(content: bytes, place: int) -> int:
    """Where the data blocks that begin at a place have ended."""
    while content[place]:
        place += 1 + content[place]
    return place + 1


def _blocks(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _BLOCK):
        part = data[start : start + _BLOCK]
        yield bytes([len(part)]) + part
    yield b"\0"
