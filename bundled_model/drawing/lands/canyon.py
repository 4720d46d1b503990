"""Canyon: walls of red layered rock left and right, mesas in the haze between them, a sandy floor in front.

A bridge spans from the ledge of one wall to that of the other.
"""

from collections.abc import Sequence
from itertools import pairwise

from bundled_model.drawing.canvas import Canvas, Part, Point, polygon, through
from bundled_model.drawing.lands.layers import ridge, seen
from bundled_model.drawing.lands.open_ground import boulder, light_side, sidelight, swells
from bundled_model.drawing.palette import LAND, Rgb, mix, rgb, tint
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Terrain

SKYLINE = (0.36, 0.38)
_BANK = 0.6
_NEAR = ((0.13, 0.0), (0.145, 0.36), (0.17, 0.4), (0.185, 0.92), (0.255, 1.0), (0.27, 1.5), (0.36, 1.9))
_FAR = ((0.27, 0.3), (0.285, 0.62), (0.325, 0.68), (0.34, 1.2), (0.42, 1.5))
_MESAS = (((0.3, 0.42), 0.62, 0.72), ((0.545, 0.665), 0.38, 0.72), ((0.4, 0.5), 0.82, 0.5), ((0.62, 0.78), 0.74, 0.5))
_STRATA = (
    rgb(226, 138, 84),
    rgb(206, 104, 62),
    rgb(176, 74, 54),
    rgb(232, 156, 98),
    rgb(196, 92, 58),
    rgb(158, 62, 52),
)


def draw(view: View) -> Ground:
    """Mesas, two pairs of walls, the floor."""
    canvas = view.canvas
    width, height = canvas.width, canvas.height
    bank = _BANK * height
    with canvas.showing(Part.FAR_LAND):
        for (left, right), top, distance in _MESAS:
            _mesa(view, left * width, right * width, top=view.skyline + top * (bank - view.skyline), distance=distance)
        plain = through([(0, 0.6 * height), (width, 0.6 * height)])
    ridge(view, plain, _red(view, rgb(226, 146, 92)), distance=0.34, part=Part.FAR_LAND, depth=220)
    with canvas.showing(Part.LAND):
        for line, distance, lift in ((_FAR, 0.3, 0.0), (_NEAR, 0.04, 0.06)):
            for side in (1, -1):
                _wall(view, line, side, distance=distance, lift=lift if side < 0 else 0.0)
    front = through(
        [(0, 0.75 * height), (0.3 * width, 0.735 * height), (0.7 * width, 0.73 * height), (width, 0.75 * height)]
    )
    ridge(view, front, _red(view, rgb(236, 164, 106)), distance=0.0)
    shade = _red(view, rgb(150, 66, 62))
    swells(view, front, shade)
    sidelight(view, canvas.below(front), shade)
    dark, bright = (_face(view, rgb(196, 92, 58), value) for value in (False, True))
    with canvas.showing(Part.LAND):
        for x, down, size in ((0.03, 0.05, 15), (0.09, 0.085, 9), (0.97, 0.06, 14)):
            boulder(view, (x * width, front(x * width) + down * height), size, dark, bright)
    return Ground(foot=lambda x: front(x) + 0.085 * height, bank=bank)


def _wall(view: View, line: Sequence[Point], side: int, *, distance: float, lift: float) -> None:
    """One wall (`side` 1 left, -1 right) in bands of rock; `lift` lowers its top: the two are not alike."""
    canvas = view.canvas
    bank = _BANK * canvas.height
    fall = bank - view.skyline
    edge = [(x, view.skyline + max(y, lift if y == 0 else y) * fall) for x, y in line]
    points = [((x if side > 0 else 1 - x) * canvas.width, y) for x, y in edge]
    outer = -1 if side > 0 else canvas.width + 1
    top, bottom = points[0][1], points[-1][1]
    faces_light = light_side(view, points[0][0]) == side
    stops = []
    for index in range(8):
        colour = seen(view, _face(view, _STRATA[index % len(_STRATA)], faces_light), distance)
        stops += [(colour, 1.0), (colour, 1.0)]
    canvas.shade(polygon([(outer, top), *points, (outer, bottom)]), (0, top), (0, bottom), stops)
    _bands(view, points, outer, distance)
    _clefts(canvas, points, side, seen(view, _red(view, rgb(74, 30, 58)), distance))
    _ledges(canvas, points, outer, seen(view, _face(view, rgb(248, 186, 122), True), distance))


