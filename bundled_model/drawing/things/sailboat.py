"""A sailboat: two big sails of the main colour above a dark hull."""

from bundled_model.drawing.palette import WHITE, mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.footing import draw_ripples

EXTENT = (80.0, 102.0)
"""Width and height, units."""


def draw(brush: Brush) -> None:
    """The bow points where the thing looks; the foot is the waterline."""
    hull, rim, mast = brush.tone(48, 54, 88), brush.tone(244, 236, 220), brush.tone(104, 72, 54)
    draw_ripples(brush.view, brush.foot, 64 * brush.scale, mix(brush.main, hull, 0.25))
    brush.box(-2 + brush.facing, 12, 4, 88, mast)
    _sails(brush)
    brush.poly(brush.faced([(-36, 18), (41, 21), (38, 15), (-35, 13.5)]), rim)
    brush.poly(brush.faced([(-35, 13.5), (38, 15), (31, 6), (22, -3), (-26, -3), (-32, 4)]), hull)


def _sails(brush: Brush) -> None:
    f = brush.facing
    main = brush.bend((0, 98), (-14 * f, 54), (-37 * f, 24), (-18 * f, 21), (0, 22))
    main.close()
    brush.round(main, brush.main, -37, 4)
    jib = brush.bend((3 * f, 92), (16 * f, 58), (41 * f, 20), (22 * f, 27), (3 * f, 24))
    jib.close()
    pale = brush.tone(210, 215, 228) if brush.white else mix(brush.main, WHITE, 0.22)
    brush.round(jib, pale, 3, 40)
