"""What grows on lands: small firs, groves, bare trees, and the open ground before them, as seasons want.

Trees that a picture is about are things, drawn elsewhere. Many firs become one shape, so that a wood costs a medium no
more than a hill does.
"""

import random
from collections.abc import Sequence
from typing import TypeAlias

import skia

from bundled_model.drawing.canvas import Canvas, Curve, Part, Point
from bundled_model.drawing.lands.layers import growth_of, is_snowy, lit, lit_snow, seen
from bundled_model.drawing.lands.open_ground import light_side, sidelight, swells
from bundled_model.drawing.palette import WHITE, Rgb, mix, rgb, tint
from bundled_model.drawing.view import View
from bundled_model.scenes.scene import Season

Spot: TypeAlias = tuple[float, float, float]
"""Where a plant stands, and its height or radius: x, y, size in pixels."""

BARK = rgb(104, 76, 72)
_TIERS = ((0.0, 1.0), (0.13, 0.66), (0.08, 0.66), (0.2, 0.34), (0.13, 0.34), (0.27, 0.0))
_CAPS = ((0.76, 1.0, 0.09), (0.49, 0.66, 0.125), (0.19, 0.34, 0.165))
_PATTERN = (1.0, 0.78, 1.12, 0.86, 0.96, 0.72, 1.06)


def wood(rng: random.Random, ground: Curve, span: tuple[float, float], *, height: float, gap: float) -> list[Spot]:
    """A row of trees along a ground from x to x, `gap` pixels apart: tall and short ones in a fixed pattern."""
    spots = []
    for index in range(int((span[1] - span[0]) / gap) + 1):
        x = span[0] + index * gap + rng.uniform(-0.1, 0.1) * gap
        spots.append((x, ground(x) + 2, height * _PATTERN[index % len(_PATTERN)] * rng.uniform(0.95, 1.05)))
    return spots


def firs(canvas: Canvas, spots: Sequence[Spot], colour: Rgb, snow: Rgb | None = None) -> None:
    """Firs of three tiers as one shape; with `snow`, white on the tip and the tiers of each."""
    trees, caps = skia.Path(), skia.Path()
    outline = [*_TIERS, *((-dx, dy) for dx, dy in reversed(_TIERS[1:]))]
    for x, y, height in spots:
        trees.addPoly([skia.Point(x + dx * height, y - dy * height) for dx, dy in outline], True)
        if snow:
            _add_caps(caps, (x, y), height)
    canvas.fill(trees, colour)
    if snow:
        # In two layers, neither opaque enough to count as a shape: media outline the tree, not the snow on it.
        for _ in range(2):
            canvas.fill(caps, snow, 0.5)


def _add_caps(path: skia.Path, foot: Point, height: float) -> None:
    """Add snow on each tier of a fir: its upper part, with a sagging lower edge."""
    x, y = foot
    for low, high, half in _CAPS:
        top = 0.0 if high == 1.0 else half * 0.45
        rim = [(half, low), (half * 0.4, low + 0.07), (0.0, low), (-half * 0.4, low + 0.07), (-half, low)]
        points = [(-top, high), (top, high), *rim]
        path.addPoly([skia.Point(x + dx * height, y - dy * height) for dx, dy in points], True)


def bare_tree(canvas: Canvas, spot: Spot, bark: Rgb) -> None:
    """A leafless tree: a trunk, boughs like the ribs of a fan, and a breath of twigs about them."""
    x, y, height = spot
    twigs = skia.Path.Oval(skia.Rect.MakeXYWH(x - height * 0.4, y - height * 1.04, height * 0.8, height * 0.72))
    canvas.fill(twigs, bark, 0.2)
    canvas.stroke(_line((x, y + 1), (x, y - height * 0.5)), bark, max(3.0, height * 0.09))
    boughs = skia.Path()
    for low, dx, high in ((0.3, -0.34, 0.68), (0.36, 0.34, 0.74), (0.5, -0.14, 0.98), (0.5, 0.16, 0.94)):
        boughs.moveTo(x, y - low * height)
        boughs.lineTo(x + dx * height, y - high * height)
    canvas.stroke(boughs, bark, max(2.2, height * 0.055))


def grown(view: View, colour: Rgb) -> Rgb:
    """The colour of a plant under the light of the scene: a little milder, so that the season shows at night too."""
    return tint(colour, mix(view.palette.ambient, WHITE, 0.22))


