"""Paints the weather in front of everything: rain, falling snow, fog, storm."""

import skia

from bundled_model.drawing.canvas import Part, Point
from bundled_model.drawing.palette import WHITE, mix, rgb
from bundled_model.drawing.view import View
from bundled_model.scenes.scene import Place, Sky, Subject

_SLANT = 0.32
"""How far rain drifts to the left for each pixel that it falls."""
_BOLTS = {None: 0.64, Place.LEFT: 0.76, Place.CENTRE: 0.82, Place.RIGHT: 0.24}
"""Where lightning strikes, as a share of the width, by the place of what it must not hide."""
_BOLT = (
    *((0.20, 0.0), (-0.10, 0.42), (0.09, 0.40), (-0.06, 0.68), (0.08, 0.66), (-0.05, 1.0)),
    *((0.24, 0.54), (0.09, 0.56), (0.27, 0.28), (0.10, 0.30), (0.36, 0.0)),
)
"""The outline of a bolt: across and down, in units of its length."""


def draw_weather(view: View) -> None:
    """What falls or drifts between the viewer and the land."""
    match view.scene.sky:
        case Sky.RAIN:
            _rain(view, 44)
        case Sky.SNOWFALL:
            _snowfall(view, 54)
        case Sky.FOG:
            _fog(view)
        case Sky.STORM:
            _bolt(view)
            _rain(view, 20)
        case _:
            pass


def _scattered(view: View, count: int) -> list[Point]:
    """About `count` points, evenly spread over the picture: the middles of a grid, every second row moved aside."""
    width, height = view.canvas.width, view.canvas.height
    rows = max(2, round((count * height / width) ** 0.5))
    columns = max(2, round(count / rows))
    across, down = width / columns, height / rows
    return [
        (
            (column + 0.25 + 0.5 * (row % 2) + view.rng.uniform(-0.22, 0.22)) * across,
            (row + 0.5 + view.rng.uniform(-0.25, 0.25)) * down,
        )
        for row in range(rows)
        for column in range(columns)
    ]


def _rain(view: View, count: int) -> None:
    colour = mix(view.palette.sky[2], WHITE, 0.6)
    for x, y in _scattered(view, count):
        length = view.rng.uniform(24, 34)
        path = skia.Path()
        path.moveTo(x, y - length / 2)
        path.lineTo(x - _SLANT * length, y + length / 2)
        view.canvas.stroke(path, colour, 2.6, 0.5)


def _snowfall(view: View, count: int) -> None:
    for x, y in _scattered(view, count):
        radius = view.rng.uniform(2.6, 3.8)
        view.canvas.glow((x, y), radius * 2, WHITE, 0.6)
        view.canvas.circle((x, y), radius, WHITE, 0.5)


def _fog(view: View) -> None:
    """Bands that lie thick on the far land and before the feet of things, and thin over what stands between."""
    canvas, rng = view.canvas, view.rng
    colour = mix(view.palette.haze, WHITE, 0.15)
    horizon = view.skyline / canvas.height
    for down, thick, alpha in (
        (horizon, 0.26, 0.5),
        (horizon + 0.13, 0.22, 0.42),
        (0.72, 0.16, 0.26),
        (0.97, 0.2, 0.5),
    ):
        middle = down * canvas.height + rng.uniform(-4, 4)
        half = thick * canvas.height / 2
        band = skia.Path.Rect(skia.Rect.MakeLTRB(0, middle - half, canvas.width, middle + half))
        canvas.shade(band, (0, middle - half), (0, middle + half), [(colour, 0.0), (colour, alpha), (colour, 0.0)])


def _bolt(view: View) -> None:
    """One stroke of lightning from the clouds to the land, away from the subject."""
    canvas = view.canvas
    top, foot = 0.13 * canvas.height, max(view.skyline + 0.07 * canvas.height, 0.5 * canvas.height)
    place = Place.CENTRE if view.scene.subject is Subject.BRIDGE else view.scene.subject_place
    x = _BOLTS[place] * canvas.width + view.rng.uniform(-5, 5)
    length = foot - top
    outline = [(x + across * length * 0.8, top + down * length) for across, down in _BOLT]
    glow = rgb(214, 206, 255)
    canvas.glow((x, top + 0.4 * length), length * 0.95, glow, 0.42)
    path = skia.Path.Polygon([skia.Point(*point) for point in outline], True)
    canvas.stroke(path, glow, 12, 0.2)
    canvas.stroke(path, glow, 6, 0.3)
    with canvas.showing(Part.LIGHT):
        canvas.fill(path, rgb(255, 250, 206))
