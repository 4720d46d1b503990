"""A lake: still water that doubles the wooded far shore, mountains in the haze, a green bank in front."""

from bundled_model.drawing.canvas import Curve, Part, through
from bundled_model.drawing.lands.layers import (
    band,
    crowns,
    firs,
    growth_of,
    is_snowy,
    jitter,
    level,
    lit,
    lit_snow,
    ridge,
    tuft,
    water,
)
from bundled_model.drawing.palette import mix, rgb
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Season

SKYLINE = (0.40, 0.42)
_WATER, _FAR_BLUE = rgb(20, 96, 132), rgb(104, 134, 172)


def draw(view: View) -> Ground:
    """Mountains, woods, their reflection, and the bank on which things stand."""
    height = view.canvas.height
    shore = 0.6 * height
    _mountains(view)
    _woods(view, shore)
    blue = mix(lit(view, _WATER), view.palette.sky[1], 0.3)
    water(view, shore, blue, mirror=0.62, ripples=5)
    front = _bank(view)
    return Ground(foot=lambda x: front(x) + 8, float_at=0.75 * height, bank=0.74 * height)


def _mountains(view: View) -> None:
    """Two ranges in the haze; their peaks stand at fixed places."""
    width, height, top = view.canvas.width, view.canvas.height, view.skyline

    def curve(points: list[tuple[float, float]]) -> Curve:
        return through([(x * width, top + drop * height) for x, drop in points])

    snowy = is_snowy(view)
    colour = lit_snow(view, rgb(206, 218, 240)) if snowy else lit(view, _FAR_BLUE)
    far = curve([(-0.1, 0.10), (0.13, 0.035), (0.36, 0.11), (0.52, 0.085), (0.71, 0.0), (0.92, 0.085), (1.1, 0.06)])
    ridge(view, far, colour, distance=0.62, part=Part.FAR_LAND)
    near = curve([(-0.1, 0.06), (0.2, 0.11), (0.42, 0.15), (0.6, 0.145), (0.85, 0.105), (1.1, 0.04)])
    slope = mix(colour, lit(view, growth_of(view).fir), 0.5)
    ridge(view, near, slope, distance=0.42, part=Part.FAR_LAND)


def _woods(view: View, shore: float) -> None:
    """The far shore: firs behind, round trees in the colours of the season before them, low in the middle."""
    canvas, growth = view.canvas, growth_of(view)
    width, tall = canvas.width, canvas.height * 0.11
    frame = through(
        [(0, tall), (0.3 * width, 0.55 * tall), (0.5 * width, 0.42 * tall), (0.72 * width, 0.6 * tall), (width, tall)]
    )
    phase = view.rng.uniform(-0.15, 0.15)
    behind = firs(level(shore), lambda x: frame(x) * 1.15, 15, phase)
    ridge(view, behind, lit(view, growth.fir), distance=0.22, depth=60)
    if view.scene.season is Season.WINTER:
        snow = lit_snow(view)
        front = firs(level(shore), lambda x: frame(x) * 0.8, 19, phase + 0.4)
        ridge(view, front, mix(lit(view, growth.fir), snow, 0.25), distance=0.08, depth=60)
        band(view, front, lambda x: 0.6 * (shore - front(x)), snow, 0.9)
    else:
        for colour, share, spacing, shift in ((growth.second, 0.78, 24, 0.1), (growth.leaf, 0.52, 19, 0.55)):
            row = crowns(level(shore), lambda x, share=share: frame(x) * share, spacing, phase + shift)
            ridge(view, row, lit(view, colour), distance=0.06, depth=70)


def _bank(view: View) -> Curve:
    """The near bank, with reeds at both ends; returns its upper edge."""
    canvas, growth = view.canvas, growth_of(view)
    width, height = canvas.width, canvas.height
    shares = ((-0.05, 0.79), (0.2, 0.812), (0.5, 0.825), (0.78, 0.812), (1.05, 0.788))
    front = through([(x * width, y * height) for x, y in shares])
    snowy = is_snowy(view)
    grass = lit_snow(view, growth.meadow) if snowy else lit(view, growth.meadow)
    rim = lit_snow(view, rgb(190, 220, 240)) if snowy else mix(grass, lit(view, rgb(20, 50, 40)), 0.55)
    with canvas.showing(Part.LAND):
        canvas.fill(canvas.below(lambda x: front(x) - 4), rim)
        low = mix(grass, lit(view, rgb(20, 60, 80)), 0.38)
        canvas.shade(canvas.below(front), (0, 0.79 * height), (0, height), [(grass, 1.0), (low, 1.0)])
        reed = mix(low, lit(view, rgb(150, 130, 70)), 0.3) if snowy else mix(low, lit(view, rgb(20, 60, 40)), 0.4)
        for x, tall in ((0.02, 26), (0.075, 19), (0.93, 20), (0.985, 28)):
            tuft(view, (x * width, front(x * width) + 10), jitter(view.rng, tall, 0.1), reed)
    return front
