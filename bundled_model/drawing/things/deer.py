"""A stag."""

import skia

from bundled_model.drawing.canvas import Point
from bundled_model.drawing.palette import WHITE, mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.shapes import common, merged, placed, smooth

EXTENT = (84.0, 108.0)

_TRUNK: list[Point] = [
    *[(-38, 54), (-35, 62), (-26, 65), (-8, 61), (6, 63), (13, 68), (17, 77), (21, 86), (26, 88), (31, 85), (38, 78)],
    *[(42, 73), (39, 70), (31, 70), (28, 65), (27, 54), (24, 46), (16, 39), (-4, 42), (-18, 44), (-30, 38), (-37, 44)],
]
"""The outline without legs, from the tail over back and head to the belly; the head at the right."""
_HIND: list[Point] = [(-38, 56), (-24, 54), (-22, 42), (-29, 26), (-28, 4), (-27, 0), (-35, 0), (-34, 24), (-37, 40)]
_FORE: list[Point] = [(9, 50), (23, 50), (20, 36), (19, 24), (18, 4), (19, 0), (12, 0), (12.5, 24), (10, 38)]
_EAR = smooth([(21, 84), (21, 84), (12, 89), (8, 87), (12, 82)])
_PALE: list[Point] = [(-24, 48), (0, 47), (16, 49), (22, 60), (26, 66), (32, 54), (24, 34), (-4, 36), (-30, 36)]
_ANTLERS: list[list[Point]] = [
    *[[(23, 86), (18, 94), (6, 97), (3, 111)], [(14, 95), (16, 103), (15, 108)], [(19, 92), (9, 91), (2, 95)]],
    *[[(27, 86), (31, 93), (42, 95), (46, 108)], [(34, 94), (33, 101), (30, 107)], [(29, 90), (37, 88), (44, 91)]],
]
_BODY = merged(map(smooth, (_TRUNK, _HIND, _FORE)))
_FAR = merged(smooth([(x + dx, y + 1) for x, y in leg]) for leg, dx in ((_HIND, 9), (_FORE, -8)))
_BELLY = common(smooth(_TRUNK), smooth(_PALE))


def draw(brush: Brush) -> None:
    """It stands with its head high, towards the middle of the picture."""
    side = brush.facing
    coat, cream, black = brush.tone(164, 96, 54), brush.tone(240, 220, 188), brush.tone(44, 30, 36)
    dim, lit = brush.shaded(coat, 0.28), mix(coat, WHITE, 0.14)
    brush.canvas.fill(placed(brush, _FAR, side), brush.shaded(coat, 0.42))
    _draw_antlers(brush)
    brush.canvas.fill(placed(brush, _EAR, side), dim)
    stops = [(lit, 1.0), (coat, 1.0), (dim, 1.0)]
    brush.canvas.shade(placed(brush, _BODY, side), brush.at(0, 80), brush.at(0, 4), stops)
    brush.canvas.fill(placed(brush, _BELLY, side), cream)
    brush.oval(side * -37, 53, (4, 7), cream)
    brush.disc(side * 40.5, 74, 2.4, black)
    brush.disc(side * 29.5, 80.5, 1.9, black)


def _draw_antlers(brush: Brush) -> None:
    """Pale on a dark edge, so that they show before any sky and any wood."""
    beams = skia.Path()
    for points in _ANTLERS:
        (x, y), *rest = [brush.at(brush.facing * x, y) for x, y in points]
        beams.moveTo(x, y)
        if len(rest) == 2:
            beams.quadTo(*rest[0], *rest[1])
        else:
            beams.cubicTo(*rest[0], *rest[1], *rest[2])
    for colour, width in ((brush.tone(84, 52, 40), 6.5), (brush.tone(232, 204, 160), 3.2)):
        brush.stroke(beams, colour, width)
