"""Watercolour: transparent washes with darker edges that bleed softly, and a white border where no paint went."""

import random
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter

from bundled_model.drawing.media.medium import Medium
from bundled_model.drawing.media.textures import doubled, halved, smooth_field, softened, torn_border, wobbled
from bundled_model.drawing.media.tones import vivid
from bundled_model.drawing.palette import Rgb, mix, rgb

if TYPE_CHECKING:
    from bundled_model.drawing.canvas import Canvas

_PAPER = rgb(252, 250, 244)
_MARGIN, _SWING = 9.5, 3.5
_WASH = 0.04
_RIM, _BROAD = 0.9, 0.5
_WASHED_OUT = 0.3


class Watercolour(Medium):
    """Paint on wet paper."""

    def tone(self, colour: Rgb) -> Rgb:
        """Paper shines through all paint."""
        return mix(vivid(colour, 1.28), _PAPER, 0.2)

    def finish(self, canvas: "Canvas", rng: random.Random) -> np.ndarray:
        """Let the paint run a little, gather at the edges of each wash, and stop before the edge of the paper."""
        paint = wobbled(canvas.rgba(), 3.2, 28)
        half = halved(paint)
        near = softened(half, 2)
        # Pigment gathers inside the edge of the darker of two washes: a narrow rim within a broad shade.
        far = doubled(softened(halved(near), 2))
        half = np.maximum(near - half, 0) * np.float32(_RIM) + np.maximum(far - half, 0) * np.float32(_BROAD)
        wet, keep, bare = _paper((canvas.width, canvas.height))
        paint += wet * (doubled(near) - paint)
        paint -= doubled(half)
        return np.clip(paint * keep + bare, 0, 255).astype(np.uint8)


@lru_cache(maxsize=8)
def _paper(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How wet the paper is, the share of paint that stays on it, and the light of the bare paper."""
    wet = 0.35 + 0.3 * smooth_field(size, 60, 31)
    wash = 1 + _WASH * smooth_field(size, 70, 32)
    share, inner = torn_border(size, _MARGIN, _SWING), torn_border(size, _MARGIN + 12, 6)
    for _ in range(2):
        inner = gaussian_filter(inner, 7, mode="nearest")
    # Paint that dries at the border leaves a dark rim; further in, water has carried it away.
    rim = 1 - 0.2 * np.clip(4 * share * (1 - share), 0, 1)
    share = share * (1 - _WASHED_OUT * (1 - inner))
    paper = np.array([255 * part for part in _PAPER], np.float32)
    return _coloured(wet), _coloured(wash * share * rim), _coloured(1 - share) * paper


def _coloured(values: np.ndarray) -> np.ndarray:
    """The same values for red, green and blue."""
    return np.repeat(values[..., None], 3, axis=2).astype(np.float32)
