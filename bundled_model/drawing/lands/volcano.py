"""Volcano: one great dark cone with a glowing crater, streams of lava and a plume of smoke; dark rocks in front."""

import itertools

import skia

from bundled_model.drawing.canvas import Canvas, Curve, Part, Point, polygon, through
from bundled_model.drawing.lands.layers import lit, ridge, seen
from bundled_model.drawing.lands.open_ground import boulder, light_side, sidelight, swells
from bundled_model.drawing.palette import LAND, Rgb, mix, rgb
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Terrain

SKYLINE = (0.38, 0.4)
_FLANK = ((0.075, 0.0), (0.11, 0.14), (0.17, 0.36), (0.24, 0.55), (0.33, 0.73), (0.45, 0.88), (0.62, 1.0))
_SPUR = ((0.0, 0.0), (0.03, 0.16), (-0.02, 0.34), (0.05, 0.52), (0.0, 0.72), (0.06, 1.0))
_STREAMS: tuple[tuple[tuple[float, float, float], ...], ...] = (
    # Middle (shares of the width from the axis), depth (share of the cone's height) and width in pixels.
    ((0.0, 0.02, 12), (0.02, 0.16, 13), (-0.03, 0.34, 15), (0.02, 0.54, 18), (-0.02, 0.74, 21), (0.02, 0.98, 27)),
    ((-0.04, 0.02, 9), (-0.075, 0.2, 10), (-0.12, 0.36, 12), (-0.15, 0.54, 13), (-0.22, 0.72, 9)),
    ((0.045, 0.02, 9), (0.09, 0.22, 10), (0.11, 0.4, 12), (0.18, 0.58, 11), (0.22, 0.68, 8)),
)
_PUFFS = ((0, -5, 15), (13, -18, 17), (33, -29, 21), (59, -37, 25), (87, -41, 27), (115, -40, 23))
"""Of the smoke: offset along the wind and down from the crater, and radius; pixels in a picture of 256."""
_AXES = (0.35, 0.65, 0.5)
_EMBER, _LAVA, _CORE = rgb(206, 44, 26), rgb(255, 110, 28), rgb(255, 206, 84)


def draw(view: View) -> Ground:
    """Smoke, far ridge, cone, lava, and the plain of black sand."""
    canvas = view.canvas
    width, height = canvas.width, canvas.height
    axis = (_axis(view) + view.rng.uniform(-0.01, 0.01)) * width
    base = 0.75 * height
    rock = lit(view, LAND[Terrain.VOLCANO])
    canvas.glow((axis, view.skyline), 0.22 * height, _LAVA, 0.36)
    _smoke(view, axis)
    far = through(
        [(0, 0.6 * height), (0.2 * width, 0.63 * height), (0.8 * width, 0.63 * height), (width, 0.58 * height)]
    )
    ridge(view, far, mix(rock, rgb(90, 80, 120), 0.3), distance=0.55, part=Part.FAR_LAND)
    with canvas.showing(Part.LAND):
        _cone(view, axis, base, rock)
        _crater(canvas, axis, view.skyline, width)
        for stream in _STREAMS:
            _stream(canvas, axis, (view.skyline, base), stream)
    front = through(
        [(0, 0.7 * height), (0.3 * width, 0.73 * height), (0.65 * width, 0.725 * height), (width, 0.7 * height)]
    )
    _plain(view, front, axis, rock)
    return Ground(foot=lambda x: front(x) + 0.095 * height)


def _axis(view: View) -> float:
    """Where the cone stands (share of the width): neither behind what the picture is about nor before sun or moon."""
    places = (view.scene.light_place, view.scene.subject_place)
    taken = [view.across(place) / view.canvas.width for place in places if place]
    return next((axis for axis in _AXES if all(abs(axis - x) > 0.145 for x in taken)), _AXES[0])


def _smoke(view: View, axis: float) -> None:
    """A plume that drifts away from the light; lit red from below."""
    canvas = view.canvas
    drift = -light_side(view, axis)
    unit = min(canvas.width, canvas.height) / 256
    puffs = skia.Path()
    for dx, dy, radius in _PUFFS:
        puffs.addCircle(axis + drift * dx * unit, view.skyline + dy * unit, radius * unit)
    smoke = mix(lit(view, rgb(124, 112, 124)), view.palette.sky[1], 0.25)
    hot = mix(smoke, _LAVA, 0.55)
    with canvas.showing(Part.CLOUD):
        start = (axis, view.skyline + 6)
        end = (axis + drift * 77 * unit, view.skyline - 51 * unit)
        canvas.shade(puffs, start, end, [(hot, 1.0), (smoke, 1.0), (smoke, 1.0)])


