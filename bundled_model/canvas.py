"""A thin layer over Skia: gradients, filled paths, polygons and strokes on a square canvas, anti-aliased throughout.

Coordinates are pixels of a 256x256 picture, x to the right and y downwards.
"""

import math
import random
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import skia

from bundled_model.palette import Rgb, ink

SIZE = 256
Point: TypeAlias = tuple[float, float]
Curve: TypeAlias = Callable[[float], float]


class Canvas:
    """A 256x256 picture being painted."""

    def __init__(self) -> None:
        """An empty picture."""
        self._surface = skia.Surface(SIZE, SIZE)
        self.skia = self._surface.getCanvas()

    def fill(self, path: skia.Path, colour: Rgb, alpha: float = 1.0) -> None:
        """Fill a path with one colour."""
        self.skia.drawPath(path, skia.Paint(AntiAlias=True, Color=ink(colour, alpha)))

    def shade(self, path: skia.Path, start: Point, end: Point, stops: Sequence[tuple[Rgb, float]]) -> None:
        """Fill a path with a linear gradient of evenly spaced (colour, alpha) stops from start to end."""
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(*start), skia.Point(*end)], [ink(colour, alpha) for colour, alpha in stops]
        )
        self.skia.drawPath(path, skia.Paint(AntiAlias=True, Shader=shader))

    def glow(self, centre: Point, radius: float, colour: Rgb, alpha: float) -> None:
        """A soft round light that fades to nothing at the radius."""
        shader = skia.GradientShader.MakeRadial(skia.Point(*centre), radius, [ink(colour, alpha), ink(colour, 0.0)])
        self.skia.drawCircle(*centre, radius, skia.Paint(AntiAlias=True, Shader=shader))

    def circle(self, centre: Point, radius: float, colour: Rgb, alpha: float = 1.0) -> None:
        """A filled disc."""
        self.skia.drawCircle(*centre, radius, skia.Paint(AntiAlias=True, Color=ink(colour, alpha)))

    def box(self, left: float, top: float, width: float, height: float, colour: Rgb, *, alpha: float = 1.0) -> None:
        """A filled upright rectangle."""
        rect = skia.Rect.MakeXYWH(left, top, width, height)
        self.skia.drawRect(rect, skia.Paint(AntiAlias=True, Color=ink(colour, alpha)))

    def pill(self, left: float, top: float, width: float, height: float, colour: Rgb, *, alpha: float = 1.0) -> None:
        """A filled rectangle with fully round ends."""
        rect = skia.Rect.MakeXYWH(left, top, width, height)
        radius = min(width, height) / 2
        self.skia.drawRoundRect(rect, radius, radius, skia.Paint(AntiAlias=True, Color=ink(colour, alpha)))

    def polygon(self, points: Sequence[Point], colour: Rgb, alpha: float = 1.0) -> None:
        """A filled polygon."""
        self.fill(polygon(points), colour, alpha)

    def stroke(self, path: skia.Path, colour: Rgb, width: float, alpha: float = 1.0) -> None:
        """A line of round ends along a path."""
        paint = skia.Paint(
            AntiAlias=True,
            Color=ink(colour, alpha),
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=width,
            StrokeCap=skia.Paint.kRound_Cap,
            StrokeJoin=skia.Paint.kRound_Join,
        )
        self.skia.drawPath(path, paint)

    def mirror(self, shore: float, alpha: float) -> None:
        """Reflect what is above the shore line (y) into what is below it, flattened by a tenth."""
        above = self._surface.makeImageSnapshot()
        self.skia.save()
        self.skia.clipRect(skia.Rect.MakeLTRB(0, shore, SIZE, SIZE))
        self.skia.translate(0, shore * 1.9)
        self.skia.scale(1, -0.9)
        self.skia.drawImage(above, 0, 0, skia.SamplingOptions(skia.FilterMode.kLinear), skia.Paint(Alphaf=alpha))
        self.skia.restore()

    def pixels(self) -> np.ndarray:
        """The picture as unsigned bytes, shape (256, 256, 3), red green blue."""
        return np.ascontiguousarray(self._surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3])


def polygon(points: Sequence[Point]) -> skia.Path:
    """A closed path of straight lines."""
    return skia.Path.Polygon([skia.Point(x, y) for x, y in points], True)


def below(curve: Curve, step: float = 4.0) -> skia.Path:
    """Everything below a curve y(x), down to the lower edge."""
    count = int(SIZE / step) + 1
    points = [(i * step, curve(i * step)) for i in range(count)]
    return polygon([*points, (SIZE, SIZE + 1), (0, SIZE + 1)])


def everything() -> skia.Path:
    """The whole picture as a path."""
    return polygon([(0, 0), (SIZE, 0), (SIZE, SIZE), (0, SIZE)])


def wave(rng: random.Random, level: float, height: float, length: float) -> Curve:
    """A smooth random ridge: three sines about `level` (y), at most `height` off it, `length` pixels the longest."""
    parts = [
        (height * share, 2 * math.pi / (length * factor * rng.uniform(0.85, 1.15)), rng.uniform(0, 2 * math.pi))
        for share, factor in ((0.62, 1.0), (0.26, 0.47), (0.12, 0.21))
    ]
    return lambda x: level + sum(a * math.sin(f * x + p) for a, f, p in parts)
