"""Colour correction: a result with the colours of the picture that it was made from, and its own light."""

import numpy as np
from PIL import Image

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
"""Linear sRGB to CIE XYZ, white D65 (IEC 61966-2-1)."""
_WHITE = _TO_XYZ.sum(axis=1)
_SHARES = np.arange(256) / 255.0
_LINEAR = np.where(_SHARES <= 0.04045, _SHARES / 12.92, ((_SHARES + 0.055) / 1.055) ** 2.4).astype(np.float32)
"""Linear light of each sRGB level (IEC 61966-2-1)."""
_LEVELS = np.array([2.55, 1.0, 1.0], np.float32)
_OFFSETS = np.array([0.0, 128.0, 128.0], np.float32)
"""L* of 0 to 100, and a* and b* around 0, as levels of 0 to 255."""
_LUMINOSITY = np.array([0.3, 0.59, 0.11], np.float32)
"""Weights of the W3C's 'Compositing and Blending' level 1, section 10 (non-separable blend modes)."""


def matched(result: Image.Image, original: Image.Image) -> Image.Image:
    """The result, its colours distributed as the original's are; light and shadow stay where they are.

    Each channel of CIE L*a*b* gets the original's histogram, then the result's luminosity is put back. This undoes
    the drift of colours that comes with every way through the model.

    Args:
        result: any mode; RGB is used.
        original: any mode and size; RGB is used.

    Returns:
        Mode RGB, of the result's size.
    """
    pixels = np.asarray(result.convert("RGB"))
    lab, wanted = _to_lab(pixels), _to_lab(np.asarray(original.convert("RGB")))
    for channel in range(3):
        lab[..., channel] = _with_histogram(lab[..., channel], wanted[..., channel])
    blended = _with_luminosity(_to_rgb(lab), pixels @ _LUMINOSITY)
    return Image.fromarray(np.clip(np.rint(blended), 0, 255).astype(np.uint8))


def _to_lab(pixels: np.ndarray) -> np.ndarray:
    """sRGB levels (uint8, ... x 3) to L*a*b* levels, 0 to 255 each, unrounded float32 (CIE 15, 8.2.1)."""
    ratio = _LINEAR[pixels] @ (_TO_XYZ.T / _WHITE).astype(np.float32)
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), axis=-1) * _LEVELS + _OFFSETS


def _to_rgb(lab: np.ndarray) -> np.ndarray:
    """The inverse of `_to_lab`; colours that sRGB does not have are cut off. Levels of 0 to 255."""
    lightness, a, b = np.moveaxis((lab - _OFFSETS) / _LEVELS, -1, 0)
    y = (lightness + 16) / 116
    root = np.stack((y + a / 500, y, y - b / 200), axis=-1)
    ratio = np.where(root > 6 / 29, root**3, 3 * (6 / 29) ** 2 * (root - 4 / 29))
    linear = np.clip(ratio @ (_WHITE[:, None] * np.linalg.inv(_TO_XYZ).T).astype(np.float32), 0.0, 1.0)
    return 255.0 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def _with_histogram(values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Move each of the 256 levels to the one that as large a share of the wanted values lies below."""
    levels = np.arange(256)
    have, want = (np.clip(np.rint(v), 0, 255).astype(np.int64).ravel() for v in (values, wanted))
    have_share = np.cumsum(np.bincount(have, minlength=256)) / have.size
    want_count = np.bincount(want, minlength=256)
    used = want_count > 0
    moved = np.interp(have_share, (np.cumsum(want_count) / want.size)[used], levels[used])
    return values + (moved - levels).astype(np.float32)[have].reshape(values.shape)


def _with_luminosity(pixels: np.ndarray, luminosity: np.ndarray) -> np.ndarray:
    """The pixels' hue and saturation with another luminosity (W3C: SetLum and ClipColor), levels of 0 to 255."""
    shifted = pixels + (luminosity - pixels @ _LUMINOSITY)[..., None]
    level = luminosity[..., None]
    lowest, highest = shifted.min(axis=-1, keepdims=True), shifted.max(axis=-1, keepdims=True)
    # Towards grey of that luminosity, just as far as the colour needs to be one that there is.
    down = np.where(lowest < 0, level / np.maximum(level - lowest, 1e-9), 1.0)
    up = np.where(highest > 255, (255 - level) / np.maximum(highest - level, 1e-9), 1.0)
    return level + (shifted - level) * np.minimum(down, up)
