"""A river that winds through meadows from the hills towards the viewer, and passes in front in a broad reach."""

from bundled_model.drawing.canvas import Curve, Part, Point, polygon, through
from bundled_model.drawing.lands.layers import (
    band,
    bank,
    bars,
    crowns,
    deeper,
    firs,
    growth_of,
    is_snowy,
    light_path,
    lit,
    lit_snow,
    ridge,
    seen,
    tuft,
    wet,
)
from bundled_model.drawing.palette import Rgb, mix, rgb
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Season, Subject

SKYLINE = (0.395, 0.415)
_WATER, _DEEP = rgb(34, 136, 180), rgb(18, 88, 140)
_EDGE = 0.505
"""Where the plain begins, a share of the height."""
_COURSE = ((_EDGE, 0.6), (0.53, 0.53), (0.568, 0.655), (0.625, 0.36), (0.682, 0.54), (0.74, 0.5))
"""The middle of the river: y and x, shares of height and width."""
_BREADTH = ((_EDGE, 0.014), (0.53, 0.032), (0.568, 0.06), (0.625, 0.115), (0.682, 0.25), (0.71, 0.48), (0.74, 0.9))
"""Half its breadth as a share of the width, at a y."""
_FIELDS = (
    ((-0.01, 0.545), (0.3, 0.53), (0.27, 0.575), (-0.01, 0.6)),
    ((0.74, 0.53), (1.01, 0.545), (1.01, 0.59), (0.8, 0.565)),
    ((0.72, 0.61), (0.86, 0.6), (1.01, 0.632), (1.01, 0.69), (0.84, 0.675)),
)
"""Corners of fields of another green in the plain."""


def draw(view: View) -> Ground:
    """Hills, a plain with the river in it, and the near bank, which opens in the middle below a bridge."""
    height = view.canvas.height
    _hills(view)
    _plain(view)
    _river(view)
    front = _bank(view)
    return Ground(foot=lambda x: front(x) + 8, float_at=0.757 * height, bank=0.735 * height)


def _ground_colour(view: View, colour: Rgb) -> Rgb:
    return lit_snow(view, colour) if is_snowy(view) else lit(view, colour, 0.1)


def _hills(view: View) -> None:
    """Two rows of hills; the valley between them is where the river comes from."""
    width, height, top = view.canvas.width, view.canvas.height, view.skyline
    growth = growth_of(view)
    rows = (
        (0.6, rgb(104, 150, 176), ((-0.1, 0.05), (0.2, 0.0), (0.44, 0.07), (0.62, 0.09), (0.86, 0.02), (1.1, 0.05))),
        (0.36, growth.meadow, ((-0.1, 0.03), (0.14, 0.06), (0.5, 0.115), (0.7, 0.115), (0.92, 0.06), (1.1, 0.03))),
    )
    for distance, colour, shares in rows:
        curve = through([(x * width, top + drop * height) for x, drop in shares])
        ridge(view, curve, _ground_colour(view, colour), distance=distance, part=Part.FAR_LAND, step=4)


def _plain(view: View) -> None:
    """Meadows and fields up to the hills, with woods along their far edge."""
    canvas = view.canvas
    width, height, edge = canvas.width, canvas.height, _EDGE * canvas.height
    base = through([(0, edge + 9), (0.45 * width, edge), (0.7 * width, edge), (width, edge + 9)])
    _woods(view, base)
    meadow = growth_of(view).meadow
    far, near = (seen(view, _ground_colour(view, meadow), distance) for distance in (0.28, 0.0))
    field = mix(meadow, rgb(150, 190, 240) if is_snowy(view) else rgb(210, 206, 90), 0.34)
    with canvas.showing(Part.LAND):
        canvas.shade(canvas.below(base), (0, edge), (0, 0.75 * height), [(far, 1.0), (near, 1.0)])
        for corners in _FIELDS:
            tone = seen(view, _ground_colour(view, field), 0.15)
            canvas.polygon([(x * width, y * height) for x, y in corners], tone, 0.5)


def _woods(view: View, base: Curve) -> None:
    """Round trees in the colours of the season at both sides, snowy firs in winter; open where the river comes from."""
    width, tall, growth = view.canvas.width, 0.1 * view.canvas.height, growth_of(view)
    shares = ((0.0, 1.0), (0.3, 0.75), (0.44, 0.12), (0.74, 0.12), (0.86, 0.8), (1.0, 1.0))
    winter = view.scene.season is Season.WINTER
    tall, narrow = (1.3 * tall, 0.62) if winter else (tall, 1.0)
    frame = through([(x * width, share * tall) for x, share in shares])
    for colour, share, spacing, shift in ((growth.second, 1.0, 25, 0.15), (growth.leaf, 0.66, 19, 0.6)):
        row = (firs if winter else crowns)(base, lambda x, share=share: frame(x) * share, narrow * spacing, shift)
        ridge(view, row, lit(view, growth.fir if winter else colour, 0.0 if winter else 0.2), distance=0.12, depth=50)
        if winter:
            band(
                view,
                row,
                lambda x, row=row, share=share: 0.7 * (base(x) - row(x) - 0.4 * share * frame(x)),
                lit_snow(view),
            )


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
    earth = _rim(view)
    with canvas.showing(Part.LAND):
        canvas.polygon([(x, y - 1 - 4 * (y - top) / (bottom - top)) for x, y in (*left, *low, *reversed(right))], earth)
    blue, deep = wet(view, _WATER, 0.3), wet(view, _DEEP, 0.08)
    with canvas.showing(Part.WATER):
        stops = [(mix(blue, palette.sky[2], 0.55), 1.0), (blue, 1.0), (deep, 1.0)]
        canvas.shade(course, (0, top), (0, 0.84 * height), stops)
        crest = mix(blue, palette.sky[2], 0.6)
        lines = ((0.2, 0.752, 0.2), (0.66, 0.738, 0.24), (0.4, 0.782, 0.2), (0.86, 0.79, 0.22))
        canvas.fill(bars([(x * width, y * height, length * width, 3.5) for x, y, length in lines]), crest, 0.45)
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
    # A boat needs room below it for its reflection.
    drop = 0.04 if view.scene.subject is Subject.FISHING_BOAT else 0.0
    front = through([(x * width, (y + drop) * height) for x, y in shares])
    grass = deeper(_ground_colour(view, growth.meadow), 0.25)
    bank(view, front, grass, _rim(view))
    blade = mix(grass, lit(view, rgb(16, 62, 44)), 0.55)
    with canvas.showing(Part.LAND):
        for x, tall, lean in ((0.03, 26, 0.14), (0.1, 18, 0.2), (0.91, 19, -0.2), (0.975, 27, -0.14)):
            tuft(view, (x * width, front(x * width) + 14), tall, blade, blades=5, lean=lean)
    return front


def _rim(view: View) -> Rgb:
    """The strip between grass and water: earth, or ice."""
    if is_snowy(view):
        return lit_snow(view, rgb(158, 200, 236))
    return mix(lit(view, growth_of(view).meadow), lit(view, rgb(66, 54, 46)), 0.5)
