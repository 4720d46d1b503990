"""What lands share: layers that fade with distance, still or moving water, the path of light upon it, tree lines.

Nothing here depends on the medium. Lengths are pixels; a distance is 0 in the foreground and 1 at the horizon.
"""

import functools
import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import skia

from bundled_model.drawing.canvas import Curve, Part, Point, polygon
from bundled_model.drawing.palette import WHITE, Rgb, mix, rgb, tint
from bundled_model.drawing.view import View
from bundled_model.scenes.scene import Season, Sky

_GOLDEN = 0.618034
Bar: TypeAlias = tuple[float, float, float, float]
"""Middle, upper edge, width and thickness of a horizontal bar."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Colours of what grows in a season, before light and haze; `leaf` and `second` are the crowns of trees."""

    meadow: Rgb
    leaf: Rgb
    second: Rgb
    fir: Rgb


GROWTHS: dict[Season, Growth] = {
    Season.SPRING: Growth(rgb(150, 206, 88), rgb(248, 176, 202), rgb(178, 216, 104), rgb(70, 140, 92)),
    Season.SUMMER: Growth(rgb(84, 162, 70), rgb(42, 118, 62), rgb(70, 146, 66), rgb(30, 92, 72)),
    Season.AUTUMN: Growth(rgb(214, 170, 70), rgb(226, 106, 40), rgb(194, 60, 44), rgb(104, 96, 60)),
    Season.WINTER: Growth(rgb(238, 244, 252), rgb(196, 210, 230), rgb(150, 150, 170), rgb(78, 116, 128)),
}


def growth_of(view: View) -> Growth:
    """What grows in the season of the scene; of summer where it has none."""
    return GROWTHS[view.scene.season or Season.SUMMER]


def is_snowy(view: View) -> bool:
    """Whether snow lies on the land: in winter, and where it snows."""
    return view.scene.season is Season.WINTER or view.scene.sky is Sky.SNOWFALL


def lit(view: View, colour: Rgb, bright: float = 0.0) -> Rgb:
    """A colour of the land under the light of the scene; `bright` spares it a share of the dark."""
    return tint(colour, mix(view.palette.ambient, WHITE, bright))


def lit_snow(view: View, colour: Rgb = WHITE) -> Rgb:
    """A colour of snow under the light of the scene: it keeps more light than grass does."""
    return tint(colour, mix(view.palette.ambient, WHITE, 0.34))


def seen(view: View, colour: Rgb, distance: float) -> Rgb:
    """A colour that is lit already, as seen through the air in between: it takes on the sky's hue, then its haze."""
    mist = 0.55 * view.palette.mist * (0.25 + distance)
    return mix(mix(colour, view.palette.sky[0], 0.4 * distance), view.palette.haze, min(0.92, 0.64 * distance + mist))


def wet(view: View, colour: Rgb, sheen: float) -> Rgb:
    """The colour of water, not lit yet, under the sky of the scene; `sheen` is the share of the sky it mirrors."""
    palette = view.palette
    return mix(mix(lit(view, colour), palette.sky[0], 0.38), palette.sky[1], sheen)


def deeper(colour: Rgb, share: float = 1.0) -> Rgb:
    """A colour in shade, still fresh: cooler and darker, by at most a third."""
    return mix(colour, tint(colour, (0.64, 0.74, 0.80)), share)


def level(y: float) -> Curve:
    """A flat curve."""
    return lambda _x: y


def crags(points: Sequence[Point]) -> Curve:
    """Straight lines through points of rising x, where `canvas.through` is smooth; level beyond the ends."""

    def curve(x: float) -> float:
        if x <= points[0][0]:
            return points[0][1]
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            if x <= x1:
                return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
        return points[-1][1]

    return curve


def ridge(
    view: View,
    curve: Curve,
    colour: Rgb,
    *,
    distance: float,
    part: Part = Part.LAND,
    depth: float = 90,
    step: float = 2.0,
) -> None:
    """One layer of land from the curve down to the lower edge: hazier with distance, and misty towards its foot.

    Args:
        view: The picture.
        curve: Upper edge, y(x).
        colour: Of the land, lit already (`lit`, `lit_snow`).
        distance: 0 near to 1 far.
        part: What it is in the map of parts.
        depth: How far below its highest point the mist reaches its full strength.
        step: How finely the curve is followed, pixels; 4 is enough for a smooth one.
    """
    upper = seen(view, colour, distance)
    lower = mix(upper, view.palette.haze, 0.1 + 0.4 * distance)
    top = min(curve(view.canvas.width * i / 16) for i in range(17))
    with view.canvas.showing(part):
        view.canvas.shade(view.canvas.below(curve, step), (0, top), (0, top + depth), [(upper, 1.0), (lower, 1.0)])


