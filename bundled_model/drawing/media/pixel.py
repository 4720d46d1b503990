"""Pixel art: square cells of 4 pixels in one colour each, of a limited palette, without dithering."""

import random
from typing import TYPE_CHECKING

import numpy as np

from bundled_model.drawing.media.medium import Medium
from bundled_model.drawing.media.tones import vivid
from bundled_model.drawing.palette import Rgb

if TYPE_CHECKING:
    from bundled_model.drawing.canvas import Canvas

CELL = 4
"""Pixels across a cell."""
_LIGHT_STEP, _HUE_STEP = 18.0, 8.0
_TO_YCC = np.array([[0.299, 0.587, 0.114], [-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]], np.float32)
_STEPS = np.array([_LIGHT_STEP, _HUE_STEP, _HUE_STEP], np.float32)


class Pixel(Medium):
    """Cells that lie exactly on multiples of 4 pixels from the upper left corner."""

    def tone(self, colour: Rgb) -> Rgb:
        """Colours of a screen: a little more vivid."""
        return vivid(colour, 1.15)

    def finish(self, canvas: "Canvas", rng: random.Random) -> np.ndarray:
        """One colour for each cell: the one most of it has, then the nearest of the palette."""
        pixels = canvas.pixels()
        height, width = pixels.shape[:2]
        rows, columns = -(-height // CELL), -(-width // CELL)
        padded = np.pad(pixels, ((0, rows * CELL - height), (0, columns * CELL - width), (0, 0)), mode="edge")
        cells = _limited(_majority(padded.reshape(rows, CELL, columns, CELL, 3)))
        return cells.repeat(CELL, axis=0).repeat(CELL, axis=1)[:height, :width]


def _limited(colours: np.ndarray) -> np.ndarray:
    """The nearest colours, bytes (..., 3), of even steps in lightness and hue (YCbCr, ITU-T T.871, section 7).

    The palette is the same for all pictures: what a colour becomes does not hang on what else there is.
    """
    steps = np.rint((colours @ _TO_YCC.T) / _STEPS) * _STEPS
    return np.clip(np.rint(steps @ np.linalg.inv(_TO_YCC).T), 0, 255).astype(np.uint8)


def _majority(cells: np.ndarray) -> np.ndarray:
    """Of bytes (rows, 4, columns, 4, 3) the pixel nearest to the mean of each cell: no mixed colours along edges."""
    rows, _, columns = cells.shape[:3]
    each = cells.transpose(0, 2, 1, 3, 4).reshape(rows * columns, CELL * CELL, 3)
    off = each.astype(np.float32)
    off -= off.mean(axis=1, keepdims=True)
    nearest = np.einsum("ijk,ijk->ij", off, off).argmin(axis=1)
    return np.ascontiguousarray(each[np.arange(len(each)), nearest].reshape(rows, columns, 3))
