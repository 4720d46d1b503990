"""Masks: which pixels may change. Mode L; 255 is made anew, 0 stays."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from webui.imaging.convolving import convolved, gaussian_kernel
from webui.imaging.reading import flattened
from webui.imaging.resizing import Size

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are the first that do not belong to it."""


@dataclass(frozen=True, slots=True)
class MaskRead:
    """A mask in mode L at the picture's size, and what had to be done to it, in sentences."""

    image: Image.Image
    notes: tuple[str, ...] = ()


def read_mask(picture: Image.Image, size: Size, *, inverted: bool = False, soft: bool = False) -> MaskRead:
    """The mask that a picture means.

    Where the picture has transparency, what is opaque is masked (grey levels of it only count when `soft`); else
    white is masked, and grey stays grey. A picture of another size is stretched to `size`, with a note.
    """
    mask = _meant(picture, soft=soft)
    notes = ()
    if mask.size != size:
        before, after = (f"{width:,} x {height:,}" for width, height in (mask.size, size))
        notes = (f"The mask was resized from {before} to the picture's size, {after}.",)
        mask = _stretched(mask, size)
    return MaskRead(ImageOps.invert(mask) if inverted else mask, notes)


def is_blank(mask: Image.Image) -> bool:
    """Whether nothing is masked: all of it is black."""
    return mask.getbbox() is None


def blurred(mask: Image.Image, sigma: int) -> Image.Image:
    """The mask with a softer edge: along the rows, then down the columns, rounded after each.

    Args:
        mask: mode L.
        sigma: standard deviation of the Gaussian in pixels; 0 leaves the mask as it is. Its window has
            2 * round(2.5 sigma) + 1 pixels, as A1111's has.
    """
    if sigma == 0:
        return mask.copy()
    kernel = gaussian_kernel(sigma, 2 * int(2.5 * sigma + 0.5) + 1)
    pixels = np.asarray(mask)
    for axis in (1, 0):
        pixels = np.clip(np.rint(convolved(pixels, kernel, axis)), 0, 255).astype(np.uint8)
    return Image.fromarray(pixels)


def overlay_mask(mask: Image.Image) -> Image.Image:
    """How much of the result shows when it is pasted into the whole picture: twice the mask, at most all.

    So what was masked before the blur is fully new, and the seam lies outside of it.
    """
    return mask.point([min(255, 2 * level) for level in range(256)])


def box_of(mask: Image.Image, *, padding: int, width: int, height: int) -> Box | None:
    """What to cut out for inpainting only what is masked; None when nothing is.

    The smallest box around everything that is not black grows by `padding` pixels on each side, then on its shorter
    side to the proportions of `width` to `height`. It stays inside the picture: it is shifted first, and where the
    picture is too small for it, it ends at the border and the proportions give way.
    """
    found = mask.getbbox()
    if found is None:
        return None
    left, right = max(0, found[0] - padding), min(mask.width, found[2] + padding)
    top, bottom = max(0, found[1] - padding), min(mask.height, found[3] + padding)
    if (right - left) * height > width * (bottom - top):
        top, bottom = _grown(top, bottom, (right - left) * height // width, mask.height)
    else:
        left, right = _grown(left, right, (bottom - top) * width // height, mask.width)
    return left, top, right, bottom


def _grown(start: int, end: int, wanted: int, limit: int) -> tuple[int, int]:
    length = min(wanted, limit)
    start = max(0, min(start - (length - (end - start)) // 2, limit - length))
    return start, start + length


def _meant(picture: Image.Image, *, soft: bool) -> Image.Image:
    if picture.mode == "RGBA":
        alpha = picture.getchannel("A")
        if alpha.getextrema() != (255, 255):
            return alpha if soft else alpha.point([255 * (level > 128) for level in range(256)])
    return picture if picture.mode == "L" else flattened(picture).convert("L")


def _stretched(mask: Image.Image, size: Size) -> Image.Image:
    hard = sum(mask.histogram()[1:255]) == 0
    stretched = mask.resize(size, Image.Resampling.BILINEAR)
    # A mask of black and white alone stays one: what is outside of it must not change at all.
    return stretched.point([255 * (level > 127) for level in range(256)]) if hard else stretched
