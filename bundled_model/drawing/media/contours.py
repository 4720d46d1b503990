"""Lines and shadows along the edges of sheets (see `Canvas.sheets`), as shares 0..1 of shape (height, width)."""

import numpy as np
import skia

from bundled_model.drawing.media.textures import neighbours, softened
from bundled_model.drawing.palette import Rgb


def contour(sheets: np.ndarray, width: int, *, thin: float = 0.6, softness: int = 1) -> np.ndarray:
    """Lines where one sheet ends on another.

    Args:
        sheets: Numbers of `Canvas.sheets`.
        width: About how many pixels wide, 2 or more.
        thin: How opaque lines around thin sheets are, 0..1.
        softness: How often lines are blurred. Twice makes them 2 dB easier for an autoencoder to keep than once.
    """
    lines = np.zeros(sheets.shape, np.float32)
    for axis in (0, 1):
        before, after = neighbours(axis)
        first, second = sheets[before], sheets[after]
        front = np.maximum(first, second)
        here = np.where(first != second, np.where(front & 1, np.float32(thin), np.float32(1)), np.float32(0))
        np.maximum(lines[before], here, out=lines[before])
        np.maximum(lines[after], here, out=lines[after])
    for _ in range((width - 2) // 2):
        lines = _grown(lines)
    return np.minimum(np.float32(1.2 + 0.1 * softness) * softened(lines, softness), np.float32(1))


def shadow(sheets: np.ndarray, offsets: list[tuple[int, int]]) -> np.ndarray:
    """The share of offsets (x, y) at which a sheet further in front stands beside each pixel."""
    height, width = sheets.shape
    reach = max(max(abs(x), abs(y)) for x, y in offsets)
    padded = np.pad(sheets, reach, mode="edge")
    count = np.zeros(sheets.shape, np.uint8)
    for x, y in offsets:
        count += padded[reach + y : reach + y + height, reach + x : reach + x + width] > sheets
    return softened(count * np.float32(1 / len(offsets)))


def overlay(
    canvas: skia.Canvas,
    share: np.ndarray,
    colour: Rgb,
    alpha: float,
    mode: skia.BlendMode = skia.BlendMode.kSrcOver,
) -> None:
    """Paint a colour over the picture, `alpha` times the share opaque at each pixel."""
    red, green, blue = (round(255 * part) for part in colour)
    word = red | green << 8 | blue << 16
    pixels = (share * np.float32(255 * alpha)).astype(np.uint32) << 24 | np.uint32(word)
    height, width = share.shape
    layer = pixels.view(np.uint8).reshape(height, width, 4)
    image = skia.Image.fromarray(layer, skia.kRGBA_8888_ColorType)
    canvas.drawImage(image, 0, 0, skia.SamplingOptions(), skia.Paint(BlendMode=mode))


def _grown(lines: np.ndarray) -> np.ndarray:
    out = lines.copy()
    for axis in (0, 1):
        before, after = neighbours(axis)
        np.maximum(out[before], lines[after], out=out[before])
        np.maximum(out[after], lines[before], out=out[after])
    return out
