"""Paints the weather in front of everything: rain, falling snow, fog, storm."""

from typing import TypeAlias

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

_Bank: TypeAlias = tuple[float, int, float]
_NEAR_BANKS: tuple[_Bank, ...] = ((0.89, -1, 0.66), (1.0, 1, 0.86))
_BANKS_BESIDE: dict[Place | None, tuple[_Bank, ...]] = {
    None: ((-0.04, -1, 0.74), (0.10, 1, 0.70), (0.34, -1, 0.62), (0.56, 1, 0.6)),
    Place.LEFT: ((-0.04, 1, 0.52), (0.12, 1, 0.66), (0.36, 1, 0.58), (0.58, 1, 0.44)),
    Place.CENTRE: ((-0.04, -1, 0.36), (0.10, 1, 0.36), (0.34, -1, 0.30), (0.52, 1, 0.32)),
    Place.RIGHT: ((-0.04, -1, 0.52), (0.12, -1, 0.66), (0.36, -1, 0.58), (0.58, -1, 0.44)),
}
"""Banks of fog: height between horizon and lower edge, the side they come from, length (of the width)."""


def draw_weather(view: View) -> None:
    """What falls or drifts between the viewer and the land."""
    match view.scene.sky:
        case Sky.RAIN:
            _rain(view, 38)
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
    """About `count` points for each 256x256 pixels: the middles of a grid, a little moved, every second row aside."""
    width, height = view.canvas.width, view.canvas.height
    rows, columns = (round(side / 256 * count**0.5) for side in (height, width))
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
        view.canvas.stroke(path, colour, 2.8, 0.45)


def _snowfall(view: View, count: int) -> None:
    for x, y in _scattered(view, count):
        radius = view.rng.uniform(2.6, 3.8)
        view.canvas.glow((x, y), radius * 2, WHITE, 0.6)
        view.canvas.circle((x, y), radius, WHITE, 0.5)


def _fog(view: View) -> None:
    """A veil over the land, and banks that drift in from both sides, none across the subject."""
    canvas, rng = view.canvas, view.rng
    colour, pale = view.palette.haze, mix(view.palette.haze, WHITE, 0.42)
    top = view.skyline - 0.06 * canvas.height
    veil = skia.Path.Rect(skia.Rect.MakeLTRB(0, top, canvas.width, canvas.height))
    canvas.shade(veil, (0, top), (0, canvas.height), [(colour, 0.0), (colour, 0.27), (colour, 0.14), (colour, 0.3)])
    horizon, shorter = view.skyline / canvas.height, min(canvas.width, canvas.height)
    for share, edge, length in (*_BANKS_BESIDE[view.scene.subject_place], *_NEAR_BANKS):
        y = (horizon + (0.97 - horizon) * share) * canvas.height + rng.uniform(-3, 3)
        long = (length + rng.uniform(-0.03, 0.03)) * canvas.width
        for inset in (0.0, 0.013, 0.026, 0.039):
            thick = (0.12 - 2 * inset) * shorter
            reach = long - inset * 2.4 * shorter
            left = -thick if edge < 0 else canvas.width + thick - reach
            canvas.pill(left, y - thick / 2, reach, thick, pale, alpha=0.17)


def _bolt(view: View) -> None:
    """One stroke of lightning from the clouds to the land, away from the subject."""
    canvas = view.canvas
    top, foot = 0.13 * canvas.height, max(view.skyline + 0.07 * canvas.height, 0.5 * canvas.height)
    place = Place.CENTRE if view.scene.subject is Subject.BRIDGE else view.scene.subject_place
    x = _BOLTS[place] * canvas.width + view.rng.uniform(-5, 5)
    length = foot - top
    outline = [(x + across * length * 0.7, top + down * length) for across, down in _BOLT]
    glow = rgb(214, 206, 255)
    canvas.glow((x, top + 0.4 * length), length * 0.95, glow, 0.42)
    path = skia.Path.Polygon([skia.Point(*point) for point in outline], True)
    for width in (26, 20, 15, 10, 6):
        canvas.stroke(path, glow, width, 0.08)
    with canvas.showing(Part.LIGHT):
        canvas.fill(path, rgb(255, 250, 206))
