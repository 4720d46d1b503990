"""Pictures extended beyond their edges: something for the model to start from, and the mask of what is new."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from webui.generation.ways import Margins

SEAM = 32
"""How many pixels of the old picture are softly taken in, so that it does not end in a line."""
NOISE_LEVELS = ((1, 8.0), (16, 12.0))
"""The noise far from the edge: side of a grain in pixels, standard deviation in levels of 255. Coarse grains give the
model shapes to begin with, fine ones texture."""
_BLUR_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Extended:
    """The larger picture (RGB) and which part of it is to be made (L): new pixels 255, the seam falling to 0."""

    image: Image.Image
    mask: Image.Image


def extended(
    image: Image.Image, margins: Margins, *, seed: int, seam: int = SEAM, mask: Image.Image | None = None
) -> Extended:
    """Extend a picture by margins, filled from its edges.

    The outermost pixels are stretched outwards, ever more blurred, and noise grows with the distance: colours and
    light go on, and the model finds texture to make something of. The old pixels are unchanged.

    Args:
        image: mode RGB.
        margins: pixels on each side.
        seed: of the noise; the same one gives the same picture everywhere.
        seam: pixels of the old picture along each extended side over which the mask falls to 0; a third of the old
            picture's side at most.
        mask: what else is to be made: mode L, of the picture's size before.
    """
    width, height = image.size
    sides = ((margins.top, margins.bottom), (margins.left, margins.right))
    distance = _distances(height, width, sides)
    stretched = Image.fromarray(np.pad(np.asarray(image), (*sides, (0, 0)), mode="edge"))
    reach = max(map(max, sides))
    pixels = np.asarray(stretched, np.float32)
    blurred = np.asarray(stretched.filter(ImageFilter.GaussianBlur(_BLUR_SHARE * reach)), np.float32)
    # Full blur and noise from a quarter of the reach on: at the edge itself the picture goes on without a step.
    share = np.clip(distance / max(1.0, 0.25 * reach), 0.0, 1.0)[..., None]
    made = pixels + share * (blurred - pixels + _noise(*pixels.shape[:2], seed=seed))
    whole = Image.fromarray(np.clip(np.rint(made), 0, 255).astype(np.uint8))
    whole.paste(image, (margins.left, margins.top))
    return Extended(whole, _mask((height, width), sides, seam, mask))


def _noise(height: int, width: int, *, seed: int) -> np.ndarray:
    """Grey noise in levels: float32, height x width x 1. Coloured grains would be taken for things."""
    draw = np.random.Generator(np.random.Philox(seed))
    noise = np.zeros((height, width), np.float32)
    for grain, levels in NOISE_LEVELS:
        grains = draw.standard_normal((-(-height // grain), -(-width // grain)), np.float32)
        noise += levels * np.asarray(Image.fromarray(grains).resize((width, height), Image.Resampling.BICUBIC))
    return noise[..., None]


_Sides = tuple[tuple[int, int], tuple[int, int]]
"""Pixels before and after: of the rows, of the columns."""


def _distances(height: int, width: int, sides: _Sides) -> np.ndarray:
    """How far each pixel is outside the old picture: float32, new height x new width, 0 inside."""
    down, across = (
        np.maximum(np.maximum(before - places, places - (before + length - 1)), 0.0)
        for length, (before, after) in zip((height, width), sides, strict=True)
        for places in (np.arange(before + length + after, dtype=np.float32),)
    )
    return np.hypot(down[:, None], across[None, :])


def _mask(size: tuple[int, int], sides: _Sides, seam: int, more: Image.Image | None) -> Image.Image:
    ramps = [
        _ramp(length, before, after, min(seam, length // 3))
        for length, (before, after) in zip(size, sides, strict=True)
    ]
    mask = Image.fromarray(np.maximum(ramps[0][:, None], ramps[1][None, :]))
    if more is not None:
        there = Image.new("L", mask.size)
        there.paste(more, (sides[1][0], sides[0][0]))
        mask = ImageChops.lighter(mask, there)
    return mask


def _ramp(length: int, before: int, after: int, seam: int) -> np.ndarray:
    """Along one axis: 255 in the margins, falling in even steps to 0 over the old picture's first `seam` pixels."""
    ramp = np.zeros(before + length + after, np.uint8)
    falling = np.rint(np.linspace(255, 0, seam + 2)[1:-1]).astype(np.uint8)
    if before:
        ramp[:before] = 255
        ramp[before : before + seam] = falling
    if after:
        ramp[before + length :] = 255
        ramp[before + length - seam : before + length] = falling[::-1]
    return ramp
