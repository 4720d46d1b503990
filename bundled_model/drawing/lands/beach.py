"""A beach: warm sand in front, foam along its edge, and the turquoise sea up to the horizon."""

from bundled_model.drawing.canvas import Curve, Part, through
from bundled_model.drawing.lands.layers import band, light_path, lit, ridge, seen, tuft, wet
from bundled_model.drawing.palette import LAND, WHITE, Rgb, mix, rgb
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Terrain

SKYLINE = (0.5, 0.515)
_NEAR, _FAR, _SHALLOW = rgb(44, 168, 184), rgb(18, 104, 160), rgb(140, 220, 206)
_HEADLAND, _GRASS = rgb(92, 132, 120), rgb(120, 142, 70)


def draw(view: View) -> Ground:
    """The sea with a headland, three lines of foam, wet and dry sand, and grass on the dunes at both sides."""
    height = view.canvas.height
    horizon = view.skyline + 0.04 * height
    _headland(view)
    edge = _sea(view, horizon)
    _sand(view, edge)
    return Ground(foot=lambda _x: 0.845 * height, float_at=0.65 * height, bank=None)


def _curve(view: View, *shares: tuple[float, float]) -> Curve:
    return through([(x * view.canvas.width, y * view.canvas.height) for x, y in shares])


def _headland(view: View) -> None:
    """Far land that runs out into the sea from the left."""
    top, height = view.skyline / view.canvas.height, view.canvas.height
    curve = _curve(view, (-0.05, top), (0.08, top + 0.004), (0.2, top + 0.028), (0.33, top + 0.034), (0.42, top + 0.06))
    ridge(view, curve, lit(view, _HEADLAND), distance=0.6, part=Part.FAR_LAND, depth=0.1 * height)


def _sea(view: View, horizon: float) -> Curve:
    """Bands of water from deep to shallow; returns the edge of the sand."""
    canvas, palette = view.canvas, view.palette
    sway = view.rng.uniform(-0.006, 0.006)
    edge = _curve(view, (-0.1, 0.735 + sway), (0.15, 0.752), (0.42, 0.728), (0.7, 0.758 + sway), (1.1, 0.73))
    far, near, shallow = wet(view, _FAR, 0.25), wet(view, _NEAR, 0.15), mix(lit(view, _SHALLOW), palette.sky[1], 0.3)
    with canvas.showing(Part.WATER):
        stops = [(mix(far, palette.sky[2], 0.25), 1.0), (far, 1.0), (near, 1.0), (shallow, 1.0)]
        canvas.shade(canvas.below(lambda _x: horizon), (0, horizon), (0, 0.74 * canvas.height), stops)
        foam = mix(lit(view, WHITE), palette.sky[2], 0.35)
        for y, thick, alpha in ((0.595, 3.0, 0.35), (0.635, 3.5, 0.5), (0.682, 5.0, 0.75)):
            _wave(view, y * canvas.height, thick, foam, alpha)
        light_path(view, horizon, 0.715 * canvas.height)
    return edge


def _wave(view: View, y: float, thick: float, foam: Rgb, alpha: float) -> None:
    """A long low breaker: its foam comes and goes along its length."""
    width = view.canvas.width
    phase = y * 0.37
    line = through([(x * width, y + 3 * ((i + int(phase)) % 2)) for i, x in enumerate((-0.1, 0.2, 0.5, 0.8, 1.1))])
    swell = through([(x * width, (0.1, 1.0)[(i + int(phase)) % 2]) for i, x in enumerate((-0.1, 0.14, 0.4, 0.66, 1.1))])
    band(view, line, lambda x: thick * swell(x), foam, alpha)


def _sand(view: View, edge: Curve) -> None:
    """Foam, wet sand that mirrors the sky, dry sand, and two dunes with grass."""
    canvas, palette = view.canvas, view.palette
    width, height = canvas.width, canvas.height
    sand = seen(view, lit(view, LAND[Terrain.BEACH]), 0.1)
    damp = mix(mix(sand, lit(view, rgb(170, 116, 84)), 0.6), palette.sky[1], 0.12)
    foam = mix(lit(view, WHITE), palette.sky[2], 0.35)
    low = mix(sand, lit(view, rgb(206, 150, 96)), 0.6)
    with canvas.showing(Part.LAND):
        canvas.fill(canvas.below(lambda x: edge(x) - 5), foam)
        canvas.shade(
            canvas.below(edge), (0, 0.73 * height), (0, 0.8 * height), [(damp, 1.0), (mix(damp, sand, 0.4), 1.0)]
        )
        dry = _curve(view, (-0.1, 0.775), (0.2, 0.79), (0.5, 0.772), (0.8, 0.798), (1.1, 0.775))
        canvas.shade(canvas.below(dry), (0, 0.77 * height), (0, height), [(sand, 1.0), (low, 1.0)])
        ripple = mix(low, lit(view, rgb(150, 100, 70)), 0.25)
        for x, y, length in ((0.34, 0.915, 0.3), (0.68, 0.955, 0.34), (0.6, 0.875, 0.2)):
            canvas.pill((x - length / 2) * width, y * height, length * width, 3.5, ripple, alpha=0.4)
        _dunes(view, seen(view, mix(sand, low, 0.35), 0.0))


def _dunes(view: View, sand: Rgb) -> None:
    width, height = view.canvas.width, view.canvas.height
    grass = lit(view, _GRASS)
    dune = _curve(view, (-0.1, 0.84), (0.04, 0.86), (0.2, 0.955), (0.3, 1.02), (0.72, 1.02), (0.84, 0.96), (1.1, 0.86))
    view.canvas.shade(
        view.canvas.below(dune), (0, 0.85 * height), (0, height), [(sand, 1.0), (mix(sand, grass, 0.35), 1.0)]
    )
    for x, tall, lean in ((0.02, 30, 0.2), (0.085, 24, 0.25), (0.15, 17, 0.3), (0.9, 19, -0.25), (0.965, 27, -0.2)):
        tuft(view, (x * width, dune(x * width) + 5), tall, grass, blades=5, lean=lean)
