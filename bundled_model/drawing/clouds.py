"""Paints clouds: a few large ones in a fair sky, and the heavy bank that rain and storm hang from."""

import skia

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.palette import Rgb, mix
from bundled_model.drawing.view import View
from bundled_model.scenes.scene import AIRBORNE, Place, Sky, TimeOfDay

_FLAT = 0.34
"""Height of a cloud, as a share of its width."""
_FRONT = ((-0.24, 0.40, 0.42), (-0.03, 0.58, 0.58), (0.21, 0.36, 0.40), (0.36, 0.24, 0.24))
_BACK = ((0.10, 0.66, 0.44), (0.28, 0.50, 0.36), (-0.36, 0.30, 0.30))
"""Humps: centre across (of the width) and up, and radius (of the height)."""
_LAYOUTS: dict[tuple[Place, ...], tuple[tuple[float, float, float], ...]] = {
    (Place.LEFT, Place.CENTRE, Place.RIGHT): (
        (0.12, 0.24, 0.46),
        (0.55, 0.14, 0.36),
        (0.90, 0.29, 0.46),
        (0.47, 0.38, 0.36),
    ),
    (Place.LEFT, Place.CENTRE): ((0.12, 0.22, 0.46), (0.51, 0.14, 0.34), (0.36, 0.39, 0.42)),
    (Place.CENTRE, Place.RIGHT): ((0.88, 0.22, 0.46), (0.49, 0.14, 0.34), (0.64, 0.39, 0.42)),
    (Place.LEFT, Place.RIGHT): ((0.13, 0.22, 0.44), (0.87, 0.18, 0.42), (0.82, 0.40, 0.34), (0.16, 0.42, 0.30)),
    (Place.LEFT,): ((0.12, 0.19, 0.42), (0.16, 0.39, 0.31)),
    (Place.CENTRE,): ((0.51, 0.15, 0.29), (0.49, 0.37, 0.27)),
    (Place.RIGHT,): ((0.88, 0.19, 0.42), (0.84, 0.39, 0.31)),
}
"""By the free thirds: middle and foot of each cloud (shares of width and height), its width (of the width)."""


def draw_clouds(view: View) -> None:
    """Two to four clouds that leave sun and moon free, and what flies."""
    canvas, scene, rng = view.canvas, view.scene, view.rng
    taken = (scene.light_place, scene.subject_place if scene.subject in AIRBORNE else None)
    side = min(canvas.width, 1.25 * canvas.height)
    low = min(1.0, view.skyline / (0.42 * canvas.height))
    with canvas.showing(Part.CLOUD):
        for across, down, width in _LAYOUTS[tuple(place for place in Place if place not in taken)]:
            x = across * canvas.width + rng.uniform(-7, 7)
            y = down * canvas.height * low + rng.uniform(-4, 4)
            _cloud(view, x, y, width * side * rng.uniform(0.95, 1.05))


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
    """One cloud whose flat foot is at y, lit from above; underside and humps behind take the colours of the sky."""
    palette, height = view.palette, width * _FLAT
    share = 0.4 if view.scene.time is TimeOfDay.DAY else 0.32
    under = mix(palette.cloud, palette.sky[1 if view.scene.time is TimeOfDay.DAY else 0], share)
    behind = mix(palette.cloud, under, 0.7)
    for lobes, stops in ((_BACK, (behind, under)), (_FRONT, (palette.cloud, palette.cloud, under))):
        path = _outline(x, y, width, lobes)
        view.canvas.shade(path, (x, y - height), (x, y), [(colour, 1.0) for colour in stops])


def _outline(x: float, y: float, width: float, lobes: tuple[tuple[float, float, float], ...]) -> skia.Path:
    """Humps above a foot with round ends, cut off level at y."""
    height = width * _FLAT
    path = skia.Path()
    foot = skia.Rect.MakeLTRB(x - width / 2, y - height * 0.36, x + width / 2, y)
    path.addRRect(skia.RRect.MakeRectXY(foot, height * 0.18, height * 0.18))
    for across, up, radius in lobes:
        path.addCircle(x + across * width, y - up * height, radius * height)
    level = skia.Path.Rect(skia.Rect.MakeLTRB(x - width, y - 2 * height, x + width, y))
    return skia.Op(skia.Simplify(path), level, skia.PathOp.kIntersect_PathOp)


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
