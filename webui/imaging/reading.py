"""Files that people bring, to pictures of 8 bits: grey, RGB or RGBA, upright, in sRGB, no longer than 4096 pixels."""

import struct
import warnings
import zlib
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from webui.errors import PictureUnreadable
from webui.imaging.not_pictures import what_it_is

MAX_PIXELS = 200_000_000
MAX_SIDE = 4096
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
"""What is tried; formats that need other programs (EPS) or that hardly anybody uses stay closed."""
READABLE = "Use a PNG, JPEG, WebP, AVIF, GIF, BMP or TIFF file."

_MAY_MOVE = ("GIF", "WEBP", "PNG", "AVIF")
_BAND_PIXELS = 2**22
_EXIF_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation (Exif 2.32, tag 274)."""
_DAMAGED = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, AttributeError, OverflowError,
    ZeroDivisionError, MemoryError, RuntimeError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip
"""What Pillow's readers raise on files that are cut off or damaged."""

# Pillow warns from here on and refuses from twice as many: exactly where we do.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Read:
    """A picture in mode L, RGB or RGBA, and what had to be done to it, in sentences."""

    image: Image.Image
    notes: tuple[str, ...]


def read_picture(content: bytes) -> Read:
    """Decode a picture file of any common kind.

    Rotation by EXIF is applied, 16 bits become 8, CMYK and other colour spaces sRGB; transparency stays (RGBA). Of
    an animation the first frame is taken. More than `MAX_SIDE` pixels a side are scaled down. Decoding takes
    about five bytes a pixel of the file, less for JPEGs, and a few dozen megabytes more.

    Raises:
        PictureUnreadable: this is no picture, it is damaged, or it has more than `MAX_PIXELS` pixels; the last is
            known from the header, before anything is decoded.
    """
    if not content:
        raise PictureUnreadable("The file is empty.", hint="Choose a picture.", field="picture")
    opened = _opened(content)
    size = opened.size
    notes = []
    try:
        if opened.format in _MAY_MOVE and getattr(opened, "is_animated", False):
            notes.append("The picture is animated; its first frame is used.")
        if any(";16" in str(tile[3]) for tile in getattr(opened, "tile", ())) or opened.mode.startswith("I"):
            notes.append("The picture has 16 bits a channel; 8 of them are used.")
        _decode(opened)
        # Only now: some readers turn the picture themselves, and then say so.
        orientation, profile = _orientation(opened), opened.info.get("icc_profile")
        image = _bare(_upright(_in_srgb(_scaled_down(opened, size), profile), orientation))
    except PictureUnreadable:
        raise
    except _DAMAGED as error:
        raise PictureUnreadable(
            "The picture file is damaged or ends too early.", hint="Save or download it again.", field="picture"
        ) from error
    if image.size not in (size, size[::-1]):
        turned = size if (image.width >= image.height) == (size[0] >= size[1]) else size[::-1]
        before, after = (f"{side[0]:,} x {side[1]:,}" for side in (turned, image.size))
        notes.append(f"The picture was scaled down from {before} to {after} pixels.")
    return Read(image, tuple(notes))


def flattened(image: Image.Image) -> Image.Image:
    """The picture in RGB; where it is transparent, white shows through."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    white = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, image).convert("RGB")


def _opened(content: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except _DAMAGED as error:
        raise PictureUnreadable(what_it_is(content), hint=READABLE, field="picture") from error
    if image.width * image.height > MAX_PIXELS:
        raise _too_large()
    return image


def _too_large() -> PictureUnreadable:
    return PictureUnreadable(
        f"The picture has more than {MAX_PIXELS // 10**6} megapixels.", hint="Scale it down first.", field="picture"
    )


def _decode(image: Image.Image) -> None:
    factor = max(image.size) // MAX_SIDE
    if factor > 1 and image.format == "JPEG":
        # The decoder itself leaves out the finest frequencies: an eighth of the size at most.
        image.draft(image.mode, (-(-image.width // factor), -(-image.height // factor)))
    image.load()


def _scaled_down(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Bring the longer side to `MAX_SIDE` at most, by whole factors first: band by band, to spare the memory.

    Args:
        image: decoded; given up when it is large.
        size: width and height that its file has, in pixels.
    """
    longest = max(size)
    factor = max(1, max(image.size) // MAX_SIDE)
    shrunk = _reduced(image, factor)
    if longest <= MAX_SIDE:
        return shrunk
    if factor > 1:
        image.close()
    width, height = (max(1, round(side * MAX_SIDE / longest)) for side in size)
    return shrunk.resize((width, height), Image.Resampling.LANCZOS)


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """The picture in a mode that can be calculated with, each `factor` x `factor` pixels averaged to one."""
    if factor == 1:
        return _plain(image)
    width, height = image.size
    rows = max(1, _BAND_PIXELS // width // factor) * factor
    reduced: Image.Image | None = None
    for top in range(0, height, rows):
        band = _plain(image.crop((0, top, width, min(height, top + rows))))
        band = band.reduce((min(factor, band.width), min(factor, band.height)))
        if reduced is None:
            reduced = Image.new(band.mode, (band.width, -(-height // factor)))
        reduced.paste(band, (0, top // factor))
    assert reduced is not None
    return reduced


def _plain(image: Image.Image) -> Image.Image:
    """In mode L, RGB, RGBA or CMYK (whose colour profile may still be needed)."""
    see_through = "transparency" in image.info or image.mode in ("LA", "PA", "La", "RGBa", "RGBA")
    if see_through:
        return image if image.mode == "RGBA" else _converted(image, "RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    if image.mode.startswith("I"):
        levels = np.asarray(image).astype(np.float32) / 257.0
        return Image.fromarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8))
    if image.mode == "F":
        raise PictureUnreadable(
            "The picture holds floating-point numbers, not colours.", hint="Export it as PNG.", field="picture"
        )
    return _converted(image, "L" if image.mode == "1" else "RGB")


def _converted(image: Image.Image, mode: str) -> Image.Image:
    # LA with premultiplied alpha and palettes with it have no direct way to RGBA.
    between = {"La": "LA", "PA": "RGBA"}.get(image.mode)
    return (image.convert(between) if between else image).convert(mode)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in L, RGB or RGBA with the colours that its embedded profile (ICC) means, as sRGB shows them."""
    if image.mode == "RGBA":
        alpha = image.getchannel("A")
        if alpha.getextrema() == (255, 255):
            return _in_srgb(image.convert("RGB"), profile)
        coloured = _in_srgb(image.convert("RGB"), profile)
        coloured.putalpha(alpha)
        return coloured
    if profile and image.mode != "L":
        # A profile that does not fit the picture is not worth losing the picture for.
        with suppress(ImageCms.PyCMSError, *_DAMAGED):
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            if image.mode == "CMYK" or "srgb" not in ImageCms.getProfileDescription(given).lower():
                turned = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
                assert turned is not None
                return turned
    return image.convert("RGB") if image.mode == "CMYK" else image


def _upright(image: Image.Image, orientation: object) -> Image.Image:
    how = _UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    return image if how is None else image.transpose(how)


def _orientation(opened: Image.Image) -> object:
    with suppress(*_DAMAGED):
        return opened.getexif().get(_EXIF_ORIENTATION)
    return None


def _bare(image: Image.Image) -> Image.Image:
    """The pixels without what the file said beside them, which later savings and conversions would heed."""
    return Image.frombytes(image.mode, image.size, image.tobytes())
