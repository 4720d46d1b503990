"""A log cabin: brown logs, a heavy roof, a stone chimney with a rising curl of smoke, a warm window."""

import math

import skia

from bundled_model.drawing.lands.layers import is_snowy
from bundled_model.drawing.things.brush import Brush
from bundled_model.scenes.scene import Terrain

EXTENT = (88.0, 72.0)
"""Width and height without the smoke, units."""
_LOG = 7.5
_LOGS = 5
_EAVES = _LOG * _LOGS


def draw(brush: Brush) -> None:
    """The chimney stands on the side away from the light."""
    _smoke(brush)
    x = 22 * brush.shady
    stone = brush.tone(142, 134, 138)
    brush.box(x - 7, _EAVES, 14, 34, stone)
    brush.box(x - 9, _EAVES + 32, 18, 5, brush.shaded(stone, 0.2))
    _walls(brush)
    _roof(brush)


def _walls(brush: Brush) -> None:
    log = brush.tone(166, 104, 60)
    brush.round(brush.path([(-36, 0), (36, 0), (36, _EAVES + 1), (-36, _EAVES + 1)]), log, -36, 36)
    for row in range(_LOGS + 1):
        y = row * _LOG
        brush.line([(-38, y), (38, y)], brush.tone(112, 66, 42), 2.6)
    brush.box(-25, 0, 16, 26, brush.tone(88, 50, 38))
    brush.box(5, 10, 22, 19, brush.tone(236, 214, 176))
    warm = brush.palette.glow if brush.palette.lit else brush.tone(255, 190, 84)
    brush.box(8, 13, 16, 13, warm)
    brush.box(14.6, 13, 2.8, 13, brush.tone(120, 72, 46))
    if brush.palette.lit:
        brush.canvas.glow(brush.at(16, 19), 30 * brush.scale, brush.palette.glow, 0.4)


def _roof(brush: Brush) -> None:
    roof, edge = brush.tone(96, 62, 56), brush.tone(72, 46, 46)
    if is_snowy(brush.view) or brush.terrain is Terrain.SNOW:
        roof, edge = brush.tone(248, 250, 255), brush.tone(178, 196, 226)
    brush.poly([(-46, _EAVES - 4), (46, _EAVES - 4), (32, 64), (-32, 64)], roof)
    brush.poly([(-46, _EAVES - 4), (46, _EAVES - 4), (44, _EAVES + 1), (-44, _EAVES + 1)], edge)


def _smoke(brush: Brush) -> None:
    """A ribbon that swings and widens as it rises, and curls over at its end."""
    # Dark before a bright sky, bright before a dark one.
    colour = brush.tone(236, 236, 246) if brush.palette.lit else brush.tone(132, 138, 160)
    x = 22 * brush.shady
    spine = [(x + 7 * math.sin(step * 0.62) * (0.3 + step / 9) * brush.shady, 74 + 4.2 * step) for step in range(11)]
    ribbon = [(sx - 2.8 - 0.45 * i, sy) for i, (sx, sy) in enumerate(spine)]
    ribbon += [(sx + 2.8 + 0.45 * i, sy) for i, (sx, sy) in reversed(list(enumerate(spine)))]
    curl = skia.Path.Circle(*brush.at(spine[-1][0] + 2 * brush.shady, spine[-1][1] + 1), 9.5 * brush.scale)
    brush.canvas.fill(skia.Op(brush.path(ribbon), curl, skia.PathOp.kUnion_PathOp), colour, 0.85)
