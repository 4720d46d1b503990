"""Open ground: from which side it is lit, soft swells in it, boulders on it."""

import math

import skia

from bundled_model.drawing.canvas import Canvas, Curve, Point, polygon
from bundled_model.drawing.palette import Rgb
from bundled_model.drawing.view import View


def light_side(view: View, x: float) -> int:
    """From which side something at x is lit: 1 right, -1 left; right where there is neither sun nor moon."""
    return -1 if view.light is not None and view.light[0] < x else 1


def strip(canvas: Canvas, curve: Curve, bottom: float, step: float = 4.0) -> skia.Path:
    """What lies between a curve and a y below it: cheaper than `Canvas.below` where nearer land covers the rest."""
    points = [(i * step, curve(i * step)) for i in range(int(canvas.width / step) + 1)]
    return polygon([*points, (canvas.width, bottom), (0, bottom)])


def sidelight(view: View, land: skia.Path, shade: Rgb, strength: float = 1.0) -> None:
    """Brighten land on the side of the light, and shade it on the other."""
    width = view.canvas.width
    far = width if light_side(view, width / 2) < 0 else 0
    ends = [(view.palette.light, 0.16 * strength), (shade, 0.0), (shade, 0.3 * strength)]
    view.canvas.shade(land, (width - far, 0), (far, 0), ends)


def swells(view: View, curve: Curve, shade: Rgb) -> None:
    """Two soft swells in the ground below a curve, each a shadow that fades downwards."""
    canvas = view.canvas
    for share, lean, fade in ((0.42, 9.0, 34.0), (0.74, -10.0, 30.0)):

        def fold(x: float, share: float = share, lean: float = lean) -> float:
            y = curve(x)
            return y + share * (canvas.height - y) + lean * math.sin(math.pi * (1.5 * x / canvas.width + share))

        start = fold(canvas.width / 2) - 8
        canvas.shade(
            strip(canvas, fold, start + fade, 8.0), (0, start), (0, start + fade), [(shade, 0.34), (shade, 0.0)]
        )


def boulder(view: View, foot: Point, size: float, dark: Rgb, bright: Rgb) -> None:
    """A rock, `size` pixels high and twice as wide, with one face in the light."""
    x, y = foot
    side = light_side(view, x)

    def at(dx: float, dy: float) -> Point:
        return (x + side * dx * size, y - dy * size)

    view.canvas.polygon([at(-1, 0), at(-0.8, 0.6), at(-0.1, 1.0), at(0.6, 0.75), at(1.0, 0)], dark)
    view.canvas.polygon([at(-0.1, 1.0), at(0.6, 0.75), at(1.0, 0), at(0.25, 0.12)], bright)
