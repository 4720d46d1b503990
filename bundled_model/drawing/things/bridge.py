"""A bridge across the middle: humped and of stone over water, one slender span over a gorge."""

import skia

from bundled_model.drawing.canvas import Point
from bundled_model.drawing.palette import WHITE, mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.footing import draw_islet, draw_ripples
from bundled_model.drawing.things.shapes import merged, without
from bundled_model.scenes.scene import Season, Terrain

EXTENT = (160.0, 62.0)

HALF_SHARE = 0.31
"""Half of its length, as a share of the picture's width."""
_HUMP = 28.0
_PARAPET = 8.0
_FEET, _LAKE_FEET = -23.0, -17.0
"""Where its piers stand, above the ends of the deck."""
_GORGE_SHARE = 0.12
"""How deep the arch over a gorge is, a share of the height."""
_COLUMNS = (-0.7, -0.47, 0.47, 0.7)
_STEPS = [index / 16 - 1 for index in range(33)]


def draw(brush: Brush) -> None:
    """Its ends rest on the banks, at the height of its foot."""
    half = HALF_SHARE * brush.canvas.width / brush.scale
    if brush.terrain is Terrain.CANYON:
        _draw_span(brush, half)
    else:
        _draw_arches(brush, half)


def _draw_arches(brush: Brush, half: float) -> None:
    """Three arches of stone under a humped deck; in open water with an islet for each end."""
    feet = _LAKE_FEET if brush.terrain is Terrain.LAKE else _FEET
    stone = brush.tone(204, 182, 160)
    if brush.terrain in (Terrain.SEA, Terrain.LAKE):
        for side in (-1, 1):
            draw_islet(brush.view, brush.at(side * (half + 4), 0), 26)
    arches = [(0.0, 0.3 * half, 19.0), (-0.59 * half, 0.2 * half, 7.0), (0.59 * half, 0.2 * half, 7.0)]
    holes = [_arch(brush, *arch, feet) for arch in arches]
    inner = [_arch(brush, arch[0] + 7 * brush.shady, *arch[1:], feet) for arch in arches]
    shade = [without(hole, nearer) for hole, nearer in zip(holes, inner, strict=True)]
    brush.canvas.fill(merged(shade), brush.shaded(stone, 0.5))
    body = brush.path([*_deck(half, _HUMP, 0.0), (0.9 * half, feet), (-0.9 * half, feet)])
    stops = [(mix(stone, WHITE, 0.12), 1.0), (brush.shaded(stone, 0.28), 1.0)]
    brush.canvas.shade(without(body, merged(holes)), brush.at(0, _HUMP), brush.at(0, feet), stops)
    _draw_parapet(brush, half, _HUMP)
    if brush.terrain is not Terrain.LAKE:
        for side in (-1, 1):
            draw_ripples(brush.view, brush.at(side * 0.345 * half, feet), 0.13 * half, brush.shaded(stone, 0.4))


def _draw_span(brush: Brush, half: float) -> None:
    """One slender arch from wall to wall, and the columns on it that bear a level deck between two pylons."""
    stone = brush.tone(246, 234, 214)
    dim = brush.shaded(stone, 0.4)
    depth = _GORGE_SHARE * brush.canvas.height
    wide = 0.84 * half
    for x in _COLUMNS:
        low = depth * (x * half / wide) ** 2
        brush.box(x * half - 3, -low - 6, 6, low + 4, dim)
    arch = _bow(wide, -3.0, depth)
    for thickness, colour in ((10.0, dim), (6.5, stone)):
        brush.poly([*arch, *[(x, y - thickness) for x, y in reversed(arch)]], colour)
    brush.poly([*_deck(half, 5.0, 2.0), *reversed(_deck(half, 5.0, -6.0))], stone)
    _draw_parapet(brush, half, 5.0)
    for side in (-1, 1):
        middle = side * (wide + 4)
        pylon = merged([brush.path(_block(middle, -depth - 14, 15, depth + 34)), brush.path(_block(middle, 16, 20, 6))])
        brush.round(pylon, stone, middle - 10, middle + 10)


def _draw_parapet(brush: Brush, half: float, hump: float) -> None:
    """The pale wall along the deck, white in winter, and its shadow below."""
    rail = brush.path([*_deck(half, hump, _PARAPET), *reversed(_deck(half, hump, 0.0))])
    snowy = brush.season is Season.WINTER
    brush.canvas.fill(rail, mix(brush.light, WHITE, 0.3) if snowy else brush.tone(240, 226, 204))
    shadow = brush.path([*_deck(half, hump, 0.5), *reversed(_deck(half, hump, -3.5))])
    brush.canvas.fill(shadow, brush.shaded(brush.tone(204, 182, 160), 0.42))


def _deck(half: float, hump: float, above: float) -> list[Point]:
    """The upper edge of the deck from left to right, `above` it."""
    return [((half + 6) * x, hump * (1 - x * x) + above) for x in _STEPS]


def _block(middle: float, low: float, width: float, height: float) -> list[Point]:
    """An upright rectangle about `middle`."""
    left, right = middle - width / 2, middle + width / 2
    return [(left, low), (right, low), (right, low + height), (left, low + height)]


def _bow(half: float, crown: float, depth: float) -> list[Point]:
    """A parabola that falls by `depth` from its crown to both ends."""
    return [(half * x, crown - depth * x * x) for x in _STEPS]


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
