"""A lake: still water that doubles the wooded far shore, mountains in the haze, a green bank in front."""

from bundled_model.drawing.canvas import Curve, Part, Point, through
from bundled_model.drawing.lands.layers import (
    band,
    bank,
    crags,
    crowns,
    deeper,
    firs,
    growth_of,
    is_snowy,
    jitter,
    level,
    lit,
    lit_snow,
    ridge,
    seen,
    tuft,
    water,
    wet,
)
from bundled_model.drawing.palette import mix, rgb
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Season

SKYLINE = (0.39, 0.41)
_RANGE: tuple[Point, ...] = (
    *((-0.1, 0.11), (0.04, 0.05), (0.1, 0.065), (0.2, 0.025), (0.3, 0.075), (0.36, 0.07), (0.46, 0.115)),
    *((0.55, 0.075), (0.6, 0.055), (0.64, 0.045), (0.73, 0.0), (0.8, 0.05), (0.84, 0.045), (0.95, 0.1), (1.1, 0.06)),
)
"""Far peaks: x and how far below the skyline, shares of width and height."""
_FLANKS: tuple[tuple[Point, ...], ...] = (
    ((0.2, 0.025), (0.3, 0.075), (0.33, 0.073), (0.38, 0.15), (0.26, 0.15), (0.24, 0.09)),
    ((0.73, 0.0), (0.8, 0.05), (0.84, 0.045), (0.95, 0.1), (0.95, 0.15), (0.82, 0.15), (0.79, 0.09), (0.75, 0.07)),
)
"""Their shaded sides."""
_SLOPE: tuple[Point, ...] = ((-0.1, 0.06), (0.2, 0.115), (0.42, 0.155), (0.6, 0.15), (0.85, 0.115), (1.1, 0.04))
_WATER, _FAR_BLUE = rgb(16, 100, 140), rgb(96, 128, 176)


def draw(view: View) -> Ground:
    """Mountains, woods, their reflection, and the bank on which things stand."""
    height = view.canvas.height
    shore = 0.6 * height
    _mountains(view)
    _woods(view, shore)
    water(view, shore, wet(view, _WATER, 0.2), mirror=0.62, ripples=5)
    front = _bank(view)
    return Ground(foot=lambda x: front(x) + 8, float_at=0.738 * height, bank=0.705 * height)


def _mountains(view: View) -> None:
    """Two ranges in the haze; their peaks stand at fixed places."""
    width, height, top = view.canvas.width, view.canvas.height, view.skyline

    def placed(points: tuple[Point, ...]) -> list[Point]:
        return [(x * width, top + drop * height) for x, drop in points]

    snowy = is_snowy(view)
    colour = lit_snow(view, rgb(190, 208, 238)) if snowy else lit(view, _FAR_BLUE)
    ridge(view, crags(placed(_RANGE)), colour, distance=0.5, part=Part.FAR_LAND)
    shade = seen(view, deeper(colour), 0.3)
    with view.canvas.showing(Part.FAR_LAND):
        for flank in _FLANKS:
            view.canvas.polygon(placed(flank), shade, 0.42)
    slope = mix(colour, lit(view, growth_of(view).fir), 0.55)
    ridge(view, through(placed(_SLOPE)), slope, distance=0.32, part=Part.FAR_LAND, step=4)


def _woods(view: View, shore: float) -> None:
    """The far shore: firs behind, round trees in the colours of the season before them, low in the middle."""
    canvas, growth = view.canvas, growth_of(view)
    width, tall = canvas.width, canvas.height * 0.13
    shares = ((0.0, 1.0), (0.3, 0.72), (0.5, 0.6), (0.72, 0.76), (1.0, 1.0))
    frame = through([(x * width, tall * share) for x, share in shares])
    phase = view.rng.uniform(-0.15, 0.15)
    behind = firs(level(shore), lambda x: frame(x) * 1.25, 17, phase)
    ridge(view, behind, lit(view, growth.fir), distance=0.2, depth=60)
    if view.scene.season is Season.WINTER:
        front = firs(level(shore), lambda x: frame(x) * 1.05, 20, phase + 0.4)
        ridge(view, front, lit(view, growth.fir), distance=0.05, depth=60)
        band(view, front, lambda x: 0.7 * (shore - front(x) - 0.42 * frame(x)), lit_snow(view))
        return
    for colour, share, spacing, shift in ((growth.second, 0.85, 27, 0.1), (growth.leaf, 0.6, 22, 0.55)):
        row = crowns(level(shore), lambda x, share=share: frame(x) * share, spacing, phase + shift)
        ridge(view, row, lit(view, colour, 0.25), distance=0.04, depth=70)


def _bank(view: View) -> Curve:
    """The near bank, with reeds at both ends; returns its upper edge."""
    canvas, growth = view.canvas, growth_of(view)
    width, height = canvas.width, canvas.height
    shares = ((-0.05, 0.79), (0.2, 0.812), (0.5, 0.825), (0.78, 0.812), (1.05, 0.788))
    front = through([(x * width, y * height) for x, y in shares])
    snowy = is_snowy(view)
    grass = lit_snow(view, growth.meadow) if snowy else lit(view, growth.meadow, 0.1)
    rim = lit_snow(view, rgb(168, 208, 238)) if snowy else mix(grass, lit(view, rgb(20, 50, 40)), 0.5)
    bank(view, front, grass, rim)
    reed = lit(view, rgb(168, 146, 96)) if snowy else mix(grass, lit(view, rgb(16, 62, 44)), 0.62)
    with canvas.showing(Part.LAND):
        for x, tall, lean in ((0.02, 34, 0.1), (0.085, 24, 0.16), (0.92, 25, -0.16), (0.98, 36, -0.1)):
            tuft(view, (x * width, front(x * width) + 10), jitter(view.rng, tall), reed, blades=5, lean=lean)
    return front
