"""A city: towers at fixed places, windows that shine after dark, their reflection in the water, a quay in front."""

from dataclasses import dataclass

import skia

from bundled_model.drawing.canvas import Part, Point
from bundled_model.drawing.lands.layers import is_snowy, lit, lit_snow, seen, water, wet
from bundled_model.drawing.palette import WHITE, Rgb, mix, rgb
from bundled_model.drawing.view import Ground, View

SKYLINE = (0.385, 0.395)
_FAR = rgb(134, 150, 186)
_WATER = rgb(34, 92, 138)
_QUAY = rgb(126, 128, 146)
_PANE, _GAP = (6.0, 8.0), (10.0, 14.0)
"""Size of a window, and from one to the next, pixels."""


@dataclass(frozen=True, slots=True)
class _Tower:
    """`left` is pixels right of the picture's middle, `top` the share of the height between skyline and street."""

    left: float
    width: float
    top: float
    wall: Rgb
    roof: str = "flat"


_BLUE, _SAND, _BRICK, _GREY = rgb(112, 138, 186), rgb(206, 182, 158), rgb(186, 122, 108), rgb(142, 150, 170)
_TOWERS = (
    _Tower(-204, 42, 0.42, _SAND),
    _Tower(-162, 38, 0.14, _BLUE, "mast"),
    _Tower(-124, 36, 0.4, _BRICK),
    _Tower(-88, 40, 0.12, _BLUE, "step"),
    _Tower(-48, 38, 0.46, _SAND),
    _Tower(-10, 40, 0.22, _GREY, "mast"),
    _Tower(30, 38, 0.54, _BRICK),
    _Tower(68, 40, 0.05, _SAND, "point"),
    _Tower(108, 38, 0.34, _GREY, "step"),
    _Tower(146, 40, 0.18, _BRICK),
    _Tower(186, 40, 0.42, _BLUE),
)
_BACK = (
    *((-190, 30, 0.08), (-142, 28, 0.0), (-108, 26, 0.17), (-64, 30, 0.05), (-26, 26, 0.0), (18, 30, 0.16)),
    *((52, 26, 0.04), (92, 28, 0.12), (132, 24, 0.0), (170, 30, 0.1)),
)
"""Towers in the haze: pixels right of the middle, width, share of the height below the skyline."""


def draw(view: View) -> Ground:
    """Towers, the water before them, and the quay."""
    canvas = view.canvas
    height, street = canvas.height, 0.745 * canvas.height
    far = seen(view, lit(view, _FAR), 0.55)
    middle = canvas.width / 2 + view.rng.uniform(-4, 4)
    with canvas.showing(Part.FAR_LAND):
        for left, width, top in _BACK:
            y = view.skyline + top * (street - view.skyline)
            canvas.box(middle + left, y, width, street - y, far)
    with canvas.showing(Part.LAND):
        for index, tower in enumerate(_TOWERS):
            if -tower.width < middle + tower.left < canvas.width:
                _draw_tower(view, tower, middle + tower.left, street, index)
    wall = mix(lit(view, _QUAY), lit(view, rgb(60, 60, 90)), 0.3)
    with canvas.showing(Part.LAND):
        canvas.box(0, street - 4, canvas.width, 5, wall)
    water(view, street, wet(view, _WATER, 0.1), mirror=0.6, ripples=5)
    _quay(view)
    return Ground(foot=lambda _x: 0.845 * height)


def _draw_tower(view: View, tower: _Tower, left: float, street: float, index: int) -> None:
    """A tower with its shaded side, its roof, and windows on a grid."""
    canvas, palette = view.canvas, view.palette
    top = view.skyline + (0.08 + tower.top) * (street - view.skyline)
    wall = seen(view, lit(view, tower.wall), 0.08)
    shade = mix(wall, mix(lit(view, rgb(40, 44, 92)), palette.sky[0], 0.3), 0.38)
    _roof(view, tower, (left, top), wall)
    box = (left, top, tower.width, street - top)
    canvas.box(*box, wall)
    canvas.box(left + tower.width - 7, top, 7, street - top, shade)
    if is_snowy(view):
        canvas.box(left, top - 2, tower.width, 5, lit_snow(view))
    panes = {True: skia.Path(), False: skia.Path()}
    for row in range(int((street - top - 12) // _GAP[1])):
        for column in range(int((tower.width - 9) // _GAP[0])):
            bright = palette.lit and (3 * row + 5 * column + 2 * index + row * column) % 7 not in (1, 4)
            x, y = left + 4 + _GAP[0] * column, top + 9 + _GAP[1] * row
            panes[bright].addRect(skia.Rect.MakeXYWH(x, y, *_PANE))
    canvas.fill(panes[False], mix(wall, mix(palette.sky[0], lit(view, rgb(40, 60, 110)), 0.5), 0.5))
    if palette.lit:
        canvas.fill(panes[True], mix(palette.glow, WHITE, 0.1))


def _roof(view: View, tower: _Tower, corner: Point, wall: Rgb) -> None:
    canvas = view.canvas
    x, y = corner
    middle = x + tower.width / 2
    if tower.roof == "mast":
        canvas.box(middle - 2, y - 22, 4, 24, wall)
    elif tower.roof == "step":
        canvas.box(x + 7, y - 9, tower.width - 14, 10, wall)
    elif tower.roof == "point":
        canvas.polygon(
            [(x + 4, y + 1), (middle, y - 26), (x + tower.width - 4, y + 1)],
            mix(wall, lit(view, rgb(60, 70, 120)), 0.35),
        )


def _quay(view: View) -> None:
    """A pavement with a low wall, and two lamps that shine after dark."""
    canvas, palette = view.canvas, view.palette
    width, height = canvas.width, canvas.height
    top = 0.9 * height
    stone = lit_snow(view, rgb(226, 234, 246)) if is_snowy(view) else lit(view, _QUAY)
    wall = mix(lit(view, _QUAY), lit(view, rgb(40, 40, 80)), 0.45)
    with canvas.showing(Part.LAND):
        canvas.shade(canvas.below(lambda _x: top), (0, top), (0, height), [(stone, 1.0), (mix(stone, wall, 0.5), 1.0)])
        canvas.box(0, top - 4, width, 6, wall)
        for x in (0.09, 0.91):
            post = mix(wall, lit(view, rgb(20, 20, 40)), 0.4)
            canvas.box(x * width - 2, top - 44, 4, 56, post)
            if palette.lit:
                canvas.glow((x * width, top - 48), 34, palette.glow, 0.55)
            canvas.circle((x * width, top - 48), 6.5, palette.glow if palette.lit else mix(stone, WHITE, 0.5))