def band(view: View, curve: Curve, depth: Curve, colour: Rgb, alpha: float = 1.0) -> None:
    """A strip that follows a curve from above, `depth(x)` thick: snow on a ridge, shadow below a crest, foam."""
    xs = [4.0 * i for i in range(view.canvas.width // 4 + 2)]
    edge = [(x, curve(x)) for x in xs]
    view.canvas.polygon([*edge, *((x, y + max(0.0, depth(x))) for x, y in reversed(edge))], colour, alpha)


def firs(base: Curve, height: float | Curve, spacing: float, phase: float = 0.0) -> Curve:
    """The upper edge of a row of firs that stand on `base`; tall and short ones alternate in a fixed pattern.

    `height` (of the tallest, pixels) may depend on x.
    """
    return _row(base, height, spacing, phase, lambda u: 1 - u)


def crowns(base: Curve, height: float | Curve, spacing: float, phase: float = 0.0) -> Curve:
    """The upper edge of a row of round trees that stand on `base`."""
    return _row(base, height, spacing, phase, lambda u: math.sqrt(1 - u * u))


def _row(base: Curve, height: float | Curve, spacing: float, phase: float, profile: Curve) -> Curve:
    @functools.cache
    def tree(index: int) -> tuple[float, float, float]:
        """Where one stands, its height, and half its breadth."""
        middle, tall = (index + phase) * spacing, 0.62 + 0.38 * ((index * _GOLDEN) % 1.0)
        return middle, tall * (height(middle) if callable(height) else height), spacing * (0.42 + 0.3 * tall)

    def curve(x: float) -> float:
        nearest = round(x / spacing - phase)
        best = 0.0
        for index in (nearest - 1, nearest, nearest + 1):
            middle, tall, half = tree(index)
            away = abs(x - middle) / half
            if away < 1:
                best = max(best, tall * profile(away))
        return base(x) - best

    return curve


def water(view: View, shore: float, colour: Rgb, *, mirror: float = 0.5, ripples: int = 8) -> None:
    """Water from the shore (y) down to the lower edge, with the reflection of what is painted above, and of the light.

    Args:
        view: The picture, with everything beyond the water painted.
        shore: The far edge of the water.
        colour: Its own colour, lit already.
        mirror: How strongly it reflects, 0 to 1; strongest at the shore.
        ripples: Long calm lines; 0 for none.
    """
    canvas, palette = view.canvas, view.palette
    area = polygon([(0, shore), (canvas.width, shore), (canvas.width, canvas.height), (0, canvas.height)])
    shallow = mix(colour, palette.sky[2], 0.45)
    with canvas.showing(Part.WATER):
        canvas.shade(area, (0, shore), (0, canvas.height), [(shallow, 1.0), (colour, 1.0)])
        if mirror > 0:
            canvas.mirror(shore, mirror)
        deep = mix(colour, palette.sky[0], 0.4)
        canvas.shade(area, (0, shore), (0, canvas.height), [(deep, 0.0), (deep, 0.32), (deep, 0.7)])
        lines = [_ripple(view, shore, index / ripples) for index in range(ripples)]
        canvas.fill(bars(lines), mix(colour, palette.sky[2], 0.6), 0.4)
        light_path(view, shore)


def _ripple(view: View, shore: float, share: float) -> Bar:
    """One long line; `share` is how far from the shore to the lower edge it lies."""
    canvas = view.canvas
    y = shore + 7 + (canvas.height - shore - 8) * share**1.2
    width = canvas.width * (0.14 + 0.2 * share)
    middle = canvas.width * ((share * 8 * _GOLDEN + 0.2) % 1.0) + view.rng.uniform(-6, 6)
    return (middle, y, width, 3.0)


def bars(lines: Sequence[Bar]) -> skia.Path:
    """Bars with round ends as one path."""
    path = skia.Path()
    for middle, y, width, thick in lines:
        path.addRoundRect(skia.Rect.MakeXYWH(middle - width / 2, y, width, thick), thick / 2, thick / 2)
    return path


def light_path(view: View, shore: float, bottom: float | None = None) -> None:
    """Bars of light on the water below sun or moon, from the shore to `bottom` (y); nothing where there is no light."""
    if view.light is None:
        return
    canvas, light = view.canvas, view.palette.light
    bottom = canvas.height if bottom is None else bottom
    middle, y = view.light[0], shore + 3.0
    canvas.glow((middle, shore + 8), 46, light, 0.35)
    lines: list[Bar] = []
    while y < bottom - 4:
        share = (y - shore) / (canvas.height - shore)
        width = (36 + 14 * share) * (0.62 + 0.38 * ((0.9 + len(lines) * _GOLDEN) % 1.0))
        lines.append((middle + (3.5 if len(lines) % 2 else -3.5), y, width, 3.5 + 2.0 * share))
        y += 8 + 6 * share
    canvas.shade(bars(lines), (0, shore), (0, canvas.height), [(light, 0.92), (light, 0.5)])


def bank(view: View, front: Curve, colour: Rgb, rim: Rgb) -> None:
    """The near bank of water below its upper edge, lit already, with a strip of earth or ice along it."""
    canvas = view.canvas
    top = min(front(canvas.width * i / 8) for i in range(9))
    low = deeper(colour, 0.6 if is_snowy(view) else 1.0)
    with canvas.showing(Part.LAND):
        canvas.fill(canvas.below(lambda x: front(x) - 4), rim)
        canvas.shade(canvas.below(front), (0, top), (0, canvas.height), [(colour, 1.0), (low, 1.0)])


def tuft(view: View, foot: Point, height: float, colour: Rgb, *, blades: int = 4, lean: float = 0.0) -> None:
    """A tuft of grass or reed: bent blades, four pixels wide at the foot; `lean` bends all of them to one side."""
    x, y = foot
    path = skia.Path()
    for index in range(blades):
        aside = (index / max(1, blades - 1) - 0.5) * 2
        tall = height * (1.0 - 0.28 * abs(aside) + 0.1 * (index % 2))
        tip = (x + (aside * 0.45 + lean) * height, y - tall)
        knee = (x + aside * 0.12 * height, y - 0.65 * tall)
        path.moveTo(x + aside * 4 - 2.2, y)
        path.quadTo(knee[0] - 2, knee[1], *tip)
        path.quadTo(knee[0] + 2.2, knee[1], x + aside * 4 + 2.2, y)
        path.close()
    view.canvas.fill(path, colour)


def jitter(rng: random.Random, value: float, share: float = 0.04) -> float:
    """A value moved by at most a share of itself: compositions vary mildly."""
    return value * rng.uniform(1 - share, 1 + share)
