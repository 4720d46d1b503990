"""A humped stone bridge across the middle."""

import skia

from bundled_model.drawing.canvas import Point
from bundled_model.drawing.palette import WHITE, mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.footing import draw_islet, draw_ripples
from bundled_model.drawing.things.shapes import merged, without
from bundled_model.scenes.scene import Terrain

EXTENT = (160.0, 62.0)

HALF_SHARE = 0.31
"""Half of its length, as a share of the picture's width."""
_HUMP = 28.0
_PARAPET = 8.0
_FEET = {Terrain.LAKE: -17.0, Terrain.CANYON: -20.0}
"""Where its piers stand, above the ends of the deck."""


def draw(brush: Brush) -> None:
    """Its ends rest on the banks, at the height of its foot; in open water it brings an islet along for each."""
    half = HALF_SHARE * brush.canvas.width / brush.scale
    feet = _FEET.get(brush.terrain, -23.0)
    stone = brush.tone(204, 182, 160)
    if brush.terrain in (Terrain.SEA, Terrain.LAKE):
        for side in (-1, 1):
            draw_islet(brush.view, brush.at(side * (half + 4), 0), 26)
    arches = [(0.0, 0.3 * half, 19.0), (-0.59 * half, 0.2 * half, 7.0), (0.59 * half, 0.2 * half, 7.0)]
    holes = [_arch(brush, *arch, feet) for arch in arches]
    inner = [_arch(brush, arch[0] + 7 * brush.shady, *arch[1:], feet) for arch in arches]
    shade = [without(hole, nearer) for hole, nearer in zip(holes, inner, strict=True)]
    brush.canvas.fill(merged(shade), brush.shaded(stone, 0.5))
    body = brush.path([*_deck(half, 0.0), (0.9 * half, feet), (-0.9 * half, feet)])
    lit, dim = mix(stone, WHITE, 0.12), brush.shaded(stone, 0.28)
    stops = [(lit, 1.0), (dim, 1.0)]
    brush.canvas.shade(without(body, merged(holes)), brush.at(0, _HUMP), brush.at(0, feet), stops)
    rail = brush.path([*_deck(half, _PARAPET), *reversed(_deck(half, 0.0))])
    brush.canvas.fill(rail, brush.tone(238, 222, 198))
    brush.canvas.fill(brush.path([*_deck(half, 0.5), *reversed(_deck(half, -3.5))]), brush.shaded(stone, 0.42))
    if brush.terrain in (Terrain.SEA, Terrain.RIVER):
        for side in (-1, 1):
            draw_ripples(brush.view, brush.at(side * 0.345 * half, feet), 0.13 * half, brush.shaded(stone, 0.4))


def _deck(half: float, above: float) -> list[Point]:
    """The upper edge of the deck from left to right, `above` it."""
    steps = [index / 16 - 1 for index in range(33)]
    return [((half + 6) * x, _HUMP * (1 - x * x) + above) for x in steps]


def _arch(brush: Brush, middle: float, half: float, crown: float, feet: float) -> skia.Path:
    """A round-headed opening from the feet of the piers to its crown."""
    spring = crown - min(crown - feet, half * 1.05)
    bow = 0.55
    path = skia.Path()
    path.moveTo(*brush.at(middle - half, feet))
    path.lineTo(*brush.at(middle - half, spring))
    top = spring + bow * (crown - spring)
    path.cubicTo(*brush.at(middle - half, top), *brush.at(middle - bow * half, crown), *brush.at(middle, crown))
    path.cubicTo(*brush.at(middle + bow * half, crown), *brush.at(middle + half, top), *brush.at(middle + half, spring))
    path.lineTo(*brush.at(middle + half, feet))
    path.close()
    return path
