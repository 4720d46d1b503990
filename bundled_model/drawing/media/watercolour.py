"""Watercolour: transparent washes with darker edges that bleed softly, and a white border where no paint went."""

import random
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bundled_model.drawing.media.medium import Medium
from bundled_model.drawing.media.textures import doubled, halved, smooth_field, softened, torn_border, wobbled
from bundled_model.drawing.media.tones import vivid
from bundled_model.drawing.palette import Rgb, mix, rgb

if TYPE_CHECKING:
    from bundled_model.drawing.canvas import Canvas

_PAPER = rgb(252, 250, 244)
_MARGIN, _SWING = 9.5, 3.5
_WASH = 0.04
_POOLED = 0.9


class Watercolour(Medium):
    """Paint on wet paper."""

    def tone(self, colour: Rgb) -> Rgb:
        """Paper shines through all paint."""
        return mix(vivid(colour, 1.2), _PAPER, 0.17)

    def finish(self, canvas: "Canvas", rng: random.Random) -> np.ndarray:
        """Let the paint run a little, gather at the edges of each wash, and stop before the edge of the paper."""
        paint = wobbled(canvas.rgba(), 3.0, 30)
        small = softened(halved(paint), 3)
        around = doubled(small)
        # Pigment gathers inside the edge of the darker wash.
        pooled = np.maximum(around - paint, 0)
        wet, keep, bare = _paper((canvas.width, canvas.height))
        paint += wet * (around - paint)
        paint -= _POOLED * pooled
        return np.clip(paint * keep + bare, 0, 255).astype(np.uint8)


@lru_cache(maxsize=8)
def _paper(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How wet the paper is, the share of paint that stays on it, and the light of the bare paper."""
    wet = 0.3 + 0.3 * smooth_field(size, 60, 31)
    wash = 1 + _WASH * smooth_field(size, 70, 32)
    share = torn_border(size, _MARGIN, _SWING)
    # Paint that dries at the border leaves a dark rim as well.
    rim = 1 - 0.16 * np.clip(4 * share * (1 - share), 0, 1)
    paper = np.array([255 * part for part in _PAPER], np.float32)
    return _coloured(wet), _coloured(wash * share * rim), _coloured(1 - share) * paper


def _coloured(values: np.ndarray) -> np.ndarray:
    """The same values for red, green and blue."""
    return np.repeat(values[..., None], 3, axis=2).astype(np.float32)
