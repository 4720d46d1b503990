"""A rail fence through the foreground."""

from bundled_model.drawing.canvas import Point, polygon
from bundled_model.drawing.palette import WHITE, Rgb, mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.scenes.scene import Season, Terrain

EXTENT = (118.0, 60.0)

_LENGTH_SHARE = 0.45
_POSTS = 5
_HEIGHT = 52.0
_POST = 10.0
_RAIL = 7.5


def draw(brush: Brush) -> None:
    """Posts with pointed tops and two rails; brown before snow and sand, white on green land."""
    snowy = brush.season is Season.WINTER or brush.terrain is Terrain.SNOW
    wood = brush.tone(150, 98, 60) if snowy or brush.terrain is Terrain.BEACH else brush.tone(246, 242, 232)
    half = _LENGTH_SHARE * brush.canvas.width / 2
    middle = brush.foot[0]
    posts = [middle - half + 2 * half * index / (_POSTS - 1) for index in range(_POSTS)]
    feet = [brush.ground.foot(x) + 4 for x in posts]
    snow = mix(brush.tone(240, 246, 255), WHITE, 0.2)
    for share in (0.34, 0.74):
        top = [(x, y - _HEIGHT * share) for x, y in zip(posts, feet, strict=True)]
        _draw_rail(brush, top, _RAIL, brush.shaded(wood, 0.16))
        _draw_rail(brush, [(x, y + _RAIL - 2.5) for x, y in top], 2.5, brush.shaded(wood, 0.42))
        if snowy:
            _draw_rail(brush, [(x, y - 3.5) for x, y in top], 4, snow)
    for x, y in zip(posts, feet, strict=True):
        top = y - _HEIGHT
        outline = [(x - _POST / 2, y), (x - _POST / 2, top), (x, top - 6), (x + _POST / 2, top), (x + _POST / 2, y)]
        stops = [(mix(wood, WHITE, 0.1), 1.0), (brush.shaded(wood, 0.3), 1.0)]
        reach = brush.shady * _POST / 2
        brush.canvas.shade(polygon(outline), (x - reach, 0.0), (x + reach, 0.0), stops)
        if snowy:
            brush.canvas.pill(x - _POST / 2 - 1, top - 7, _POST + 2, 7, snow)


def _draw_rail(brush: Brush, points: list[Point], width: float, colour: Rgb) -> None:
    (first_x, first_y), (last_x, last_y) = points[0], points[-1]
    upper = [(first_x - 8, first_y), *points, (last_x + 8, last_y)]
    brush.canvas.polygon([*upper, *[(x, y + width) for x, y in reversed(upper)]], colour)
