"""A river that winds through meadows from the hills towards the viewer, and passes in front in a broad reach."""

from bundled_model.drawing.canvas import Curve, Part, Point, polygon, through
from bundled_model.drawing.lands.layers import (
    band,
    crowns,
    firs,
    growth_of,
    is_snowy,
    light_path,
    lit,
    lit_snow,
    ridge,
    seen,
    tuft,
)
from bundled_model.drawing.palette import Rgb, mix, rgb
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Season, Subject

SKYLINE = (0.43, 0.45)
_WATER = rgb(34, 128, 172)
_COURSE = ((0.548, 0.6), (0.572, 0.52), (0.602, 0.65), (0.645, 0.4), (0.69, 0.53), (0.74, 0.5))
"""The middle of the river: y and x, shares of height and width."""
_BREADTH = ((0.548, 0.012), (0.572, 0.024), (0.602, 0.042), (0.645, 0.085), (0.69, 0.22), (0.715, 0.5), (0.74, 0.9))
"""Half its breadth as a share of the width, at a y."""


def draw(view: View) -> Ground:
    """Hills, a plain with the river in it, and the near bank, which opens in the middle below a bridge."""
    height = view.canvas.height
    _hills(view)
    _plain(view)
    _river(view)
    front = _bank(view)
    return Ground(foot=lambda x: front(x) + 8, float_at=0.765 * height, bank=0.735 * height)


def _ground_colour(view: View, colour: Rgb) -> Rgb:
    return lit_snow(view, colour) if is_snowy(view) else lit(view, colour)


def _hills(view: View) -> None:
    """Two rows of hills; the valley between them is where the river comes from."""
    width, height, top = view.canvas.width, view.canvas.height, view.skyline
    growth = growth_of(view)
    rows = (
        (0.62, rgb(120, 160, 176), ((-0.1, 0.03), (0.2, 0.0), (0.45, 0.055), (0.62, 0.07), (0.85, 0.015), (1.1, 0.03))),
        (0.4, growth.meadow, ((-0.1, 0.035), (0.15, 0.055), (0.5, 0.105), (0.7, 0.1), (0.9, 0.06), (1.1, 0.03))),
    )
    for distance, colour, shares in rows:
        curve = through([(x * width, top + drop * height) for x, drop in shares])
        ridge(view, curve, _ground_colour(view, colour), distance=distance, part=Part.FAR_LAND)


def _plain(view: View) -> None:
    """Meadows up to the hills, with woods along their far edge."""
    canvas, growth = view.canvas, growth_of(view)
    width, edge = canvas.width, 0.548 * canvas.height
    tall = 0.075 * canvas.height
    frame = through(
        [
            (0, tall),
            (0.3 * width, 0.7 * tall),
            (0.46 * width, 4),
            (0.74 * width, 4),
            (0.86 * width, 0.8 * tall),
            (width, tall),
        ]
    )
    base = through([(0, edge + 8), (0.5 * width, edge), (0.66 * width, edge), (width, edge + 8)])
    winter = view.scene.season is Season.WINTER
    for colour, share, spacing, shift in ((growth.second, 1.0, 20, 0.15), (growth.leaf, 0.68, 16, 0.6)):
        row = (firs if winter else crowns)(base, lambda x, share=share: frame(x) * share, spacing, shift)
        tone = lit(view, growth.fir if winter else colour)
        ridge(view, row, tone, distance=0.2, depth=50)
        if winter:
            band(view, row, lambda x, row=row: 0.6 * (base(x) - row(x)), lit_snow(view), 0.8)
    far, near = (seen(view, _ground_colour(view, growth.meadow), distance) for distance in (0.3, 0.0))
    with canvas.showing(Part.LAND):
        canvas.shade(canvas.below(base), (0, edge), (0, 0.75 * canvas.height), [(far, 1.0), (near, 1.0)])


def _river(view: View) -> None:
    """The water between its two banks, brighter far away, where it mirrors the low sky."""
    canvas, palette = view.canvas, view.palette
    width, height = canvas.width, canvas.height
    middle = through([(y * height, x * width) for y, x in _COURSE])
    half = through([(y * height, x * width) for y, x in _BREADTH])
    top, bottom = _COURSE[0][0] * height, _COURSE[-1][0] * height
    ys = [top + (bottom - top) * i / 24 for i in range(25)]
    left: list[Point] = [(middle(y) - half(y), y) for y in ys]
    right: list[Point] = [(middle(y) + half(y), y) for y in ys]
    low: list[Point] = [(-1, bottom), (-1, height), (width + 1, height), (width + 1, bottom)]
    course = polygon([*left, *low, *reversed(right)])
    earth = mix(_ground_colour(view, growth_of(view).meadow), lit(view, rgb(60, 50, 50)), 0.5)
    with canvas.showing(Part.LAND):
        canvas.polygon([(x, y - 4) for x, y in (*left, *low, *reversed(right))], earth)
    blue = mix(lit(view, _WATER), palette.sky[1], 0.35)
    deep = mix(lit(view, _WATER), palette.sky[0], 0.45)
    with canvas.showing(Part.WATER):
        stops = [(mix(blue, palette.sky[2], 0.55), 1.0), (blue, 1.0), (deep, 1.0)]
        canvas.shade(course, (0, top), (0, 0.84 * height), stops)
        crest = mix(blue, palette.sky[2], 0.6)
        for x, y, length in ((0.2, 0.752, 0.2), (0.66, 0.738, 0.24), (0.4, 0.782, 0.2), (0.86, 0.79, 0.22)):
            canvas.pill((x - length / 2) * width, y * height, length * width, 3.5, crest, alpha=0.45)
        light_path(view, 0.7 * height, 0.83 * height)


def _bank(view: View) -> Curve:
    """The near bank with tufts of grass; returns its upper edge."""
    canvas, growth = view.canvas, growth_of(view)
    width, height = canvas.width, canvas.height
    shares = ((-0.05, 0.815), (0.2, 0.808), (0.5, 0.825), (0.8, 0.818), (1.05, 0.80))
    if view.scene.subject is Subject.BRIDGE:
        low = 1.03
        shares = (
            (0.0, 0.715),
            (0.19, 0.74),
            (0.26, 0.83),
            (0.33, low),
            (0.67, low),
            (0.74, 0.83),
            (0.81, 0.74),
            (1, 0.715),
        )
    front = through([(x * width, y * height) for x, y in shares])
    grass = _ground_colour(view, mix(growth.meadow, rgb(60, 130, 60), 0.0 if is_snowy(view) else 0.15))
    low_grass = mix(grass, lit(view, rgb(20, 60, 80)), 0.35)
    rim = mix(grass, lit(view, rgb(60, 50, 50)), 0.5)
    with canvas.showing(Part.LAND):
        canvas.fill(canvas.below(lambda x: front(x) - 4), rim)
        canvas.shade(canvas.below(front), (0, 0.79 * height), (0, height), [(grass, 1.0), (low_grass, 1.0)])
        for x, tall in ((0.03, 18), (0.1, 13), (0.91, 14), (0.975, 19)):
            tuft(view, (x * width, front(x * width) + 14), tall, mix(low_grass, lit(view, rgb(30, 70, 50)), 0.35))
    return front
