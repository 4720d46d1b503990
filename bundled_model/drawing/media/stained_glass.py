"""Stained glass: saturated panes between strips of lead. No scene has it; LoRAs learn it."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import skia

from bundled_model.drawing.media.contours import contour, overlay
from bundled_model.drawing.media.medium import Medium, Shape
from bundled_model.drawing.media.textures import doubled, halved, softened
from bundled_model.drawing.media.tones import vivid
from bundled_model.drawing.palette import WHITE, Rgb, mix, rgb
from bundled_model.drawing.parts import Part

if TYPE_CHECKING:
    from bundled_model.drawing.canvas import Canvas

_LEAD = rgb(30, 28, 36)
_RAYS = 7
_SHADES = (0.0, 0.12, -0.07, 0.06, -0.1, 0.1, -0.03)
_FRAME = 4


class StainedGlass(Medium):
    """Glass between cames of lead, 4 pixels wide."""

    cuts: ClassVar[bool] = True

    def tone(self, colour: Rgb) -> Rgb:
        """Light through coloured glass."""
        return vivid(colour, 1.55)

    def pieces(self, shape: Shape) -> list[Shape]:
        """Large areas are made of several panes."""
        if not (shape.opaque and shape.is_wide):
            return [shape]
        panes = []
        for index, wedge in enumerate(_wedges(shape)):
            path = skia.Op(shape.path, wedge, skia.PathOp.kIntersect_PathOp)
            if path is None or path.isEmpty():
                continue
            shade = _SHADES[index % len(_SHADES)]
            stops = [
                (mix(colour, WHITE if shade > 0 else (0, 0, 0), abs(shade)), alpha) for colour, alpha in shape.stops
            ]
            panes.append(replace(shape, path=path, stops=stops, cut=True))
        return panes

    def draw_contours(self, canvas: "Canvas") -> None:
        """Lead, and glass that is lightest in the middle of each pane."""
        lead = contour(canvas.sheets(), 4, thin=1.0)
        lead[:_FRAME] = lead[-_FRAME:] = 1
        lead[:, :_FRAME] = lead[:, -_FRAME:] = 1
        near = doubled(doubled(softened(halved(halved(lead)), 3)))
        overlay(canvas.skia, np.maximum(0, 1 - 4 * near), WHITE, 0.16)
        overlay(canvas.skia, np.minimum(1, 1.6 * near), _LEAD, 0.4)
        overlay(canvas.skia, lead, _LEAD, 1.0)


def _wedges(shape: Shape) -> list[skia.Path]:
    """Wedges between rays that fan out from below (the sky) or from above (the land)."""
    left, top, right, low = shape.box
    up = shape.part is Part.SKY
    middle, reach = (left + right) / 2, 2.0 * (right - left + low - top)
    centre = (middle, low + 120) if up else (middle, top - 220)
    spread = math.radians(70 if up else 54)
    wedges = []
    for index in range(_RAYS):
        first, last = (-spread + 2 * spread * (index + side) / _RAYS for side in (0, 1))
        if index == 0:
            first = -math.pi / 2
        if index == _RAYS - 1:
            last = math.pi / 2
        points = [skia.Point(*centre)]
        for angle in (first, last):
            down = -math.cos(angle) if up else math.cos(angle)
            points.append(skia.Point(centre[0] + reach * math.sin(angle), centre[1] + reach * down))
        wedges.append(skia.Path.Polygon(points, True))
    return wedges
