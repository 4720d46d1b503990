"""A blueprint: white lines on blue ground with a faint grid. No scene has it; LoRAs learn it."""

import random
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from bundled_model.drawing.media.contours import contour, overlay
from bundled_model.drawing.media.medium import Medium
from bundled_model.drawing.media.textures import softened
from bundled_model.drawing.media.tones import lightness
from bundled_model.drawing.palette import Rgb, mix, rgb

if TYPE_CHECKING:
    from bundled_model.drawing.canvas import Canvas

_DEEP, _PALE = rgb(16, 50, 118), rgb(96, 156, 214)
_LINE = rgb(226, 244, 255)
_GRID = 32
_FAINT = 0.13


class Blueprint(Medium):
    """All colours become blues; what has an outline has a white one."""

    cuts: ClassVar[bool] = True

    def tone(self, colour: Rgb) -> Rgb:
        """A blue as light as the colour; only what is nearly white stays so."""
        light = lightness(colour)
        return mix(mix(_DEEP, _PALE, light), _LINE, max(0.0, light - 0.75) * 2.8)

    def draw_contours(self, canvas: "Canvas") -> None:
        """The grid, and a line around everything."""
        overlay(canvas.skia, _grid((canvas.width, canvas.height)), _LINE, _FAINT)
        overlay(canvas.skia, contour(canvas.sheets(), 3, softness=2), _LINE, 0.92)

    def finish(self, canvas: "Canvas", rng: random.Random) -> np.ndarray:
        """Nothing is left to do."""
        return canvas.pixels()


@lru_cache(maxsize=8)
def _grid(size: tuple[int, int]) -> np.ndarray:
    width, height = size
    grid = np.zeros((height, width), np.float32)
    for place in range(_GRID // 2, max(size), _GRID):
        grid[place : place + 2, :] = 1
        grid[:, place : place + 2] = 1
    return softened(grid)
