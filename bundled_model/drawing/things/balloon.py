"""A hot-air balloon."""

import skia

from bundled_model.drawing.palette import SUBJECT, WHITE, Rgb, mix
from bundled_model.drawing.things.brush import Brush
from bundled_model.scenes.scene import Colour

EXTENT = (88.0, 112.0)

_MOUTH = 34.0
_TOP = 112.0


def draw(brush: Brush) -> None:
    """Gores in the main colour and a lighter tone; after dark the burner lights it from within."""
    second = brush.tone(180, 190, 216) if brush.white else mix(brush.main, brush.tone(255, 250, 236), 0.62)
    rope = brush.tone(92, 66, 60)
    for side in (-1, 1):
        brush.line([(side * 10, 15), (side * 13, _MOUTH)], rope, 2.6)
    if brush.palette.lit:
        brush.oval(0, 26, (4.5, 9), brush.palette.glow)
    _draw_basket(brush)
    for share, colour in ((1.0, brush.main), (0.68, second), (0.32, brush.main)):
        _gore(brush, share, colour)
    if brush.palette.lit:
        own = mix(SUBJECT[brush.colour or Colour.WHITE], brush.palette.glow if brush.white else WHITE, 0.35)
        stops = [(own, 0.5), (own, 0.0)]
        brush.canvas.shade(_envelope(brush, 1.0), brush.at(0, _MOUTH), brush.at(0, 88), stops)
    brush.poly([(-14, _MOUTH + 4), (14, _MOUTH + 4), (12, _MOUTH - 3), (-12, _MOUTH - 3)], brush.dark)


def _draw_basket(brush: Brush) -> None:
    wicker = brush.tone(168, 110, 62)
    brush.round(brush.path([(-12, 0), (12, 0), (13, 17), (-13, 17)]), wicker, -12, 12)
    brush.box(-14, 13, 28, 5, brush.tone(110, 66, 46))


def _gore(brush: Brush, share: float, colour: Rgb) -> None:
    brush.round(_envelope(brush, share), colour, -43, 43)


def _envelope(brush: Brush, share: float) -> skia.Path:
    """The envelope, or a strip of it `share` as wide."""
    path = skia.Path()
    path.moveTo(*brush.at(-13 * share, _MOUTH))
    for side, (low, high) in ((-1, (_MOUTH, _TOP)), (1, (_TOP, _MOUTH))):
        controls = [(side * 60 * share, 64), (side * 48 * share, _TOP)]
        first, second = controls if side < 0 else controls[::-1]
        end = (0.0, high) if low < high else (13 * share, high)
        path.cubicTo(*brush.at(*first), *brush.at(*second), *brush.at(*end))
    path.close()
    return path