def _face(view: View, colour: Rgb, faces_light: bool) -> Rgb:
    """Rock in the light or in the shade."""
    if faces_light:
        return mix(_red(view, mix(colour, rgb(255, 190, 120), 0.18)), view.palette.light, 0.05)
    return _red(view, mix(colour, rgb(84, 36, 78), 0.48))


def _red(view: View, colour: Rgb) -> Rgb:
    """A colour of this rock under the light of the scene: it stays red at night."""
    return tint(colour, mix(view.palette.ambient, (1.0, 0.72, 0.8), 0.2))


def _bands(view: View, points: Sequence[Point], outer: float, distance: float) -> None:
    """Three darker layers across the wall, which show in media that know no gradients as well."""
    colour = seen(view, _red(view, rgb(112, 36, 44)), distance)
    top, bottom = points[0][1], points[-1][1]
    for share in (0.13, 0.36, 0.62):
        upper = top + share * (bottom - top)
        lower = upper + 0.08 * (bottom - top)
        edge = [(_edge_at(points, y), y) for y in (upper, (upper + lower) / 2, lower)]
        view.canvas.polygon([(outer, upper), *edge, (outer, lower)], colour, 0.36)


def _edge_at(points: Sequence[Point], y: float) -> float:
    """The x of a falling edge at a y."""
    for (x0, y0), (x1, y1) in pairwise(points):
        if y <= y1:
            return x0 + (x1 - x0) * (y - y0) / (y1 - y0)
    return points[-1][0]


def _clefts(canvas: Canvas, points: Sequence[Point], side: int, colour: Rgb) -> None:
    """Two shadowed clefts that make the wall a row of buttresses."""
    top, bottom = points[0][1], points[-1][1]
    for share, wide in ((0.3, 13), (0.68, 10)):
        x = points[0][0] * share if side > 0 else canvas.width - (canvas.width - points[0][0]) * share
        canvas.polygon(
            [(x, top), (x + 2 * side, top), (x + wide * side, bottom), (x - wide * 0.3 * side, bottom)], colour, 0.26
        )


def _ledges(canvas: Canvas, points: Sequence[Point], outer: float, colour: Rgb) -> None:
    """The bright rims of the wall's top and of its ledge."""
    canvas.polygon(
        [(outer, points[0][1]), points[0], (points[0][0], points[0][1] + 4), (outer, points[0][1] + 4)], colour
    )


def _mesa(view: View, left: float, right: float, *, top: float, distance: float) -> None:
    """A table mountain in the haze."""
    canvas = view.canvas
    bottom = _BANK * canvas.height + 4
    slope = (right - left) * 0.16
    bright, dark = (seen(view, _face(view, LAND[Terrain.CANYON], value), distance) for value in (True, False))
    middle = top + 0.45 * (bottom - top)
    outline = [
        (left, top),
        (right, top),
        (right + slope * 0.3, middle),
        (right + slope * 2, bottom),
        (left - slope * 2, bottom),
        (left - slope * 0.3, middle),
    ]
    canvas.polygon(outline, bright)
    cut = (left + right) / 2 + light_side(view, left) * -slope
    shaded = [outline[0], (cut, top), (cut + slope * 0.2, bottom), outline[4], outline[5]]
    if light_side(view, left) < 0:
        shaded = [(cut, top), outline[1], outline[2], outline[3], (cut - slope * 0.2, bottom)]
    canvas.polygon(shaded, dark)
