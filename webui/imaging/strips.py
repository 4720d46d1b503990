"""Strips: many small pictures in one, so that a page loads all steps of a walk with one request. Numpy and Pillow."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from webui.imaging.heat import DARK

COLUMNS = 8
MOST_PIXELS = 24_000_000
"""A strip with more is given smaller cells."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Cells row by row, as wide as `columns` of them whatever their number; `pixels` is uint8 (height, width, 3)."""

    pixels: np.ndarray
    columns: int
    rows: int
    cells: int

    def png(self) -> bytes:
        """As a file."""
        return encode_picture(self.pixels, "png")


def strip(cells: Sequence[np.ndarray], *, columns: int = COLUMNS) -> Strip:
    """Cells, uint8 (height, width, 3), in rows of `columns`; each in the size of the last one.

    Smaller ones are enlarged without smoothing. What is left of the last row is dark.
    """
    height, width = cells[-1].shape[:2]
    rows = -(-len(cells) // columns)
    shrink = 1
    while rows * columns * (height // shrink) * (width // shrink) > MOST_PIXELS:
        shrink *= 2
    height, width = max(height // shrink, 1), max(width // shrink, 1)
    pixels = np.full((rows * height, columns * width, 3), DARK, np.uint8)
    for number, cell in enumerate(cells):
        top, left = number // columns * height, number % columns * width
        pixels[top : top + height, left : left + width] = _sized(cell, height, width)
    return Strip(pixels, columns, rows, len(cells))


def tiled_square(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Pictures of one size, uint8 (height, width, 3), side by side in the smallest square that holds them."""
    side = 1
    while side * side < len(parts):
        side += 1
    height, width = parts[0].shape[:2]
    pixels = np.full((side * height, side * width, 3), DARK, np.uint8)
    for number, part in enumerate(parts):
        top, left = number // side * height, number % side * width
        pixels[top : top + height, left : left + width] = part
    return pixels


def encode_picture(pixels: np.ndarray, format_: str) -> bytes:
    """Pixels, uint8 (height, width, 3) or (height, width) grey, as a "png" or "jpg" file (quality 92)."""
    file = BytesIO()
    image = Image.fromarray(pixels)
    if format_ == "jpg":
        image.save(file, format="JPEG", quality=92, subsampling=0)
    else:
        image.save(file, format="PNG", compress_level=2)
    return file.getvalue()


def _sized(cell: np.ndarray, height: int, width: int) -> np.ndarray:
    if cell.shape[:2] == (height, width):
        return cell
    larger = cell.shape[0] <= height
    how = Image.Resampling.NEAREST if larger else Image.Resampling.BOX
    return np.asarray(Image.fromarray(cell).resize((width, height), how))