def grove(view: View, spot: Spot, distance: float, *, second: bool = False) -> None:
    """A clump of leaf trees as the season has it: in blossom, green, red, or bare; `spot` holds its height."""
    x, y, height = spot
    bark = seen(view, grown(view, BARK), distance)
    if view.scene.season is Season.WINTER:
        for dx, size in ((0.0, 1.35),) if second else ((-0.55, 1.2), (0.6, 1.45)):
            bare_tree(view.canvas, (x + dx * height, y, height * size), bark)
        return
    crown = seen(view, _crown(view, second), distance)
    leaves = skia.Path()
    for dx, dy, size in ((-0.62, 0.3, 0.36), (-0.1, 0.5, 0.5), (0.5, 0.34, 0.4), (0.12, 0.2, 0.4)):
        leaves.addCircle(x + dx * height, y - dy * height, height * size)
    _fill_crown(view, leaves, (x, y, height), crown, bark)


def _crown(view: View, second: bool) -> Rgb:
    """Leaves of one of the two kinds of trees, lit; what the season shows most (blossom, red leaves) a little more."""
    growth = growth_of(view)
    colour = growth.second if second else growth.leaf
    return mix(grown(view, colour), colour, 0.0 if view.scene.season is Season.SUMMER else 0.1)


def _fill_crown(view: View, leaves: skia.Path, spot: Spot, crown: Rgb, bark: Rgb) -> None:
    """Fill the leaves of one or more trees at a spot, brighter towards the light."""
    x, y, height = spot
    shade = mix(crown, mix(bark, rgb(40, 30, 90), 0.5), 0.38)
    bright = mix(crown, mix(view.palette.light, WHITE, 0.3), 0.16)
    reach = light_side(view, x) * height * 0.45
    stops = [(shade, 1.0), (crown, 1.0), (bright, 1.0)]
    view.canvas.shade(leaves, (x - reach, y - height * 0.1), (x + reach, y - height * 0.95), stops)


def leaf_tree(view: View, spot: Spot, distance: float, *, second: bool = False) -> None:
    """One tall leaf tree with an oval crown, as the season has it."""
    x, y, height = spot
    bark = seen(view, grown(view, BARK), distance)
    if view.scene.season is Season.WINTER:
        bare_tree(view.canvas, spot, bark)
        return
    crown = seen(view, _crown(view, second), distance)
    view.canvas.stroke(_line((x, y), (x, y - height * 0.5)), bark, max(3.0, height * 0.07))
    leaves = skia.Path()
    for dx, dy, size in ((-0.16, 0.42, 0.2), (0.17, 0.44, 0.2), (0.0, 0.6, 0.27), (0.02, 0.8, 0.18)):
        leaves.addCircle(x + dx * height, y - dy * height, height * size)
    _fill_crown(view, leaves, spot, crown, bark)


def seasonal_firs(view: View, spots: Sequence[Spot], distance: float) -> None:
    """Firs in the green of the season, or under snow."""
    snow = seen(view, lit_snow(view), distance) if is_snowy(view) else None
    firs(view.canvas, spots, seen(view, grown(view, growth_of(view).fir), distance), snow)


def meadow(view: View, curve: Curve) -> None:
    """The open ground in front: grass or snow, brighter towards the light, with what the season strews on it."""
    canvas, growth, snowy = view.canvas, growth_of(view), is_snowy(view)
    colour = lit_snow(view, growth.meadow) if snowy else grown(view, growth.meadow)
    deep = mix(colour, lit(view, rgb(96, 130, 206) if snowy else mix(growth.fir, rgb(16, 70, 70), 0.4)), 0.45)
    pale = mix(colour, WHITE, 0.08)
    top = min(curve(canvas.width * i / 8) for i in range(9))
    with canvas.showing(Part.LAND):
        land = canvas.below(curve)
        canvas.shade(land, (0, top), (0, canvas.height), [(pale, 1.0), (colour, 1.0), (mix(colour, deep, 0.6), 1.0)])
        sidelight(view, land, deep)
        swells(view, curve, deep)
        _strew(view, curve)


def _strew(view: View, curve: Curve) -> None:
    """Flowers in spring and fallen leaves in autumn: few and large."""
    canvas, season, growth, rng = view.canvas, view.scene.season, growth_of(view), view.rng
    if season not in (Season.SPRING, Season.AUTUMN):
        return
    second = growth.second if season is Season.AUTUMN else WHITE
    for index, share in enumerate((0.04, 0.13, 0.34, 0.41, 0.61, 0.67, 0.9, 0.97)):
        x = (share + rng.uniform(-0.012, 0.012)) * canvas.width
        y = curve(x) + (canvas.height - curve(x)) * (0.4, 0.82, 0.6)[index % 3]
        petal = (growth.leaf, second)[index % 2]
        for dx, dy in ((-10, 2), (1, -4), (10, 3)):
            canvas.pill(x + dx - 4, y + dy, 8, 6, mix(grown(view, petal), petal, 0.12), alpha=0.5)
            canvas.pill(x + dx - 4, y + dy, 8, 6, mix(grown(view, petal), petal, 0.12), alpha=0.5)


def _line(start: Point, end: Point) -> skia.Path:
    path = skia.Path()
    path.moveTo(*start)
    path.lineTo(*end)
    return path
