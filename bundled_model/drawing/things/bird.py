"""A gull in flight."""

from bundled_model.drawing.canvas import Point
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.shapes import smooth

EXTENT = (82.0, 40.0)

_WING: list[Point] = [
    *[(0, 10), (0, 10), (10, 23), (20, 33), (31, 32), (41, 20), (41, 20), (31, 21), (22, 19), (12, 8), (6, 3)],
]
"""The right wing, from its root over the leading edge to the tip and back."""
_COVERTS: list[Point] = [
    *[(0, 12), (0, 12), (10, 24), (20, 34), (31, 33), (41, 20), (41, 20), (31, 25), (21, 24), (11, 14)],
]
"""The dark part of it, before the pale trailing edge."""
_TIP: list[Point] = [(28, 34), (28, 34), (33, 32), (42, 19), (42, 19), (33, 22), (30, 22), (30, 22)]
_TAIL: list[Point] = [(-4, 9), (-21, 9), (-19, 2), (-4, 3)]
_BODY: list[Point] = [(-12, 6), (-4, 13), (6, 15), (11, 18), (17, 17), (18, 11), (12, 6), (4, 1), (-6, 1)]


def draw(brush: Brush) -> None:
    """White with slate wings: one of the two shows before any sky."""
    white, slate, black = brush.tone(252, 252, 250), brush.tone(74, 88, 122), brush.tone(34, 34, 52)
    side = brush.facing
    brush.poly([(side * x, y) for x, y in _TAIL], white)
    for mirrored in (False, True):
        for shape, colour in ((_WING, white), (_COVERTS, slate), (_TIP, black)):
            brush.canvas.fill(smooth(brush, shape, mirrored=mirrored), colour)
    brush.canvas.fill(smooth(brush, _BODY, mirrored=side < 0), white)
    brush.poly([(side * 17, 16), (side * 25, 11), (side * 17, 10)], brush.tone(246, 156, 42))
    brush.disc(side * 14, 14.5, 1.6, black)
