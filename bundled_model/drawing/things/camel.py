"""A camel with a blanket below its hump."""

from bundled_model.drawing.canvas import Point
from bundled_model.drawing.palette import WHITE, mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.shapes import common, merged, smooth

EXTENT = (108.0, 95.0)

_BODY: list[Point] = [
    *[(-46, 52), (-44, 60), (-37, 64), (-29, 68), (-22, 82), (-13, 91), (-4, 82), (2, 68), (9, 63), (18, 55), (26, 52)],
    *[(33, 58), (35, 70), (34, 82), (33, 89), (35, 94), (38, 91), (46, 89), (54, 84), (57, 79), (54, 75), (46, 76)],
    *[(44, 70), (44, 56), (39, 44), (29, 38), (16, 37), (-2, 40), (-20, 42), (-35, 38), (-44, 42)],
]
"""Its outline without legs, from the tail over hump and head to the belly; the head at the right."""
_HIND: list[Point] = [(-47, 54), (-31, 52), (-30, 36), (-36, 24), (-34, 6), (-30, 0), (-42, 0), (-42, 22), (-46, 36)]
_FORE: list[Point] = [(9, 48), (27, 48), (24, 36), (22, 26), (21, 6), (25, 0), (13, 0), (14, 22), (10, 36)]


def draw(brush: Brush) -> None:
    """It stands with its head to the middle of the picture; the far legs step forward."""
    mirrored = brush.facing < 0
    side = brush.facing
    coat = brush.tone(176, 116, 66)
    dim, lit = brush.shaded(coat, 0.3), mix(coat, WHITE, 0.16)
    far = [smooth(brush, [(x + 13, y + 1) for x, y in leg], mirrored=mirrored) for leg in (_HIND, _FORE)]
    brush.canvas.fill(merged(far), brush.shaded(coat, 0.42))
    brush.line([(side * -45, 58), (side * -50, 48), (side * -50, 36)], dim, 4.0)
    body = merged(smooth(brush, part, mirrored=mirrored) for part in (_BODY, _HIND, _FORE))
    brush.canvas.shade(body, brush.at(0, 86), brush.at(0, 4), [(lit, 1.0), (coat, 1.0), (dim, 1.0)])
    blanket = common(body, brush.path([(side * -23, 77), (side * -3, 77), (side * 5, 46), (side * -31, 46)]))
    brush.canvas.fill(blanket, brush.tone(24, 120, 138))
    for low, high, colour in ((46, 52, brush.tone(246, 224, 176)), (59, 66, brush.tone(244, 180, 62))):
        band = brush.path([(-40, low), (40, low), (40, high), (-40, high)])
        brush.canvas.fill(common(blanket, band), colour)
    brush.line([(side * 48, 77), (side * 47, 88)], brush.tone(24, 120, 138), 3.0)
    brush.disc(side * 42, 86, 1.9, brush.tone(44, 30, 36))
