"""Hills: rolling meadows one behind the other, a field or two, trees on the crests; the season colours all of it."""

from bundled_model.drawing.canvas import Curve, Part, through
from bundled_model.drawing.lands.layers import growth_of, is_snowy, lit_snow, seen
from bundled_model.drawing.lands.open_ground import sidelight, strip
from bundled_model.drawing.lands.plants import Spot, grove, grown, meadow, seasonal_firs
from bundled_model.drawing.palette import WHITE, Rgb, mix, rgb
from bundled_model.drawing.view import Ground, View

SKYLINE = (0.44, 0.47)
_FAR = ((-0.1, 0.14), (0.16, 0.0), (0.42, 0.13), (0.72, 0.02), (0.92, 0.1), (1.1, 0.04))
_MIDDLE = ((-0.1, 0.32), (0.2, 0.3), (0.5, 0.11), (0.78, 0.24), (1.1, 0.2))
_LEFT = ((-0.1, 0.3), (0.13, 0.19), (0.36, 0.36), (0.6, 0.6), (1.1, 0.7))
_RIGHT = ((-0.1, 0.68), (0.3, 0.62), (0.58, 0.42), (0.84, 0.27), (1.1, 0.38))
_FRONT = ((-0.1, 0.48), (0.15, 0.51), (0.55, 0.6), (0.85, 0.56), (1.1, 0.5))


def draw(view: View) -> Ground:
    """Five layers from the far blue crest to the meadow in front; trees stand behind the crest of each."""
    far, middle, left, right, front = (_crest(view, shares) for shares in (_FAR, _MIDDLE, _LEFT, _RIGHT, _FRONT))
    width = view.canvas.width
    with view.canvas.showing(Part.LAND):
        _hill(view, far, 0.74, 0.8)
        grove(view, _on(middle, 0.5 * width, 17), 0.4)
        _hill(view, middle, 0.4, 0.3)
        seasonal_firs(view, [_on(left, (0.06 + 0.055 * i) * width, h) for i, h in enumerate((27, 36, 26))], 0.25)
        grove(view, _on(left, 0.31 * width, 22), 0.2, second=True)
        _hill(view, left, 0.2, 0.24)
        grove(view, _on(right, 0.62 * width, 20), 0.1, second=True)
        grove(view, _on(right, 0.72 * width, 26), 0.06)
        grove(view, _on(right, 0.97 * width, 27), 0.06, second=True)
        _hill(view, right, 0.08, 0.0)
    meadow(view, front)
    return Ground(foot=lambda x: front(x) + 0.06 * view.canvas.height)


def _crest(view: View, shares: tuple[tuple[float, float], ...]) -> Curve:
    """A curve through points in shares of the width, and of the land's height below the skyline."""
    width, depth = view.canvas.width, view.canvas.height - view.skyline
    moved = view.rng.uniform(-0.025, 0.025)
    return through([((x + moved) * width, view.skyline + y * depth) for x, y in shares])


def _on(curve: Curve, x: float, size: float) -> Spot:
    return (x, curve(x) + 2, size)


def _hill(view: View, curve: Curve, distance: float, bluer: float) -> None:
    """One hill: hazier and bluer with distance, brighter on the side of the light, shaded towards its foot."""
    canvas = view.canvas
    crest, foot = _colours(view, distance, bluer)
    bright = mix(crest, mix(view.palette.light, WHITE, 0.4), 0.2 * (1 - distance))
    top = min(curve(canvas.width * i / 16) for i in range(17))
    with canvas.showing(Part.FAR_LAND if distance > 0.4 else Part.LAND):
        land = strip(canvas, curve, top + 0.4 * canvas.height)
        canvas.shade(land, (0, top), (0, top + 0.22 * canvas.height), [(bright, 1.0), (crest, 1.0), (foot, 1.0)])
        sidelight(view, land, foot, 1.1 - distance)


def _colours(view: View, distance: float, bluer: float) -> tuple[Rgb, Rgb]:
    """Colours of a hill at its crest and towards its foot."""
    growth = growth_of(view)
    if is_snowy(view):
        crest = lit_snow(view, mix(growth.meadow, rgb(176, 200, 238), 0.6 * bluer))
        foot = mix(crest, lit_snow(view, rgb(112, 148, 216)), 0.6)
    else:
        crest = grown(view, mix(growth.meadow, mix(growth.fir, rgb(90, 140, 190), 0.5), 0.6 * bluer))
        foot = mix(crest, grown(view, growth.fir), 0.66)
    return seen(view, crest, distance), mix(seen(view, foot, distance), view.palette.haze, 0.12 + 0.2 * distance)
