"""A fishing boat: a stout hull of the main colour, a small wheelhouse, a mast with lines, and no sail."""

from bundled_model.drawing.palette import mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.footing import draw_ripples

EXTENT = (78.0, 76.0)
"""Width and height, units."""


def draw(brush: Brush) -> None:
    """The bow points where the thing looks; the foot is the waterline."""
    dark = brush.tone(52, 50, 74)
    draw_ripples(brush.view, brush.foot, 64 * brush.scale, mix(brush.main, dark, 0.3))
    _rigging(brush, dark)
    _wheelhouse(brush)
    _hull(brush)


def _rigging(brush: Brush, dark: tuple[float, float, float]) -> None:
    for end in ((37, 38), (-33, 28)):
        brush.line(brush.faced([(12, 71), end]), dark, 2.0, 0.8)
    brush.line(brush.faced([(12, 24), (12, 73)]), dark, 3.6)
    brush.line(brush.faced([(12, 42), (28, 59)]), dark, 3.0)


def _wheelhouse(brush: Brush) -> None:
    wall = brush.tone(158, 168, 186) if brush.white else brush.tone(246, 240, 226)
    left = -22 if brush.facing > 0 else -2
    brush.box(left, 24, 24, 25, wall)
    shade = left + 17 if brush.shady > 0 else left
    brush.box(shade, 24, 7, 25, brush.shaded(wall, 0.2))
    brush.box(left - 3, 48, 30, 5, brush.tone(92, 62, 62))
    brush.box(left + 5, 34, 14, 10, brush.window())


def _hull(brush: Brush) -> None:
    rim = brush.tone(120, 130, 154) if brush.white else brush.tone(248, 240, 224)
    path = brush.bend(
        brush.faced([(-36, 28)])[0],
        *brush.faced([(-2, 22), (39, 40), (34, 14), (24, -4), (0, -4), (-28, -4), (-35, 10), (-36, 28)]),
    )
    path.close()
    brush.round(path, brush.main, -36, 38)
    edge = brush.bend(*brush.faced([(-36, 28), (-2, 22), (39, 40)]))
    brush.stroke(edge, rim, 4.4)
    brush.stroke(brush.bend(*brush.faced([(-29, 0), (0, -3), (26, 0)])), brush.tone(96, 42, 48), 5.0)
    porthole = brush.tone(96, 104, 130) if brush.white else brush.tone(250, 226, 186)
    for x in (-18, 2):
        brush.disc(x * brush.facing, 13, 4.6, porthole)
