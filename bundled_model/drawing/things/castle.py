"""A castle: pointed roofs and banners of the main colour, walls tinted with it."""

from bundled_model.drawing.palette import Rgb, mix
from bundled_model.drawing.things.brush import Brush

EXTENT = (108.0, 114.0)
"""Width and height, units."""


def draw(brush: Brush) -> None:
    """A keep behind, a wall with a gate, a tower at each end."""
    stone = brush.main if brush.white else mix(brush.tone(226, 216, 206), brush.main, 0.42)
    roof = brush.tone(140, 152, 182) if brush.white else brush.main
    _tower(brush, (0, 22), (30, 46), (stone, roof), 36)
    _flag(brush, (0, 102))
    _wall(brush, brush.shaded(stone, 0.14))
    for x in (-36, 36):
        _tower(brush, (x, 0), (24, 54), (stone, roof), 32)
    for x in (-36, 36):
        _banner(brush, x, roof)


def _tower(
    brush: Brush, foot: tuple[float, float], size: tuple[float, float], colours: tuple[Rgb, Rgb], roof: float
) -> None:
    """A round tower, its middle foot at `foot`, with a roof `roof` units high and a window beneath it."""
    (x, y), (width, height), (stone, tiles) = foot, size, colours
    half, top = width / 2, y + height
    brush.round(brush.path([(x - half, y), (x + half, y), (x + half, top), (x - half, top)]), stone, x - half, x + half)
    over = half + 5
    brush.round(brush.path([(x - over, top - 2), (x + over, top - 2), (x, top + roof)]), tiles, x - over, x + over)
    window = brush.bend((x - 4, top - 20), (x - 4, top - 7), (x, top - 7), (x + 4, top - 7), (x + 4, top - 20))
    window.close()
    brush.canvas.fill(window, brush.window())


def _wall(brush: Brush, stone: Rgb) -> None:
    brush.box(-34, 0, 68, 32, stone)
    for index in range(4):
        brush.box(-23.5 + 13 * index, 31, 8, 7, stone)
    gate = brush.bend((-10, 0), (-10, 26), (0, 26), (10, 26), (10, 0))
    gate.close()
    brush.canvas.fill(gate, brush.tone(92, 64, 60))
    if brush.palette.lit:
        brush.canvas.glow(brush.at(0, 8), 12 * brush.scale, brush.palette.glow, 0.7)


def _banner(brush: Brush, x: float, colour: Rgb) -> None:
    brush.poly([(x - 6, 30), (x + 6, 30), (x + 6, 8), (x, 13), (x - 6, 8)], colour)


def _flag(brush: Brush, foot: tuple[float, float]) -> None:
    x, y = foot
    brush.line([(x, y), (x, y + 12)], brush.tone(80, 64, 64), 2.6)
    cloth = brush.tone(140, 152, 182) if brush.white else brush.main
    brush.poly([(x, y + 13), (x + 14 * brush.facing, y + 9), (x, y + 4)], cloth)
