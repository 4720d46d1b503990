"""Desert: sweeping dunes, each with a bright and a shaded side that meet in a curved crest."""

import itertools
from collections.abc import Sequence

import skia

from bundled_model.drawing.canvas import Canvas, Part, Point, through
from bundled_model.drawing.lands.layers import ridge, seen
from bundled_model.drawing.lands.open_ground import light_side, sidelight, swells
from bundled_model.drawing.palette import LAND, Rgb, mix, rgb, tint
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Place, Terrain

SKYLINE = (0.45, 0.48)
_DUNES: tuple[tuple[float, Sequence[Point], Sequence[Point]], ...] = (
    # Distance, outline and crest of each dune: shares of the width, and of the height below the skyline.
    (0.4, ((-0.1, 0.2), (0.3, 0.14), (0.7, 0.02), (0.9, 0.1), (1.1, 0.16)), ((0.72, 0.0), (0.64, 0.12), (0.7, 0.3))),
    (
        0.16,
        ((-0.1, 0.24), (0.1, 0.1), (0.24, 0.03), (0.38, 0.12), (0.62, 0.3), (1.1, 0.42)),
        ((0.24, 0.02), (0.34, 0.14), (0.27, 0.28), (0.36, 0.44), (0.56, 0.62)),
    ),
    (
        0.04,
        ((-0.1, 0.62), (0.3, 0.54), (0.6, 0.36), (0.8, 0.24), (0.93, 0.3), (1.1, 0.42)),
        ((0.8, 0.23), (0.7, 0.34), (0.78, 0.46), (0.6, 0.58), (0.3, 0.76)),
    ),
)


def draw(view: View) -> Ground:
    """Three dunes, the near sand, and a small cactus far from whatever stands there."""
    canvas = view.canvas
    width, height = canvas.width, canvas.height
    for distance, outline, crest in _DUNES:
        _dune(view, outline, crest, distance)
    front = through(
        [(0, 0.74 * height), (0.35 * width, 0.725 * height), (0.7 * width, 0.76 * height), (width, 0.74 * height)]
    )
    sand = _sandy(view, mix(LAND[Terrain.DESERT], rgb(250, 214, 150), 0.35))
    ridge(view, front, sand, distance=0.0)
    shade = mix(_sandy(view, rgb(170, 92, 72)), view.palette.sky[0], 0.15)
    swells(view, front, shade)
    sidelight(view, canvas.below(front), shade)
    at = 0.07 if view.scene.subject_place is Place.RIGHT else 0.93
    with canvas.showing(Part.LAND):
        _cactus(canvas, (at * width, front(at * width) + 8), 34, _sandy(view, rgb(70, 142, 88)))
    return Ground(foot=lambda x: front(x) + 0.085 * height)


def _dune(view: View, outline: Sequence[Point], crest: Sequence[Point], distance: float) -> None:
    """One dune: its shaded whole, then the bright side of the crest that faces the light."""
    canvas = view.canvas
    depth = canvas.height - view.skyline
    moved = view.rng.uniform(-0.02, 0.02)

    def placed(points: Sequence[Point]) -> list[Point]:
        return [((x + moved) * canvas.width, view.skyline + y * depth) for x, y in points]

    bright, shaded = _colours(view, distance)
    curve = through(placed(outline))
    top = placed(crest)[0]
    lit_right = light_side(view, top[0]) > 0
    deep = mix(shaded, view.palette.haze, 0.2 + 0.3 * distance)
    with canvas.showing(Part.FAR_LAND if distance > 0.4 else Part.LAND):
        first, second = (shaded, bright) if lit_right else (bright, shaded)
        canvas.shade(
            canvas.below(curve), (0, top[1]), (0, top[1] + 0.5 * depth), [(first, 1.0), (mix(first, deep, 0.5), 1.0)]
        )
        edge = canvas.width + 1
        side = [(x, curve(x)) for x in (top[0] + (edge - top[0]) * i / 20 for i in range(21))]
        path = _side(placed(crest), side, canvas.height + 1)
        canvas.shade(path, (0, top[1]), (0, top[1] + 0.5 * depth), [(second, 1.0), (mix(second, deep, 0.5), 1.0)])


def _side(crest: Sequence[Point], outline: Sequence[Point], bottom: float) -> skia.Path:
    """What lies right of a crest, below an outline: the crest is smoothed through its points."""
    path = skia.Path()
    path.moveTo(*crest[0])
    for (x0, y0), (x1, y1) in itertools.pairwise(crest):
        path.cubicTo(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2, x1, y1)
    path.lineTo(crest[-1][0], bottom)
    path.lineTo(outline[-1][0], bottom)
    for x, y in reversed(outline):
        path.lineTo(x, y)
    path.close()
    return path


def _colours(view: View, distance: float) -> tuple[Rgb, Rgb]:
    """Bright and shaded sand, as seen from here."""
    sand = LAND[Terrain.DESERT]
    bright = _sandy(view, mix(sand, rgb(255, 216, 148), 0.45))
    shaded = mix(_sandy(view, mix(sand, rgb(150, 66, 40), 0.5)), view.palette.sky[0], 0.06)
    return seen(view, mix(bright, view.palette.light, 0.16), distance), seen(view, shaded, distance)


def _sandy(view: View, colour: Rgb) -> Rgb:
    """A colour of the sand under the light of the scene: it stays warm at night."""
    return tint(colour, mix(view.palette.ambient, (1.0, 0.8, 0.62), 0.26))


def _cactus(canvas: Canvas, foot: Point, height: float, colour: Rgb) -> None:
    """A small saguaro with two arms."""
    x, y = foot
    canvas.pill(x - 4.5, y - height, 9, height + 3, colour)
    arms = skia.Path()
    for side, low in ((-1, 0.38), (1, 0.5)):
        arms.moveTo(x, y - height * low)
        arms.quadTo(x + side * 12, y - height * low + 2, x + side * 11, y - height * (low + 0.28))
    canvas.stroke(arms, colour, 6.0)
