"""Pen and ink: dark contours drawn by hand on cream paper, filled with pale washes."""

import random
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from bundled_model.drawing.media.contours import contour, overlay
from bundled_model.drawing.media.medium import Medium
from bundled_model.drawing.media.textures import softened, wobbled
from bundled_model.drawing.media.tones import vivid
from bundled_model.drawing.palette import Rgb, mix, rgb

if TYPE_CHECKING:
    from bundled_model.drawing.canvas import Canvas

_PAPER = rgb(250, 243, 226)
_LINE = rgb(46, 40, 58)
_MARGIN = 9
_PALE = 0.34


class Ink(Medium):
    """Lines first, colour second."""

    cuts: ClassVar[bool] = True

    def tone(self, colour: Rgb) -> Rgb:
        """Paper shines through the washes, but their hue stays."""
        return mix(vivid(colour, 1.5), _PAPER, _PALE)

    def draw_contours(self, canvas: "Canvas") -> None:
        """A line around everything."""
        overlay(canvas.skia, contour(canvas.sheets(), 3, softness=2), _LINE, 0.9)

    def finish(self, canvas: "Canvas", rng: random.Random) -> np.ndarray:
        """A hand that is not quite steady, and a drawn frame."""
        size = (canvas.width, canvas.height)
        picture = wobbled(canvas.rgba(), 1.6, 18)
        keep, bare = _frame(size)
        return (picture * keep + bare).astype(np.uint8)


@lru_cache(maxsize=8)
def _frame(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """What stays of the picture, and what lies around it: a line within a margin of paper."""
    width, height = size
    inside = np.zeros((height, width), np.float32)
    inside[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = 1
    line = np.zeros_like(inside)
    line[_MARGIN - 2 : 1 - _MARGIN, _MARGIN - 2 : 1 - _MARGIN] = 1
    line[_MARGIN + 1 : -_MARGIN - 1, _MARGIN + 1 : -_MARGIN - 1] = 0
    line = softened(line)
    paper, dark = (np.array([255 * part for part in colour], np.float32) for colour in (_PAPER, _LINE))
    around = (1 - inside)[..., None] * paper * (1 - line)[..., None] + line[..., None] * dark
    return np.repeat((inside * (1 - line))[..., None], 3, axis=2), around
