"""What a medium does to a drawing: to each colour, under and over each shape, and to the finished picture."""

import random
from typing import TYPE_CHECKING

import numpy as np
import skia

from bundled_model.drawing.palette import Rgb

if TYPE_CHECKING:
    from bundled_model.drawing.canvas import Part


class Medium:
    """Plain paint: changes nothing. Media derive from it and change what they must."""

    def tone(self, colour: Rgb) -> Rgb:
        """The paint that stands for a colour."""
        return colour

    def under(self, canvas: skia.Canvas, path: skia.Path, part: "Part") -> None:
        """Draw beneath a shape that is about to be filled (a shadow, say)."""

    def over(self, canvas: skia.Canvas, path: skia.Path, part: "Part") -> None:
        """Draw upon a shape that has just been filled (an outline, say)."""

    def finish(self, pixels: np.ndarray, parts: np.ndarray, rng: random.Random) -> np.ndarray:
        """The finished picture, from bytes (h, w, 3) and parts (h, w); same shape as `pixels`."""
        return pixels
