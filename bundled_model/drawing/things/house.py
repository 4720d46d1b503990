"""A house: a gable and a wing with walls of the main colour, under a dark roof; no smoke."""

from bundled_model.drawing.lands.layers import is_snowy
from bundled_model.drawing.palette import Rgb
from bundled_model.drawing.things.brush import Brush
from bundled_model.scenes.scene import Terrain

EXTENT = (78.0, 80.0)
"""Width and height, units."""
_WALL = 42
_RIDGE = 74


def draw(brush: Brush) -> None:
    """The wing lies on the side away from the light."""
    s = brush.shady
    roof, frame = brush.tone(86, 66, 84), brush.tone(250, 246, 236)
    side = brush.tone(208, 208, 222) if brush.white else brush.shaded(brush.main, 0.2)
    brush.box(19 * s - 5, _WALL + 10, 10, 28, brush.tone(150, 92, 82))
    brush.box(min(0, 31 * s), 0, 31, _WALL + 2, side)
    brush.poly([(-14 * s, _RIDGE), (25 * s, _RIDGE), (36 * s, _WALL - 2), (6 * s, _WALL - 2)], roof)
    if is_snowy(brush.view) or brush.terrain is Terrain.SNOW:
        brush.poly([(-14 * s, _RIDGE), (25 * s, _RIDGE), (28.3 * s, 64), (-7.7 * s, 64)], brush.tone(248, 250, 255))
    front = [(-32 * s, 0), (4 * s, 0), (4 * s, _WALL), (-14 * s, _RIDGE - 3), (-32 * s, _WALL)]
    brush.poly(front, brush.main)
    eaves = [(-38 * s, _WALL - 6), (-14 * s, _RIDGE), (10 * s, _WALL - 6)]
    brush.line(eaves, brush.shaded(roof, 0.15), 6.0)
    brush.poly([(-20 * s, 0), (-8 * s, 0), (-8 * s, 23), (-20 * s, 23)], brush.tone(110, 66, 56))
    _window(brush, -14 * s, 33, frame)
    _window(brush, 17.5 * s, 14, frame)


def _window(brush: Brush, x: float, y: float, frame: Rgb) -> None:
    """A window whose sill has its middle at the offset."""
    if brush.white:
        frame = brush.tone(120, 132, 156)
    brush.box(x - 8, y, 16, 18, frame)
    brush.box(x - 5.5, y + 2.5, 11, 13, brush.window())
