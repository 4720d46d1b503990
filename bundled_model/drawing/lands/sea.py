"""The sea: an open horizon, and a long swell that comes towards the viewer, higher in a storm."""

import math
from itertools import pairwise

from bundled_model.drawing.canvas import Curve, Part
from bundled_model.drawing.lands.layers import band, light_path, seen, wet
from bundled_model.drawing.palette import WHITE, Rgb, mix, rgb
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Sky

SKYLINE = (0.555, 0.575)
_SWELLS = (0.0, 0.07, 0.18, 0.33, 0.53, 0.77)
"""Where the crests are, from the horizon (0) to the lower edge (1)."""
_BLUE, _DEEP = rgb(22, 126, 176), rgb(8, 62, 118)


def draw(view: View) -> Ground:
    """Water to the horizon; things stand or float at four fifths of the height."""
    canvas = view.canvas
    reach = canvas.height - view.skyline
    height = 1.6 if view.scene.sky is Sky.STORM else 1.0
    near, far = wet(view, _DEEP, 0.05), seen(view, wet(view, _BLUE, 0.36), 0.1)
    drift = view.rng.uniform(-0.06, 0.06)
    with canvas.showing(Part.WATER):
        for index, (start, end) in enumerate(pairwise((*_SWELLS, 1.15))):
            rise = height * (2.0 + 12 * start) if index else 0.0
            swell = _swell(256 * (0.42 + 0.75 * start), 0.41 * index + drift)
            top, colour = view.skyline + reach * start, mix(far, near, start**0.8)
            _layer(view, swell, (top, rise), view.skyline + reach * end, colour)
        light_path(view, view.skyline)
    foot = 0.8 * canvas.height
    return Ground(foot=lambda _x: foot, float_at=foot, bank=0.72 * canvas.height)


def _swell(length: float, phase: float) -> Curve:
    """Crests of height 1 with longer troughs of height 0 between them."""
    return lambda x: (0.5 + 0.5 * math.cos(2 * math.pi * (x / length + phase))) ** 1.7


def _layer(view: View, swell: Curve, span: tuple[float, float], end: float, colour: Rgb) -> None:
    """One swell from its trough line (first of `span`), the second of `span` high: lit along its crests."""
    canvas, palette = view.canvas, view.palette
    top, rise = span

    def curve(x: float) -> float:
        return top - rise * swell(x)

    shine = mix(colour, mix(palette.sky[1], palette.sky[2], 0.6), 0.5)
    if view.scene.sky is Sky.STORM:
        shine = mix(shine, WHITE, 0.3)
    trough = mix(colour, wet(view, _DEEP, 0.0), 0.4)
    canvas.shade(
        canvas.below(curve),
        (0, top - rise),
        (0, end),
        [(mix(colour, shine, 0.55), 1.0), (colour, 1.0), (trough, 1.0)],
    )
    if rise:
        band(view, curve, lambda x: (2 + rise * 0.6) * (swell(x) - 0.12), shine, 0.6)
