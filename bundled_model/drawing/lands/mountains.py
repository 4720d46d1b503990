"""Mountains: jagged peaks with lit and shaded faces and snow, wooded foothills, a meadow in front."""

import bisect
from collections.abc import Sequence

from bundled_model.drawing.canvas import Canvas, Curve, Part, Point, through
from bundled_model.drawing.lands.layers import growth_of, is_snowy, lit, lit_snow, ridge, seen
from bundled_model.drawing.lands.open_ground import light_side
from bundled_model.drawing.lands.plants import grove, grown, meadow, seasonal_firs, wood
from bundled_model.drawing.palette import LAND, Rgb, mix, rgb
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Season, Terrain

SKYLINE = (0.31, 0.33)
_LEFT = (
    (0.0, 0.0), (-0.09, 0.1), (-0.17, 0.14), (-0.33, 0.36), (-0.43, 0.4), (-0.62, 0.64), (-0.76, 0.72), (-1.1, 1.0),
)  # fmt: skip
_SPUR = ((0.0, 0.0), (0.04, 0.1), (-0.05, 0.22), (0.07, 0.38), (-0.04, 0.54), (0.1, 0.72), (0.04, 1.0))
_RIGHT = (
    (0.0, 0.0), (0.08, 0.12), (0.14, 0.15), (0.26, 0.32), (0.4, 0.4), (0.56, 0.62), (0.74, 0.7), (1.05, 1.0),
)  # fmt: skip
_SNOW_DEPTH = {Season.SPRING: 0.4, Season.SUMMER: 0.27, Season.AUTUMN: 0.33, Season.WINTER: 0.5}


def draw(view: View) -> Ground:
    """Far peaks, three near ones, foothills, the meadow."""
    canvas, rng = view.canvas, view.rng
    width, height = canvas.width, canvas.height
    top, base = view.skyline, 0.68 * height
    with canvas.showing(Part.FAR_LAND):
        for x, drop, half in ((0.07, 0.13, 0.3), (0.56, 0.1, 0.32), (1.0, 0.1, 0.3)):
            _peak(view, (x * width, top + drop * height), half * width, base, 0.62)
        for x, drop, half in ((0.78, 0.06, 0.38), (0.33, 0.0, 0.42)):
            _peak(view, ((x + rng.uniform(-0.02, 0.02)) * width, top + drop * height), half * width, base, 0.14)
    _foothills(view)
    front = _slope(view, (0.69, 0.705, 0.7, 0.685))
    meadow(view, front)
    return Ground(foot=lambda x: front(x) + 0.12 * height)


def _slope(view: View, shares: tuple[float, ...]) -> Curve:
    """A gentle curve through heights (shares, y downwards) at even distances."""
    width, height = view.canvas.width, view.canvas.height
    return through([(width * i / (len(shares) - 1), y * height) for i, y in enumerate(shares)])


def _foothills(view: View) -> None:
    """A hazy slope, and a nearer one with firs along it and leaf trees before them."""
    canvas, growth = view.canvas, growth_of(view)
    width = canvas.width
    slope = lit_snow(view, rgb(206, 220, 246)) if is_snowy(view) else grown(view, mix(growth.meadow, growth.fir, 0.55))
    ridge(view, _slope(view, (0.57, 0.61, 0.64, 0.56)), slope, distance=0.4)
    near = _slope(view, (0.635, 0.665, 0.67, 0.635))
    ridge(view, near, slope, distance=0.16)
    with canvas.showing(Part.LAND):
        seasonal_firs(view, wood(view.rng, lambda x: near(x) + 8, (0.01 * width, width), height=36, gap=17), 0.16)
        if view.scene.season is not Season.WINTER:
            for x, second in ((0.1, False), (0.37, True), (0.63, False), (0.9, True)):
                grove(view, (x * width, near(x * width) + 12, 21), 0.06, second=second)


def _peak(view: View, top: Point, half: float, base: float, distance: float) -> None:
    """One peak: two faces along a jagged spur, the one towards the light bright, and snow down to a ragged edge."""
    canvas: Canvas = view.canvas
    rock = lit(view, LAND[Terrain.MOUNTAINS])
    bright = seen(view, mix(rock, lit(view, rgb(226, 196, 180)), 0.46), distance)
    dark = seen(view, mix(rock, lit(view, rgb(44, 44, 92)), 0.5), distance)
    snow = seen(view, lit_snow(view, rgb(255, 252, 250)), distance * 0.8)
    shaded = seen(view, lit_snow(view, rgb(156, 178, 226)), distance * 0.8)
    left, spur, right = (
        [(top[0] + dx * half, top[1] + dy * (base - top[1])) for dx, dy in line] for line in (_LEFT, _SPUR, _RIGHT)
    )
    lit_right = light_side(view, top[0]) > 0
    depth = top[1] + _SNOW_DEPTH[view.scene.season or Season.SUMMER] * (base - top[1])
    canvas.polygon([*left, *reversed(right)], dark)
    for flank, is_lit in ((left, not lit_right), (right, lit_right)):
        if is_lit:
            canvas.polygon([*flank, *reversed(spur)], bright)
        _snow_field(canvas, flank, spur, depth, snow if is_lit else shaded)


def _snow_field(canvas: Canvas, flank: Sequence[Point], spur: Sequence[Point], depth: float, colour: Rgb) -> None:
    """Snow on one face, from the top down to about `depth` (y), with a zigzag lower edge."""
    outer, inner = _down_to(flank, depth), _down_to(spur, depth)
    (x0, y0), (x1, y1) = outer[-1], inner[-1]
    fall = depth - flank[0][1]
    edge = [
        (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share + fall * offset)
        for share, offset in ((0.2, -0.2), (0.4, 0.12), (0.58, -0.16), (0.8, 0.2))
    ]
    canvas.polygon([*outer, *edge, *reversed(inner)], colour)


def _down_to(line: Sequence[Point], depth: float) -> list[Point]:
    """The part of a falling line above a y, with its end at that y."""
    count = bisect.bisect_left([y for _, y in line], depth)
    if count >= len(line):
        return list(line)
    (x0, y0), (x1, y1) = line[count - 1], line[count]
    return [*line[:count], (x0 + (x1 - x0) * (depth - y0) / (y1 - y0), depth)]
