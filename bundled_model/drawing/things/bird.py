"""A gull in flight."""

from bundled_model.drawing.canvas import polygon
from bundled_model.drawing.palette import WHITE, mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.shapes import placed, smooth

EXTENT = (82.0, 40.0)

_WING = smooth(
    [(0, 10), (0, 10), (10, 23), (20, 33), (31, 32), (41, 20), (41, 20), (31, 21), (22, 19), (12, 8), (6, 3)]
)
"""The right wing, from its root over the leading edge to the tip and back."""
_COVERTS = smooth([(0, 12), (0, 12), (10, 24), (20, 34), (31, 33), (41, 20), (41, 20), (31, 25), (21, 24), (11, 14)])
"""The dark part of it, before the pale trailing edge."""
_TIP = smooth([(28, 34), (28, 34), (33, 32), (42, 19), (42, 19), (33, 22), (30, 22), (30, 22)])
_TAIL = polygon([(-4, 9), (-21, 9), (-19, 2), (-4, 3)])
_BODY = smooth([(-12, 6), (-4, 13), (6, 15), (11, 18), (17, 17), (18, 11), (12, 6), (4, 1), (-6, 1)])


def draw(brush: Brush) -> None:
    """White with slate wings: one of the two shows before any sky."""
    white, slate, black = mix(brush.light, WHITE, 0.4), brush.tone(74, 88, 122), brush.tone(34, 34, 52)
    side = brush.facing
    brush.canvas.fill(placed(brush, _TAIL, side), white)
    for wing in (1, -1):
        for shape, colour in ((_WING, white), (_COVERTS, slate), (_TIP, black)):
            brush.canvas.fill(placed(brush, shape, wing), colour)
    brush.canvas.fill(placed(brush, _BODY, side), white)
    brush.poly([(side * 17, 16), (side * 25, 11), (side * 17, 10)], brush.tone(246, 156, 42))
    brush.disc(side * 14, 14.5, 1.6, black)
