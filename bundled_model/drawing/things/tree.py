"""A broad round tree, its crown in the colour of the scene whatever the season."""

from bundled_model.drawing.palette import WHITE, mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.shapes import common, discs, moved, placed, smooth, without
from bundled_model.scenes.scene import Season, Terrain

EXTENT = (94.0, 104.0)

_TRUNK = smooth([(-15, 0), (-15, 0), (-7, 8), (-6, 30), (-12, 58), (12, 58), (6, 30), (7, 8), (15, 0), (15, 0)])
_CROWN = discs([(-27, 54, 19), (27, 54, 19), (0, 51, 20), (-22, 75, 21), (22, 75, 21), (0, 86, 18), (0, 66, 30)])
_SHADE = without(_CROWN, moved(_CROWN, -12, 14))
_BRIGHT = discs([(-20, 77, 14), (-6, 86, 11), (-29, 60, 9), (-8, 68, 12)])
"""Both for a light at the left."""
_SNOW = common(_CROWN, discs([(-20, 92, 12), (0, 96, 13), (20, 92, 12), (-36, 80, 9), (36, 80, 9)]))


def draw(brush: Brush) -> None:
    """Trunk, crown with a shady and a lit side, and a cap of snow on it where the land has some."""
    brush.round(placed(brush, _TRUNK), brush.tone(116, 76, 56), -9, 9)
    brush.canvas.fill(placed(brush, _CROWN), brush.main)
    dim = brush.tone(176, 178, 208) if brush.white else brush.shaded(brush.main, 0.3)
    brush.canvas.fill(placed(brush, _SHADE, brush.shady), dim)
    bright = brush.tone(255, 255, 255) if brush.white else mix(brush.main, brush.tone(255, 246, 214), 0.22)
    brush.canvas.fill(placed(brush, _BRIGHT, brush.shady), bright)
    if brush.season is Season.WINTER or brush.terrain is Terrain.SNOW:
        brush.canvas.fill(placed(brush, _SNOW), mix(brush.tone(240, 246, 255), WHITE, 0.2))
