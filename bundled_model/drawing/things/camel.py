"""A camel with a blanket below its hump."""

from bundled_model.drawing.canvas import Point, polygon
from bundled_model.drawing.palette import mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.shapes import common, merged, placed, smooth

EXTENT = (108.0, 95.0)

_TRUNK: list[Point] = [
    *[(-46, 52), (-44, 60), (-37, 64), (-29, 68), (-22, 82), (-13, 91), (-4, 82), (2, 68), (9, 63), (18, 55), (26, 52)],
    *[(33, 58), (35, 70), (34, 82), (33, 89), (35, 94), (38, 91), (46, 89), (54, 84), (57, 79), (54, 75), (46, 76)],
    *[(44, 70), (44, 56), (39, 44), (29, 38), (16, 37), (-2, 40), (-20, 42), (-35, 38), (-44, 42)],
]
"""The outline without legs, from the tail over hump and head to the belly; the head at the right."""
_HIND: list[Point] = [(-47, 54), (-31, 52), (-30, 36), (-36, 24), (-34, 6), (-30, 0), (-42, 0), (-42, 22), (-46, 36)]
_FORE: list[Point] = [(9, 48), (27, 48), (24, 36), (22, 26), (21, 6), (25, 0), (13, 0), (14, 22), (10, 36)]
_BODY = merged(map(smooth, (_TRUNK, _HIND, _FORE)))
_FAR = merged(smooth([(x + 13, y + 1) for x, y in leg]) for leg in (_HIND, _FORE))
_BLANKET = common(_BODY, polygon([(-23, 77), (-3, 77), (5, 46), (-31, 46)]))
_BANDS = [
    common(_BLANKET, polygon([(-40, low), (40, low), (40, high), (-40, high)])) for low, high in ((46, 52), (59, 66))
]


def draw(brush: Brush) -> None:
    """It stands with its head to the middle of the picture; the far legs step forward."""
    side = brush.facing
    coat, teal = brush.tone(148, 90, 52), brush.tone(24, 120, 138)
    dim, lit = brush.shaded(coat, 0.3), mix(coat, brush.tone(255, 236, 200), 0.22)
    brush.canvas.fill(placed(brush, _FAR, side), brush.shaded(coat, 0.42))
    brush.line([(side * -45, 58), (side * -50, 48), (side * -50, 36)], dim, 4.0)
    stops = [(lit, 1.0), (coat, 1.0), (dim, 1.0)]
    brush.canvas.shade(placed(brush, _BODY, side), brush.at(0, 86), brush.at(0, 4), stops)
    brush.canvas.fill(placed(brush, _BLANKET, side), teal)
    for band, colour in zip(_BANDS, (brush.tone(246, 224, 176), brush.tone(244, 180, 62)), strict=True):
        brush.canvas.fill(placed(brush, band, side), colour)
    brush.line([(side * 48, 77), (side * 47, 88)], teal, 3.0)
    brush.disc(side * 42, 86, 1.9, brush.tone(44, 30, 36))
