"""What roots a thing where it stands: a soft shadow and grass on land, an islet in the sea, ripples under a boat."""

import skia

from bundled_model.drawing.canvas import Part, Point
from bundled_model.drawing.lands.layers import growth_of, is_snowy, lit, lit_snow, tuft
from bundled_model.drawing.palette import WHITE, Rgb, mix, rgb, tint
from bundled_model.drawing.view import View
from bundled_model.scenes.scene import SEASONED


def draw_shadow(view: View, foot: Point, width: float) -> None:
    """A soft contact shadow, `width` pixels across, that leans away from the light."""
    x, y = foot
    lean = 0.0 if view.light is None else max(-1.0, min(1.0, (x - view.light[0]) / 60)) * 0.12 * width
    dark = mix(tint(rgb(40, 44, 70), view.palette.ambient), view.palette.sky[0], 0.2)
    half = width * 0.56
    view.canvas.fill(_oval(x + lean, y + 0.5, half, max(3.0, half * 0.13)), dark, 0.28)


def draw_islet(view: View, foot: Point, half: float) -> None:
    """A rocky islet with grass (in winter snow) on it and surf around; reaches `half` pixels to both sides."""
    x, y = foot
    palette, canvas = view.palette, view.canvas
    rock = tint(rgb(124, 110, 108), palette.ambient)
    dark = mix(rock, tint(rgb(40, 36, 66), palette.ambient), 0.45)
    grass = lit_snow(view) if is_snowy(view) else tint(rgb(104, 166, 84), palette.ambient)
    foam = mix(palette.sky[2], WHITE, 0.35)
    low = y + 20
    canvas.fill(_oval(x, low + 1, half * 1.24, 7), foam, 0.4)
    canvas.fill(_oval(x, low - 1, half * 1.12, 5.5), foam, 0.45)
    with canvas.showing(Part.LAND):
        left = [(x - half, low), (x - half * 0.92, y + 8), (x - half * 0.7, y + 1), (x + half * 0.7, y)]
        canvas.polygon([*left, (x + half * 0.9, y + 7), (x + half, low)], rock)
        for start, end in ((-0.42, -0.08), (0.3, 0.58)):
            middle = x + half * (start + end) / 2
            canvas.polygon([(x + half * start, low), (middle - 3, y + 4), (x + half * end, low)], dark)
        canvas.fill(_oval(x, y + 1.5, half * 0.86, 5.5), grass)


def draw_tufts(view: View, foot: Point, width: float) -> None:
    """Grass at both ends of something `width` pixels wide, on lands where grass grows and no snow lies."""
    if view.scene.terrain not in SEASONED or is_snowy(view):
        return
    colour = mix(lit(view, growth_of(view).meadow), lit(view, rgb(30, 60, 40)), 0.35)
    with view.canvas.showing(Part.LAND):
        for end, height in ((-0.47, 11), (0.45, 9)):
            tuft(view, (foot[0] + end * width, foot[1] + 3), height, colour)


def draw_ripples(view: View, waterline: Point, width: float, colour: Rgb) -> None:
    """A bright line of foam at a boat, and its reflection, `width` pixels long: bars that shorten downwards."""
    x, y = waterline
    foam = mix(view.palette.sky[2], WHITE, 0.4)
    view.canvas.pill(x - 0.6 * width, y - 1, 1.2 * width, 4.5, foam, alpha=0.5)
    for index, (share, alpha) in enumerate(((0.96, 0.5), (0.7, 0.46), (0.5, 0.4), (0.3, 0.32))):
        long = width * share
        view.canvas.pill(x - long / 2, y + 4 + 6 * index, long, 3.6, colour, alpha=alpha)


def _oval(x: float, y: float, half_width: float, half_height: float) -> skia.Path:
    return skia.Path.Oval(skia.Rect.MakeLTRB(x - half_width, y - half_height, x + half_width, y + half_height))
