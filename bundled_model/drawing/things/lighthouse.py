"""A lighthouse: a white tower with bands of the main colour, and a lamp that shines after dark."""

from bundled_model.drawing.canvas import polygon
from bundled_model.drawing.palette import WHITE, Rgb, mix
from bundled_model.drawing.things.brush import Brush

EXTENT = (48.0, 116.0)
"""Width and height, units."""
_TOWER = 80.0
_BANDS = 5


def draw(brush: Brush) -> None:
    """After dark the beam points into the picture."""
    dark = brush.tone(58, 58, 84)
    roof = brush.tone(112, 122, 150) if brush.white else brush.main
    if brush.palette.lit:
        _beam(brush)
        brush.canvas.glow(brush.at(0, _TOWER + 12), 38 * brush.scale, brush.palette.glow, 0.85)
    _tower(brush)
    brush.box(-16, _TOWER, 32, 5, dark)
    lamp = brush.palette.glow if brush.palette.lit else brush.tone(255, 234, 160)
    brush.box(-9.5, _TOWER + 5, 19, 14, lamp)
    for x in (-9.5, 6.5):
        brush.box(x, _TOWER + 5, 3, 14, dark)
    dome = brush.bend((-14, _TOWER + 18), (-12, _TOWER + 30), (0, _TOWER + 33), (12, _TOWER + 30), (14, _TOWER + 18))
    dome.close()
    brush.round(dome, roof, -14, 14)
    brush.line([(0, _TOWER + 32), (0, _TOWER + 37)], dark, 3.0)


def _tower(brush: Brush) -> None:
    second = brush.tone(178, 186, 204) if brush.white else brush.tone(252, 249, 242)
    for index in range(_BANDS):
        low, high = _TOWER * index / _BANDS, _TOWER * (index + 1) / _BANDS
        colour = brush.main if index % 2 == 0 else second
        wide, thin = _half(low), _half(high)
        brush.round(brush.path([(-wide, low), (wide, low), (thin, high), (-thin, high)]), colour, -20, 20)
    door = brush.bend((-5.5, 0), (-5.5, 16), (0, 16), (5.5, 16), (5.5, 0))
    door.close()
    frame = brush.tone(92, 70, 70)
    brush.canvas.fill(door, frame)
    for y in (24, 56):
        _window(brush, y, frame)


def _window(brush: Brush, y: float, frame: Rgb) -> None:
    brush.box(-3.5, y, 7, 9, brush.palette.glow if brush.palette.lit else frame)


def _half(y: float) -> float:
    """Half of the tower's width at a height: it narrows, less and less."""
    return 21 - 15 * (y / _TOWER) + 5.5 * (y / _TOWER) ** 2


def _beam(brush: Brush) -> None:
    x, y = brush.at(0, _TOWER + 12)
    reach = brush.facing * 170
    pale = mix(brush.palette.glow, WHITE, 0.5)
    stops = [(pale, 0.46), (pale, 0.0)]
    beam = polygon([(x, y - 2), (x + reach, y - 30), (x + reach, y + 18), (x, y + 2)])
    brush.canvas.shade(beam, (x, y), (x + reach, y), stops)
