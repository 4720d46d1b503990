"""Paints the sky: its gradient, sun or moon, clouds, stars, northern lights and rainbows."""

import math

import skia

from bundled_model.drawing.canvas import Point, polygon
from bundled_model.drawing.clouds import draw_bank, draw_clouds
from bundled_model.drawing.lights import draw_light
from bundled_model.drawing.palette import WHITE, Rgb, mix, rgb
from bundled_model.drawing.view import View
from bundled_model.scenes.scene import Sky

_STARS = (
    *((0.07, 0.14, 2), (0.16, 0.55, 1), (0.19, 0.26, 1), (0.29, 0.09, 1), (0.31, 0.74, 2), (0.37, 0.36, 2)),
    *((0.46, 0.15, 1), (0.48, 0.62, 1), (0.57, 0.34, 1), (0.62, 0.10, 2), (0.66, 0.76, 1), (0.71, 0.46, 2)),
    *((0.78, 0.20, 1), (0.83, 0.68, 1), (0.88, 0.38, 1), (0.93, 0.12, 2), (0.95, 0.60, 2), (0.05, 0.80, 1)),
)
"""Across (of the width), down (of the sky) and size of each star: always the same ones, a little moved."""
_BANDS = ((232, 72, 76), (246, 156, 64), (252, 224, 92), (104, 196, 112), (80, 148, 230), (150, 100, 204))
_VIOLET = rgb(176, 104, 255)


def draw_sky(view: View) -> None:
    """Everything above the land; sets the light of the view."""
    top, middle, low = view.palette.sky
    stops = [(top, 1.0), (middle, 1.0), (low, 1.0)]
    view.canvas.shade(view.canvas.everything(), (0, 0), (0, max(view.skyline, 0.42 * view.canvas.height) + 24), stops)
    sky = view.scene.sky
    if sky is Sky.AURORA:
        _aurora(view)
    elif sky is Sky.RAINBOW:
        _rainbow(view)
    draw_light(view)
    if sky is Sky.STARS:
        _stars(view)
    elif sky is Sky.CLOUDS:
        draw_clouds(view)
    elif sky in (Sky.RAIN, Sky.STORM):
        draw_bank(view)


def _stars(view: View) -> None:
    """Stars large enough to count; those near the moon are outshone."""
    canvas, rng = view.canvas, view.rng
    for across, down, size in _STARS:
        x = across * canvas.width + rng.uniform(-4, 4)
        y = 6 + down * (view.skyline - 4) + rng.uniform(-4, 4)
        if view.light is not None and math.dist((x, y), view.light) < 46:
            continue
        if size == 1:
            canvas.glow((x, y), 8, WHITE, 0.4)
            canvas.circle((x, y), 2.6, rgb(255, 250, 230), 0.95)
        else:
            canvas.glow((x, y), 13, WHITE, 0.5)
            canvas.polygon(_sparkle(x, y, 8.0), rgb(255, 250, 230), 0.97)


def _sparkle(x: float, y: float, reach: float) -> list[Point]:
    """A star of four points."""
    corners = []
    for corner in range(8):
        far = reach * (1.0 if corner % 2 == 0 else 0.36)
        angle = math.pi * corner / 4
        corners.append((x + far * math.sin(angle), y - far * math.cos(angle)))
    return corners


def _aurora(view: View) -> None:
    """Two ribbons of light, green at the foot and violet above."""
    green, teal = rgb(84, 255, 164), rgb(66, 232, 212)
    _ribbon(view, 0.56, 0.54, 0.5, teal)
    _ribbon(view, 0.95, 0.74, 3.0, green)


def _ribbon(view: View, level: float, reach: float, phase: float, colour: Rgb) -> None:
    """One ribbon, in steps like a screen print; foot and height are shares of the sky."""
    width, base, swing = view.canvas.width, view.skyline * level, view.skyline * 0.08
    phase += view.rng.uniform(-0.35, 0.35)
    foot = []
    for x in range(0, width + 8, 8):
        turn = 2 * math.pi * x / width
        y = base + swing * (1.3 * math.sin(turn * 1.1 + phase) + 0.7 * math.sin(turn * 2.3 + 2 * phase))
        foot.append((float(x), y))
    for step in range(1, 6):
        rise = view.skyline * reach * (step / 5) ** 1.3
        head = [(x, y - rise * (0.85 + 0.15 * math.sin(x / 23 + phase))) for x, y in reversed(foot)]
        stops = [(_VIOLET, 0.16), (mix(_VIOLET, colour, 0.6), 0.24), (colour, 0.36)]
        view.canvas.shade(polygon([*foot, *head]), (0, base - rise), (0, base + swing), stops)


def _rainbow(view: View) -> None:
    """A half ring of six bands that stands on the land."""
    canvas, rng = view.canvas, view.rng
    x, y = canvas.width / 2 + rng.uniform(-6, 6), view.skyline + 0.1 * canvas.height
    outer = min(y - 0.06 * canvas.height, 0.46 * canvas.width)
    for index, band in enumerate(_BANDS):
        ring = skia.Path.Circle(x, y, outer - 6.0 * index)
        canvas.stroke(ring, rgb(*band), 6.4, 0.85)
