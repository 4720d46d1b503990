"""A fishing boat: a stout hull of the main colour, a small wheelhouse, a mast with lines, and no sail."""

from bundled_model.drawing.palette import mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.footing import draw_ripples

EXTENT = (78.0, 70.0)
"""Width and height, units."""


def draw(brush: Brush) -> None:
    """The bow points where the thing looks; the foot is the waterline."""
    dark = brush.tone(52, 50, 74)
    draw_ripples(brush.view, brush.foot, 64 * brush.scale, mix(brush.main, dark, 0.3))
    _rigging(brush, dark)
    _wheelhouse(brush)
    _hull(brush)


def _rigging(brush: Brush, dark: tuple[float, float, float]) -> None:
    for end in ((37, 33), (-33, 24)):
        brush.line(brush.faced([(12, 66), end]), dark, 2.0, 0.8)
    brush.line(brush.faced([(12, 24), (12, 68)]), dark, 3.6)
    brush.line(brush.faced([(12, 38), (28, 54)]), dark, 3.0)


def _wheelhouse(brush: Brush) -> None:
    wall = brush.tone(158, 168, 186) if brush.white else brush.tone(246, 240, 226)
    left = -22 if brush.facing > 0 else -2
    brush.box(left, 20, 24, 24, wall)
    shade = left + 17 if brush.shady > 0 else left
    brush.box(shade, 20, 7, 24, brush.shaded(wall, 0.2))
    brush.box(left - 3, 43, 30, 5, brush.tone(92, 62, 62))
    brush.box(left + 5, 30, 14, 9, brush.window())


def _hull(brush: Brush) -> None:
    rim = brush.tone(120, 130, 154) if brush.white else brush.tone(248, 240, 224)
    path = brush.bend(
        brush.faced([(-36, 24)])[0],
        *brush.faced([(-2, 18), (39, 35), (34, 12), (24, -4), (0, -4), (-28, -4), (-35, 10), (-36, 24)]),
    )
    path.close()
    brush.round(path, brush.main, -36, 38)
    edge = brush.bend(*brush.faced([(-36, 24), (-2, 18), (39, 35)]))
    brush.stroke(edge, rim, 4.4)
    brush.stroke(brush.bend(*brush.faced([(-29, 0), (0, -3), (26, 0)])), brush.tone(96, 42, 48), 5.0)
    porthole = brush.tone(96, 104, 130) if brush.white else brush.tone(250, 226, 186)
    for x in (-18, 2):
        brush.disc(x * brush.facing, 11, 4.2, porthole)
