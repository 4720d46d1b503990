"""Forest: rows of firs and leaf trees that fade into mist, and a clearing in front; the season colours all of it."""

import skia

from bundled_model.drawing.canvas import Curve, Part, through
from bundled_model.drawing.lands.layers import growth_of, is_snowy, lit_snow, seen
from bundled_model.drawing.lands.plants import Spot, grown, leaf_tree, meadow, seasonal_firs, wood
from bundled_model.drawing.palette import mix, rgb
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Season

SKYLINE = (0.37, 0.39)
_LEAF_TREES = ((0.22, 0.8, False), (0.385, 0.66, True), (0.6, 0.7, False), (0.77, 0.84, True))
_FIRS = (
    ((-0.02, 1.02), (0.12, 0.92), (0.88, 0.9), (1.02, 1.04)),
    ((0.045, 0.74), (0.3, 0.56), (0.69, 0.58), (0.955, 0.76)),
)


def draw(view: View) -> Ground:
    """Two hazy rows, then single trees that grow towards both edges, then the clearing."""
    canvas = view.canvas
    width, height = canvas.width, canvas.height
    ground = through([(0, 0.7 * height), (0.5 * width, 0.655 * height), (width, 0.7 * height)])
    _far_rows(view, ground)
    tall = ground(0) - view.skyline
    with canvas.showing(Part.LAND):
        seasonal_firs(view, [_spot(view, ground, x, share * tall) for x, share in _FIRS[0]], 0.22)
        for x, share, second in () if view.scene.season is Season.WINTER else _LEAF_TREES:
            leaf_tree(view, _spot(view, ground, x, share * tall), 0.14, second=second)
        if view.scene.season is Season.WINTER:
            seasonal_firs(view, [_spot(view, ground, x, share * tall) for x, share, _ in _LEAF_TREES], 0.14)
        seasonal_firs(view, [_spot(view, ground, x, share * tall) for x, share in _FIRS[1]], 0.04)
    front = through([(0, 0.705 * height), (0.5 * width, 0.665 * height), (width, 0.705 * height)])
    meadow(view, front)
    return Ground(foot=lambda x: front(x) + 0.13 * height)


def _far_rows(view: View, ground: Curve) -> None:
    """Three rows of firs in the mist, each nearer and darker, lowest in the middle."""
    canvas, growth = view.canvas, growth_of(view)
    tall = ground(0) - view.skyline
    for distance, rise, size, gap in ((0.84, 0.34, 0.44, 15.0), (0.6, 0.16, 0.48, 18.0), (0.38, -0.04, 0.5, 23.0)):
        colour = grown(view, mix(growth.fir, rgb(60, 120, 140), 0.4 * distance))
        if is_snowy(view):
            colour = mix(colour, lit_snow(view), 0.25)
        upper = seen(view, colour, distance)
        lower = mix(upper, view.palette.haze, 0.3 + 0.4 * distance)
        base = ground(canvas.width / 2) - rise * tall
        # Half clear at its foot, where others stand before it: media that draw contours draw none in the mist.
        stops = [(upper, 1.0), (lower, 1.0), (lower, 0.5)]
        with canvas.showing(Part.FAR_LAND):
            canvas.shade(
                _row(view, ground, rise * tall, size * tall, gap), (0, base - size * tall), (0, base + tall), stops
            )


def _row(view: View, ground: Curve, rise: float, height: float, gap: float) -> skia.Path:
    """A row of plain firs, tall and short in a fixed pattern, with the ground below them."""
    path = view.canvas.below(lambda x: ground(x) - rise, 32.0)
    path.setFillType(skia.PathFillType.kWinding)
    start = -gap * view.rng.uniform(0.2, 0.4)
    for x, y, size in wood(
        view.rng, lambda x: ground(x) - rise, (start, view.canvas.width + gap), height=height, gap=gap
    ):
        half = gap * 0.62
        path.addPoly([skia.Point(x, y - size), skia.Point(x + half, y + 2), skia.Point(x - half, y + 2)], True)
    return path


def _spot(view: View, ground: Curve, x: float, height: float) -> Spot:
    x = (x + view.rng.uniform(-0.01, 0.01)) * view.canvas.width
    return (x, ground(x) + 4, height * view.rng.uniform(0.97, 1.03))
