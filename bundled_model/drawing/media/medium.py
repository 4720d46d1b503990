"""What a medium does to a drawing: to each colour, to each shape, to what stands before the weather, and to the whole.

Poster paint, the plain medium, changes nothing; the others derive from it and change what they must.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np
import skia

from bundled_model.drawing.palette import Rgb
from bundled_model.drawing.parts import Part

if TYPE_CHECKING:
    from bundled_model.drawing.canvas import Canvas

Stop: TypeAlias = tuple[Rgb, float]
_SMALL = 14.0
_LINE = 6.0
_SOLID = 0.5
_WIDE, _TALL = 200.0, 24.0


@dataclass(frozen=True)
class Shape:
    """A path about to be filled with a linear gradient of evenly spaced (colour, alpha) stops, in pixels."""

    path: skia.Path
    part: Part
    start: tuple[float, float]
    end: tuple[float, float]
    stops: Sequence[Stop]
    cut: bool | None = None
    """Whether it is a sheet, with a contour of its own; None lets `is_sheet` decide."""

    @property
    def solid(self) -> bool:
        """Whether it hides, at least somewhere, what lies under it."""
        return max(alpha for _, alpha in self.stops) > _SOLID

    @property
    def opaque(self) -> bool:
        """Whether it hides what lies under it everywhere; light that fades out does not."""
        return min(alpha for _, alpha in self.stops) > _SOLID

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and lower edge."""
        bounds = self.path.getBounds()
        return (bounds.left(), bounds.top(), bounds.right(), bounds.bottom())

    @property
    def is_sheet(self) -> bool:
        """Whether a contour goes around it; not around light that fades, stars and rainbows, tiny things and lines."""
        if self.cut is not None:
            return self.cut
        left, top, right, low = self.box
        sides = (right - left, low - top)
        return self.opaque and self.part is not Part.SKY and max(sides) >= _SMALL and min(sides) >= _LINE

    @property
    def thin(self) -> bool:
        """Whether its contour, if it has one, should be thin: a mast, a rail."""
        left, top, right, low = self.box
        return min(right - left, low - top) < _SMALL

    @property
    def is_wide(self) -> bool:
        """Whether it reaches across most of the picture: sky, land, fog."""
        left, top, right, low = self.box
        return right - left > _WIDE and low - top > _TALL


class Medium:
    """Plain paint: changes nothing."""

    cuts: ClassVar[bool] = False
    """Whether `draw_contours` needs to know which shape each pixel shows (`Canvas.sheets`)."""

    def tone(self, colour: Rgb) -> Rgb:
        """The paint that stands for a colour."""
        return colour

    def pieces(self, shape: Shape) -> list[Shape]:
        """The shapes to fill for one shape, whose colours are toned already, from the back to the front."""
        return [shape]

    def draw_contours(self, canvas: "Canvas") -> None:
        """Draw upon sky, land and things, before any weather stands in front of them (outlines, shadows)."""

    def finish(self, canvas: "Canvas", rng: random.Random) -> np.ndarray:
        """The finished picture: bytes (height, width, 3)."""
        return canvas.pixels()