def _cone(view: View, axis: float, base: float, rock: Rgb) -> None:
    """The cone: its shaded whole, and the side that faces the light."""
    canvas, top = view.canvas, view.skyline
    fall = base - top
    left, spur, right = (
        [(axis + side * dx * canvas.width, top + dy * fall) for dx, dy in line]
        for line, side in ((_FLANK, -1), (_SPUR, 1), (_FLANK, 1))
    )
    bright = seen(view, mix(rock, lit(view, rgb(198, 140, 128)), 0.5), 0.06)
    dark = mix(rock, lit(view, rgb(44, 30, 58)), 0.45)
    misty = [mix(colour, view.palette.haze, 0.16) for colour in (bright, dark)]
    flank = right if light_side(view, axis) > 0 else left
    canvas.shade(polygon([*left, *reversed(right)]), (0, top), (0, base), [(dark, 1.0), (dark, 1.0), (misty[1], 1.0)])
    canvas.shade(
        polygon([*flank, *reversed(spur)]), (0, top), (0, base), [(bright, 1.0), (bright, 1.0), (misty[0], 1.0)]
    )


def _crater(canvas: Canvas, axis: float, top: float, width: int) -> None:
    """The glowing mouth."""
    half = _FLANK[0][0] * width
    mouth = skia.Path.Oval(skia.Rect.MakeXYWH(axis - half, top - 6, 2 * half, 12))
    canvas.shade(mouth, (axis, top - 6), (axis, top + 6), [(_LAVA, 1.0), (_CORE, 1.0)])
    canvas.glow((axis, top), 1.7 * half, _CORE, 0.45)


def _stream(
    canvas: Canvas, axis: float, span: tuple[float, float], stream: tuple[tuple[float, float, float], ...]
) -> None:
    """Lava down a flank: red at its edges, bright within, cooler towards its end."""
    top, base = span

    def outline(share: float) -> skia.Path:
        points = [(axis + dx * canvas.width, top + dy * (base - top), size * share / 2) for dx, dy, size in stream]
        return _ribbon(points)

    canvas.shade(outline(1.0), (0, top), (0, base), [(_LAVA, 1.0), (_LAVA, 1.0), (_EMBER, 1.0)])
    # In two layers, neither opaque enough to count as a shape: media draw a contour round the stream only.
    for _ in range(2):
        canvas.shade(outline(0.45), (0, top), (0, base), [(_CORE, 0.5), (mix(_CORE, _LAVA, 0.4), 0.5), (_LAVA, 0.5)])


def _ribbon(points: list[tuple[float, float, float]]) -> skia.Path:
    """A smooth falling band through (x, y, half its width)."""
    path = skia.Path()
    edges = [[(x + side * half, y) for x, y, half in points] for side in (-1, 1)]
    line: list[Point] = edges[0]
    path.moveTo(*line[0])
    for edge in (edges[0], edges[1][::-1]):
        path.lineTo(*edge[0])
        for (x0, y0), (x1, y1) in itertools.pairwise(edge):
            path.cubicTo(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2, x1, y1)
    path.close()
    return path


def _plain(view: View, front: Curve, axis: float, rock: Rgb) -> None:
    """Dark sand with boulders at both edges, red where the lava comes to rest."""
    canvas = view.canvas
    sand = mix(rock, lit(view, rgb(150, 116, 118)), 0.34)
    ridge(view, front, sand, distance=0.0)
    dark = mix(rock, lit(view, rgb(24, 18, 40)), 0.5)
    bright = mix(rock, lit(view, rgb(200, 156, 146)), 0.5)
    swells(view, front, dark)
    sidelight(view, canvas.below(front), dark)
    with canvas.showing(Part.LAND):
        canvas.glow((axis, front(axis)), 0.22 * canvas.width, _LAVA, 0.3)
        for x, down, size in (
            (0.03, 0.06, 19),
            (0.1, 0.12, 13),
            (0.35, 0.2, 12),
            (0.64, 0.21, 13),
            (0.92, 0.1, 14),
            (0.98, 0.05, 20),
        ):
            at = (x + view.rng.uniform(-0.008, 0.008)) * canvas.width
            boulder(view, (at, front(at) + down * canvas.height), size, dark, bright)
