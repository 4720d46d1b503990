"""Animated WebP (RFC 9649), written frame by frame, so that only one frame is in memory.

Pillow compresses each frame as a file of its own; here their image chunks are joined into one file.
"""

import struct
from io import BytesIO
from pathlib import Path

from PIL import Image

from webui.imaging.exif_text import exif_comment

_ANIMATED, _HAS_EXIF = 0x02, 0x08
_QUALITY = 90
_LONGEST = 2**24 - 1


class WebpStream:
    """Takes RGB frames of one size.

    Args:
        path: of the file.
        size: width and height of every frame, in pixels.
        comment: the infotext.
    """

    def __init__(self, path: Path, size: tuple[int, int], comment: str) -> None:
        out = self._out = path.open("wb")
        self._size = _three(size[0] - 1) + _three(size[1] - 1)
        self._comment = comment
        self._since_rounding = 0.0
        out.write(b"RIFF\0\0\0\0WEBP")
        out.write(_chunk(b"VP8X", bytes([_ANIMATED | _HAS_EXIF, 0, 0, 0]) + self._size))
        out.write(_chunk(b"ANIM", struct.pack("<IH", 0xFFFFFFFF, 0)))  # white below, for ever

    def add(self, frame: Image.Image, milliseconds: float) -> None:
        """One frame and how long it stays."""
        self._since_rounding += milliseconds
        whole = round(self._since_rounding)
        self._since_rounding -= whole
        file = BytesIO()
        frame.save(file, format="WEBP", quality=_QUALITY, method=4)
        # At the corner; it covers what is below without blending.
        placed = bytes(6) + self._size + _three(min(whole, _LONGEST)) + bytes([0x02])
        self._out.write(_chunk(b"ANMF", placed + _image_chunks(file.getvalue())))

    def finish(self) -> None:
        """Ends the film: the infotext, and the length at the beginning."""
        self._out.write(_chunk(b"EXIF", exif_comment(self._comment)))
        length = self._out.tell() - 8
        self._out.seek(4)
        self._out.write(struct.pack("<I", length))

    def close(self) -> None:
        """Lets go of the file."""
        self._out.close()


def _image_chunks(content: bytes) -> bytes:
    """The chunks of a still file's picture alone."""
    place, found = 12, b""
    while place + 8 <= len(content):
        (length,) = struct.unpack_from("<I", content, place + 4)
        end = place + 8 + length + length % 2
        if content[place : place + 4] in (b"VP8 ", b"VP8L", b"ALPH"):
            found += content[place:end]
        place = end
    return found


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _three(value: int) -> bytes:
    return struct.pack("<I", value)[:3]
