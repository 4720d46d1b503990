"""Cut-out paper: flat sheets on one another, each with a light cut edge and a soft shadow on what lies behind."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import skia

from bundled_model.drawing.media.contours import overlay, shadow
from bundled_model.drawing.media.medium import Medium, Shape, Stop
from bundled_model.drawing.media.textures import softened
from bundled_model.drawing.palette import WHITE, Rgb, mix, rgb
from bundled_model.drawing.parts import Part

if TYPE_CHECKING:
    from bundled_model.drawing.canvas import Canvas

_BLACK: Rgb = (0.0, 0.0, 0.0)
_SHEETS_OF_SKY = 4
_SHADOW = 0.5
_SHADE = rgb(24, 20, 44)
_EDGE = 0.7
_SHADES = (0.0, 0.035, -0.03, 0.02, -0.015)


def _offsets() -> list[tuple[int, int]]:
    """Where light comes from: a round lamp above on the left, as steps towards it."""
    spread = [(2.2 * math.sqrt(i), 2.39996 * i) for i in range(1, 15)]
    return [(round(-2.6 + r * math.cos(a)), round(0.4 + r * math.sin(a))) for r, a in spread]


_OFFSETS = _offsets()


class Paper(Medium):
    """Sheets of coloured paper."""

    cuts: ClassVar[bool] = True

    def __init__(self) -> None:
        """An empty table."""
        self._count = 0

    def pieces(self, shape: Shape) -> list[Shape]:
        """One flat sheet for each shape; a sky that fades becomes a few sheets with curved edges."""
        if not shape.opaque:
            return [shape]
        if shape.part is Part.SKY and shape.is_wide:
            return _sky(shape)
        self._count += 1
        shade = _SHADES[self._count % len(_SHADES)]
        # Of land behind land only the beginning shows; water begins as the sky in it and is itself further down.
        flat = _at(shape.stops, 0.65 if shape.part is Part.WATER else 0.3)
        colour = mix(flat, WHITE if shade > 0 else _BLACK, abs(shade))
        alpha = max(alpha for _, alpha in shape.stops)
        return [replace(shape, stops=[(colour, alpha), (colour, alpha)])]

    def draw_contours(self, canvas: "Canvas") -> None:
        """The shadow that each sheet throws, and the light edge where the knife went."""
        sheets = canvas.sheets()
        overlay(canvas.skia, shadow(sheets, _OFFSETS), _SHADE, _SHADOW)
        overlay(canvas.skia, _rims(sheets), WHITE, _EDGE, skia.BlendMode.kSoftLight)


def _rims(sheets: np.ndarray) -> np.ndarray:
    """The upper edge, 2 pixels, of each sheet that is not thin."""
    rims = np.zeros(sheets.shape, np.float32)
    here = sheets[1:, 1:-1]
    rims[1:, 1:-1] = ((here > sheets[:-1, :-2]) | (here > sheets[:-1, 2:])) & (here % 2 == 0)
    rims[1:] = np.maximum(rims[1:], rims[:-1])
    return softened(rims)


def _at(stops: Sequence[Stop], share: float) -> Rgb:
    """The colour of a gradient at 0 (its beginning) to 1."""
    place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    index = min(int(place), len(stops) - 2)
    return mix(stops[index][0], stops[index + 1][0], place - index)


def _sky(shape: Shape) -> list[Shape]:
    """Sheets from the top downwards, each before the one above."""
    left, _, right, low = shape.box
    first, last = shape.start[1], shape.end[1]
    sheets: list[Shape] = []
    for index in range(_SHEETS_OF_SKY):
        colour = _at(shape.stops, (index + 0.35) / (_SHEETS_OF_SKY - 0.3))
        path = shape.path if index == 0 else skia.Path()
        if index:
            y = first + (last - first) * (index / _SHEETS_OF_SKY) * 0.94
            swing = 7 if index % 2 else -7
            path.moveTo(left - 8, y + swing)
            middle = (left + right) / 2
            path.cubicTo(left + 60, y - swing * 2.2, middle - 50, y - swing, middle, y)
            path.cubicTo(middle + 50, y + swing, right - 60, y + swing * 2.2, right + 8, y - swing)
            path.lineTo(right + 8, low + 8)
            path.lineTo(left - 8, low + 8)
            path.close()
        sheets.append(Shape(path, shape.part, shape.start, shape.end, [(colour, 1.0), (colour, 1.0)], cut=True))
    return sheets
