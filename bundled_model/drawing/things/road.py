"""A winding road."""

import math

from bundled_model.drawing.canvas import Point, polygon
from bundled_model.drawing.palette import mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.scenes.scene import Terrain

EXTENT = (64.0, 60.0)

_NEAR = 74.0
_FAR = 3.0
_REACHES = {Terrain.HILLS: 0.17, Terrain.DESERT: 0.12, Terrain.CANYON: 0.11, Terrain.SNOW: 0.18}
"""How far above its foot it ends, a share of the height."""
_REACH = 0.13
_STEPS = 40


def draw(brush: Brush) -> None:
    """From the lower edge, at its place, to the middle distance, where it ends narrow behind a rise."""
    grey, line = brush.tone(112, 108, 120), brush.tone(252, 240, 208)
    top, low = _y(brush, 1.0), brush.canvas.height
    for share, colour in ((1.0, line), (0.84, grey)):
        path = polygon([*_edge(brush, -share), *reversed(_edge(brush, share))])
        far = mix(colour, brush.palette.haze, 0.22)
        stops = [(colour, 1.0), (colour, 1.0), (mix(colour, far, 0.6), 1.0), (far, 1.0)]
        brush.canvas.shade(path, (0, low), (0, top), stops)
    for start, end in ((0.03, 0.14), (0.24, 0.33), (0.42, 0.5), (0.58, 0.65)):
        dash = [*_edge(brush, -0.09, start, end), *reversed(_edge(brush, 0.09, start, end))]
        brush.canvas.polygon(dash, brush.tone(250, 206, 84))


def _edge(brush: Brush, side: float, start: float = 0.0, end: float = 1.0) -> list[Point]:
    """Its points from near to far, `side` half-widths beside its middle."""
    shares = [start + (end - start) * index / _STEPS for index in range(_STEPS + 1)]
    return [(_x(brush, share) + side * _half(share), _y(brush, share)) for share in shares]


def _half(share: float) -> float:
    return (_NEAR + (_FAR - _NEAR) * share**0.7) / 2


def _x(brush: Brush, share: float) -> float:
    """It winds about its place, ever less."""
    sway = math.sin(share * 2 * math.pi * 1.1) * (1 - share) ** 0.9
    return brush.foot[0] + brush.facing * 30 * sway


def _y(brush: Brush, share: float) -> float:
    """Even steps of `share` are ever shorter on the picture."""
    top, low = brush.foot[1] - _REACHES.get(brush.terrain, _REACH) * brush.canvas.height, brush.canvas.height + 2
    return low + (top - low) * share**0.8
