"""A snowy plain: flat and white to the horizon, soft blue shadows, a few snowy firs far away."""

from bundled_model.drawing.canvas import Canvas, Part, Point, through
from bundled_model.drawing.lands.layers import band, crags, lit, lit_snow, ridge, seen
from bundled_model.drawing.palette import WHITE, Rgb, mix, rgb
from bundled_model.drawing.view import Ground, View

SKYLINE = (0.5, 0.52)
_WHITE, _SHADE, _FIR, _PEAKS = rgb(244, 249, 255), rgb(148, 182, 232), rgb(52, 104, 116), rgb(150, 180, 222)
_FIRS = (
    *((0.045, 44.0, 0.045), (0.12, 33.0, 0.022), (0.185, 25.0, 0.008)),
    *((0.835, 24.0, 0.008), (0.895, 36.0, 0.026), (0.965, 46.0, 0.05)),
)
"""Where they stand across, how tall they are (pixels), and how far below the plain's edge (share of the height)."""


def draw(view: View) -> Ground:
    """Low blue peaks, the plain with its firs, and two drifts in front."""
    canvas = view.canvas
    width, height = canvas.width, canvas.height
    edge = view.skyline + 0.055 * height
    _peaks(view)
    snow, shade = lit_snow(view, _WHITE), _shade(view)
    far = seen(view, mix(snow, shade, 0.25), 0.25)
    with canvas.showing(Part.LAND):
        stops = [(far, 1.0), (snow, 1.0), (mix(snow, shade, 0.3), 1.0)]
        canvas.shade(canvas.below(lambda _x: edge), (0, edge), (0, height), stops)
        if view.light:
            canvas.glow((view.light[0], edge + 0.1 * height), 0.2 * height, view.palette.light, 0.32)
        for x, tall, drop in _FIRS:
            _fir(view, (x * width, edge + drop * height), tall * height / 256 if height > 256 else tall)
        _drift(view, ((-0.1, 0.69), (0.2, 0.655), (0.5, 0.67), (0.85, 0.70), (1.1, 0.69)), snow, shade, 9)
        _drift(view, ((-0.1, 0.77), (0.3, 0.79), (0.62, 0.745), (0.85, 0.74), (1.1, 0.765)), snow, shade, 13)
        _drift(view, ((-0.1, 0.885), (0.22, 0.875), (0.5, 0.915), (0.8, 0.935), (1.1, 0.90)), snow, shade, 16)
    return Ground(foot=lambda _x: 0.835 * height)


def _shade(view: View) -> Rgb:
    """Snow in shadow: blue, and whatever hue the upper sky has."""
    return mix(lit_snow(view, _SHADE), view.palette.sky[0], 0.25)


def _peaks(view: View) -> None:
    """A low range of icy mountains at the edge of the plain."""
    width, height, top = view.canvas.width, view.canvas.height, view.skyline
    shares = (
        (-0.05, 0.05),
        (0.12, 0.02),
        (0.27, 0.045),
        (0.4, 0.012),
        (0.5, 0.04),
        (0.62, 0.0),
        (0.78, 0.045),
        (0.9, 0.02),
        (1.05, 0.05),
    )
    curve = crags([(x * width, top + drop * height) for x, drop in shares])
    ridge(view, curve, lit_snow(view, _PEAKS), distance=0.45, part=Part.FAR_LAND, depth=0.06 * height)


def _drift(view: View, shares: tuple[tuple[float, float], ...], snow: Rgb, shade: Rgb, depth: float) -> None:
    """A low wave of snow; the hollow behind its crest lies in blue shadow, deepest where the crest is highest."""
    canvas = view.canvas
    curve = through([(x * canvas.width, y * canvas.height) for x, y in shares])
    top = min(y for _, y in shares) * canvas.height
    low = max(y for _, y in shares) * canvas.height

    def hollow(x: float) -> float:
        return depth * (0.1 + 1.2 * max(0.0, (low - curve(x)) / (low - top)) ** 1.5)

    band(view, lambda x: curve(x) - hollow(x), hollow, shade, 0.5)
    canvas.shade(
        canvas.below(curve), (0, top), (0, top + 0.2 * canvas.height), [(snow, 1.0), (mix(snow, shade, 0.4), 1.0)]
    )


def _fir(view: View, foot: Point, tall: float) -> None:
    """A fir under snow, its blue shadow on the plain to the right."""
    canvas: Canvas = view.canvas
    x, y = foot
    green, snow = seen(view, lit(view, _FIR), 0.12), lit_snow(view, WHITE)
    canvas.pill(x - tall * 0.1, y - 2, tall * 0.9, 5, _shade(view), alpha=0.5)
    for low, high, half in ((0.0, 0.52, 0.3), (0.28, 0.76, 0.24), (0.54, 1.0, 0.17)):
        tip, base = y - high * tall, y - low * tall
        canvas.polygon([(x, tip), (x + half * tall, base), (x - half * tall, base)], green)
        cut = tip + (base - tip) * 0.62
        side = half * tall * 0.62
        canvas.polygon(
            [(x, tip - 1), (x + side, cut), (x + side * 0.2, cut - 2), (x - side * 0.4, cut + 3), (x - side, cut)], snow
        )
