"""Paints clouds: a few large ones in a fair sky, and the heavy bank that rain and storm hang from."""

import skia

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.palette import Rgb, mix
from bundled_model.drawing.view import View
from bundled_model.scenes.scene import Place, Sky, TimeOfDay

_LOBES = ((-0.27, 0.42, 0.40), (-0.06, 0.66, 0.60), (0.18, 0.50, 0.47), (0.34, 0.34, 0.30))
"""Centre (across and up) and radius of a cloud's humps, in half widths... see `_outline`."""
_LAYOUTS: dict[Place | None, tuple[tuple[float, float, float], ...]] = {
    None: ((0.20, 0.25, 0.44), (0.66, 0.16, 0.34), (0.90, 0.36, 0.42)),
    Place.LEFT: ((0.56, 0.17, 0.34), (0.88, 0.31, 0.46), (0.10, 0.41, 0.36)),
    Place.CENTRE: ((0.11, 0.22, 0.40), (0.90, 0.18, 0.36), (0.80, 0.40, 0.34)),
    Place.RIGHT: ((0.16, 0.24, 0.44), (0.50, 0.14, 0.30), (0.92, 0.41, 0.36)),
}
"""Centre, foot (shares of width and height) and width (share of the shorter side) of each cloud, clear of the light."""


def draw_clouds(view: View) -> None:
    """Three or four clouds that leave sun and moon free."""
    canvas, rng = view.canvas, view.rng
    side = min(canvas.width, canvas.height)
    with canvas.showing(Part.CLOUD):
        for across, down, width in _LAYOUTS[view.scene.light_place]:
            x = across * canvas.width + rng.uniform(-8, 8)
            y = down * canvas.height * min(1.0, view.skyline / (0.42 * canvas.height)) + rng.uniform(-5, 5)
            _cloud(view, x, y, width * side * rng.uniform(0.94, 1.06))


def draw_bank(view: View) -> None:
    """A bank of cloud along the upper edge: heavy for a storm, lighter for rain."""
    canvas, palette = view.canvas, view.palette
    storm = view.scene.sky is Sky.STORM
    base = mix(palette.sky[0], (0.0, 0.0, 0.0), 0.25 if storm else 0.08)
    lighter = mix(palette.sky[0], palette.sky[1], 0.55)
    depth = canvas.height * (0.17 if storm else 0.12)
    with canvas.showing(Part.CLOUD):
        _bank(view, depth * 1.3, lighter, shift=0.5)
        _bank(view, depth * 0.8, base, shift=0.0)


def _cloud(view: View, x: float, y: float, width: float) -> None:
    """One cloud whose flat foot is at y: lit from above, its underside in the colours of the sky."""
    palette = view.palette
    height = width * 0.40
    under = mix(palette.cloud, palette.sky[1], 0.42 if view.scene.time is not TimeOfDay.NIGHT else 0.6)
    outline = _outline(x, y, width)
    view.canvas.shade(outline, (x, y - height), (x, y), [(palette.cloud, 1.0), (palette.cloud, 1.0), (under, 1.0)])


def _outline(x: float, y: float, width: float) -> skia.Path:
    height = width * 0.40
    foot = skia.Rect.MakeLTRB(x - width / 2, y - height * 0.42, x + width / 2, y)
    path = skia.Path()
    path.addRRect(skia.RRect.MakeRectXY(foot, height * 0.21, height * 0.21))
    for across, up, radius in _LOBES:
        path.addCircle(x + across * width, y - up * height, radius * height)
    flat = skia.Path.Rect(skia.Rect.MakeLTRB(x - width, y - 2 * height, x + width, y))
    return skia.Op(skia.Simplify(path), flat, skia.PathOp.kIntersect_PathOp)


def _bank(view: View, depth: float, colour: Rgb, *, shift: float) -> None:
    canvas, rng = view.canvas, view.rng
    humps = round(canvas.width / 64)
    step = canvas.width / humps
    path = skia.Path()
    path.addRect(skia.Rect.MakeLTRB(-4, -4, canvas.width + 4, depth * 0.6))
    for index in range(-1, humps + 1):
        x = (index + 0.5 + shift) * step + rng.uniform(-5, 5)
        tall = depth * (1.0 if index % 2 else 0.78) * rng.uniform(0.95, 1.05)
        path.addOval(skia.Rect.MakeLTRB(x - step * 0.66, -tall, x + step * 0.66, tall))
    foot = mix(colour, view.palette.sky[1], 0.3)
    canvas.shade(skia.Simplify(path), (0, 0), (0, depth), [(colour, 1.0), (colour, 1.0), (foot, 1.0)])
