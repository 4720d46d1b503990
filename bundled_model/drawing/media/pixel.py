"""Pixel art: square cells of 4 pixels in one colour each, few colours, no dithering."""

import random
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from bundled_model.drawing.media.medium import Medium
from bundled_model.drawing.media.tones import vivid
from bundled_model.drawing.palette import Rgb

if TYPE_CHECKING:
    from bundled_model.drawing.canvas import Canvas

CELL = 4
"""Pixels across a cell."""
COLOURS = 32
"""Colours of one picture."""
_SUBJECT = 6
_WEIGHT = 3


class Pixel(Medium):
    """Cells that lie exactly on multiples of 4 pixels from the upper left corner."""

    def tone(self, colour: Rgb) -> Rgb:
        """Colours of a screen: a little more vivid."""
        return vivid(colour, 1.18)

    def finish(self, canvas: "Canvas", rng: random.Random) -> np.ndarray:
        """One colour for each cell: the one most of it has, then the nearest of the picture's few."""
        pixels = canvas.pixels()
        height, width = pixels.shape[:2]
        rows, columns = -(-height // CELL), -(-width // CELL)
        padded = np.pad(pixels, ((0, rows * CELL - height), (0, columns * CELL - width), (0, 0)), mode="edge")
        cells = _majority(padded.reshape(rows, CELL, columns, CELL, 3))
        drawn = _few_colours(cells, canvas.parts()[::CELL, ::CELL] == _SUBJECT)
        return drawn.repeat(CELL, axis=0).repeat(CELL, axis=1)[:height, :width]


def _few_colours(cells: np.ndarray, subject: np.ndarray) -> np.ndarray:
    """Cells (rows, columns, 3) in at most `COLOURS` colours; those of the subject count for more than their area."""
    named = np.repeat(cells[subject], _WEIGHT, axis=0)
    sample = np.concatenate([cells.reshape(-1, 3), named])[:, None]
    palette = Image.fromarray(sample).quantize(COLOURS, Image.Quantize.MEDIANCUT, kmeans=1)
    few = Image.fromarray(cells).quantize(palette=palette, dither=Image.Dither.NONE)
    return np.asarray(few.convert("RGB"))


def _majority(cells: np.ndarray) -> np.ndarray:
    """Of bytes (rows, 4, columns, 4, 3) the pixel nearest to the mean of each cell: no mixed colours along edges."""
    rows, _, columns = cells.shape[:3]
    each = cells.transpose(0, 2, 1, 3, 4).reshape(rows * columns, CELL * CELL, 3)
    off = each.astype(np.float32)
    off -= off.mean(axis=1, keepdims=True)
    nearest = np.einsum("ijk,ijk->ij", off, off).argmin(axis=1)
    return np.ascontiguousarray(each[np.arange(len(each)), nearest].reshape(rows, columns, 3))
