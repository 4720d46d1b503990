"""Picture files for tests, as cameras, other programs and vandals make them."""

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageCms


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """A picture as a file."""
    file = BytesIO()
    image.save(file, format=kind, **options)
    return file.getvalue()


def gradient(width: int = 24, height: int = 16) -> Image.Image:
    """Red grows to the right, green downwards, blue is 128: every corner has its own colour."""
    pixels = np.full((height, width, 3), 128, np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width).astype(np.uint8)[None, :]
    pixels[..., 1] = np.linspace(0, 255, height).astype(np.uint8)[:, None]
    return Image.fromarray(pixels)


def srgb_profile() -> bytes:
    """The ICC profile of sRGB."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """A profile in which what is called red is blue, and the other way round."""
    profile = srgb_profile().replace("sRGB".encode("utf-16-be"), "none".encode("utf-16-be"))
    return profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")


def png_of(width: int, height: int, *, bits: int, colour_type: int, rows: bytes, **chunks: bytes) -> bytes:
    """A PNG file from its scan lines (each with its filter byte), whatever Pillow can write."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    parts = [(b"IHDR", header), *((name.encode(), value) for name, value in chunks.items())]
    parts += [(b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, parts))


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    name, value = part
    return struct.pack(">I", len(value)) + name + value + struct.pack(">I", zlib.crc32(name + value))
