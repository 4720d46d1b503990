"""The grain itself, as a function of a picture. No hooks here, so that it can be tried and tested by itself."""

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

EVERYWHERE, MIDTONES, SHADOWS = TONES = ("everywhere", "midtones", "shadows")
"""Where the grain shows. Film shows it in the midtones: black and white are where all or none of it was developed."""
_STRONGEST = 0.15
"""The deviation of the grain at amount 1 where it is strongest, as a share of the way from black to white."""


def grained(
    picture: Image.Image, *, amount: float, size: float, monochrome: bool, tones: str, seed: int
) -> Image.Image:
    """A picture with grain over it.

    Args:
        picture: RGB.
        amount: from 0, none, to 1.
        size: of a grain, in pixels.
        monochrome: whether the grain is grey, as in black-and-white film, or each colour has its own.
        tones: one of `TONES`.
        seed: the same seed gives the same grain.
    """
    pixels = np.asarray(picture, dtype=np.float32) / 255
    height, width, _ = pixels.shape
    # Bell-shaped noise, as each spot counts many crystals; a generator of its own, so that nothing else moves it.
    grain = np.random.default_rng(seed).standard_normal((height, width, 1 if monochrome else 3), dtype=np.float32)
    # Smoothed into clumps. Around the edges, so that a seamless texture stays one.
    grain = gaussian_filter(grain, sigma=(size / 2.5, size / 2.5, 0), mode="wrap")
    grain /= grain.std()
    grown = pixels + _STRONGEST * amount * _shows(pixels, tones) * grain
    return Image.fromarray((grown.clip(0, 1) * 255).round().astype(np.uint8))


def _shows(pixels: np.ndarray, tones: str) -> np.ndarray:
    """How strongly grain shows at each pixel, 0 to 1: (height, width, 1)."""
    light = (pixels @ np.array([0.299, 0.587, 0.114], dtype=np.float32))[..., None]
    if tones == MIDTONES:
        return 0.2 + 0.8 * 4 * light * (1 - light)
    return 1 - 0.8 * light if tones == SHADOWS else np.ones_like(light)
