"""A broad round tree, its crown in the colour of the scene whatever the season."""

import skia

from bundled_model.drawing.palette import WHITE, mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.shapes import common, discs, smooth, without
from bundled_model.scenes.scene import Season, Terrain

EXTENT = (94.0, 104.0)

_CROWN = [(-27, 54, 19), (27, 54, 19), (0, 51, 20), (-22, 75, 21), (22, 75, 21), (0, 86, 18), (0, 66, 30)]
_LIT = [(-20, 77, 14), (-6, 86, 11), (-29, 60, 9), (-8, 68, 12)]
"""Where the light falls on the crown, for a light at the left."""


def draw(brush: Brush) -> None:
    """Trunk, crown with a shady and a lit side, and snow on it where the land has some."""
    bark = brush.tone(116, 76, 56)
    trunk = smooth(
        brush, [(-15, 0), (-15, 0), (-7, 8), (-6, 30), (-12, 58), (12, 58), (6, 30), (7, 8), (15, 0), (15, 0)]
    )
    brush.round(trunk, bark, -9, 9)
    crown = discs(brush, _CROWN)
    brush.canvas.fill(crown, brush.main)
    side = brush.shady
    shade = without(crown, _moved(crown, brush, -9 * side, 11))
    brush.canvas.fill(shade, brush.tone(188, 188, 214) if brush.white else brush.shaded(brush.main, 0.3))
    bright = brush.tone(255, 255, 255) if brush.white else mix(brush.main, brush.tone(255, 246, 214), 0.22)
    brush.canvas.fill(discs(brush, [(x * side, y, radius) for x, y, radius in _LIT]), bright)
    if brush.season is Season.WINTER or brush.terrain is Terrain.SNOW:
        _draw_snow(brush, crown)


def _draw_snow(brush: Brush, crown: skia.Path) -> None:
    """A cap on the crown, a fifth of it, with a soft lower edge."""
    cap = discs(brush, [(-20, 92, 12), (0, 96, 13), (20, 92, 12), (-36, 80, 9), (36, 80, 9)])
    brush.canvas.fill(common(crown, cap), mix(brush.tone(240, 246, 255), WHITE, 0.2))


def _moved(path: skia.Path, brush: Brush, x: float, y: float) -> skia.Path:
    moved = skia.Path(path)
    moved.offset(x * brush.scale, -y * brush.scale)
    return moved
