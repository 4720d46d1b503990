"""A thin layer over Skia: gradients, filled paths, polygons and strokes, anti-aliased throughout, in a medium.

Coordinates are pixels, x to the right and y downwards. Beside the picture the canvas keeps a map of parts: what each
pixel shows. Painters set `part` before they draw; what is more than half opaque claims its pixels. For media that draw
contours it keeps a second map, of sheets: which shape each pixel shows, as if all were cut out of paper.
"""

import bisect
import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np
import skia

from bundled_model.drawing.media.medium import Medium, Shape, Stop
from bundled_model.drawing.palette import Rgb, ink
from bundled_model.drawing.parts import Part

Size: TypeAlias = tuple[int, int]
Point: TypeAlias = tuple[float, float]
Curve: TypeAlias = Callable[[float], float]
_OPAQUE = 0.5
_BROAD = 5.0


class Canvas:
    """A picture being painted, `size` (width, height) pixels, in a medium."""

    def __init__(self, size: Size, medium: Medium) -> None:
        """An empty picture."""
        self.width, self.height = size
        self.medium = medium
        self.part = Part.SKY
        self._surface = skia.Surface(*size)
        self._parts = skia.Surface(*size)
        self._sheets = skia.Surface(*size) if medium.cuts else None
        self._sheet = 0
        self._last: object = None
        self.skia = self._surface.getCanvas()

    @contextmanager
    def showing(self, part: Part) -> Iterator[None]:
        """What is drawn meanwhile shows `part`."""
        before, self.part = self.part, part
        yield
        self.part = before

    def fill(self, path: skia.Path, colour: Rgb, alpha: float = 1.0) -> None:
        """Fill a path with one colour."""
        self.shade(path, (0, 0), (0, self.height), [(colour, alpha), (colour, alpha)])

    def shade(self, path: skia.Path, start: Point, end: Point, stops: Sequence[Stop]) -> None:
        """Fill a path with a linear gradient of evenly spaced (colour, alpha) stops from start to end."""
        toned = [(self.medium.tone(colour), alpha) for colour, alpha in stops]
        whole = Shape(path, self.part, start, end, toned)
        for shape in self.medium.pieces(whole):
            ends = [skia.Point(*shape.start), skia.Point(*shape.end)]
            shader = skia.GradientShader.MakeLinear(ends, [ink(colour, alpha) for colour, alpha in shape.stops])
            self.skia.drawPath(shape.path, skia.Paint(AntiAlias=True, Shader=shader))
            if shape.is_sheet:
                self._lay(shape.path, shape.stops, thin=shape.thin)
        if whole.solid:
            self._parts.getCanvas().drawPath(path, skia.Paint(AntiAlias=False, Color=self._part_ink()))

    def glow(self, centre: Point, radius: float, colour: Rgb, alpha: float) -> None:
        """A soft round light that fades to nothing at the radius."""
        colour = self.medium.tone(colour)
        shader = skia.GradientShader.MakeRadial(skia.Point(*centre), radius, [ink(colour, alpha), ink(colour, 0.0)])
        self.skia.drawCircle(*centre, radius, skia.Paint(AntiAlias=True, Shader=shader))

    def circle(self, centre: Point, radius: float, colour: Rgb, alpha: float = 1.0) -> None:
        """A filled disc."""
        self.fill(skia.Path.Circle(*centre, radius), colour, alpha)

    def box(self, left: float, top: float, width: float, height: float, colour: Rgb, *, alpha: float = 1.0) -> None:
        """A filled upright rectangle."""
        self.fill(skia.Path.Rect(skia.Rect.MakeXYWH(left, top, width, height)), colour, alpha)

    def pill(self, left: float, top: float, width: float, height: float, colour: Rgb, *, alpha: float = 1.0) -> None:
        """A filled rectangle with fully round ends."""
        rect = skia.Rect.MakeXYWH(left, top, width, height)
        radius = min(width, height) / 2
        self.fill(skia.Path.RRect(skia.RRect.MakeRectXY(rect, radius, radius)), colour, alpha)

    def polygon(self, points: Sequence[Point], colour: Rgb, alpha: float = 1.0) -> None:
        """A filled polygon."""
        self.fill(polygon(points), colour, alpha)

    def stroke(self, path: skia.Path, colour: Rgb, width: float, alpha: float = 1.0) -> None:
        """A line of round ends along a path; media draw no outline of their own around it."""
        paint = skia.Paint(
            AntiAlias=True,
            Color=ink(self.medium.tone(colour), alpha),
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=width,
            StrokeCap=skia.Paint.kRound_Cap,
            StrokeJoin=skia.Paint.kRound_Join,
        )
        self.skia.drawPath(path, paint)
        if alpha > _OPAQUE:
            paint.setAntiAlias(False)
            paint.setColor(self._part_ink())
            self._parts.getCanvas().drawPath(path, paint)
            if width >= _BROAD and self.part is not Part.SKY:
                self._lay(path, [(self.medium.tone(colour), alpha)], thin=True, paint=paint)

    def mirror(self, shore: float, alpha: float) -> None:
        """Reflect what is above the shore line (y) into what is below it, flattened by a tenth; the parts stay."""
        above = self._surface.makeImageSnapshot()
        self.skia.save()
        self.skia.clipRect(skia.Rect.MakeLTRB(0, shore, self.width, self.height))
        self.skia.translate(0, shore * 1.9)
        self.skia.scale(1, -0.9)
        self.skia.drawImage(above, 0, 0, skia.SamplingOptions(skia.FilterMode.kLinear), skia.Paint(Alphaf=alpha))
        self.skia.restore()

    def pixels(self) -> np.ndarray:
        """The picture as unsigned bytes, shape (height, width, 3), red green blue."""
        return np.ascontiguousarray(self.rgba()[..., :3])

    def parts(self) -> np.ndarray:
        """The `Part` that each pixel shows: unsigned bytes, shape (height, width)."""
        return np.ascontiguousarray(self._parts.toarray(colorType=skia.kRGBA_8888_ColorType)[..., 0])

    def sheets(self) -> np.ndarray:
        """Which shape each pixel shows, for a medium that `cuts`: numbers of shape (height, width).

        What lies further in front has the higher number; 0 is the sky. Shapes of one colour drawn one after the other
        are one sheet. The numbers of thin shapes are odd, those of all others even.
        """
        if self._sheets is None:
            raise ValueError(f"{type(self.medium).__name__} cuts no sheets")
        high_low = self._sheets.toarray(colorType=skia.kRGBA_8888_ColorType)
        return high_low[..., 0].astype(np.uint16) * 256 + high_low[..., 1]

    def rgba(self) -> np.ndarray:
        """The picture as unsigned bytes, shape (height, width, 4), contiguous."""
        return self._surface.toarray(colorType=skia.kRGBA_8888_ColorType)

    def below(self, curve: Curve, step: float = 4.0) -> skia.Path:
        """Everything below a curve y(x), down to the lower edge."""
        count = int(self.width / step) + 1
        points = [(i * step, curve(i * step)) for i in range(count)]
        return polygon([*points, (self.width, self.height + 1), (0, self.height + 1)])

    def everything(self) -> skia.Path:
        """The whole picture as a path."""
        return polygon([(0, 0), (self.width, 0), (self.width, self.height), (0, self.height)])

    def _lay(self, path: skia.Path, stops: Sequence[Stop], *, thin: bool, paint: skia.Paint | None = None) -> None:
        """Cover the map of sheets."""
        if self._sheets is None:
            return
        kind = (self.part, tuple(stops), thin)
        if kind != self._last:
            self._last, self._sheet = kind, self._sheet + 2
        number = self._sheet + thin
        filled = skia.Paint(AntiAlias=False)
        brush = paint or filled
        brush.setColor(skia.ColorSetARGB(255, number >> 8, number & 255, 0))
        self._sheets.getCanvas().drawPath(path, brush)

    def _part_ink(self) -> int:
        return skia.ColorSetARGB(255, int(self.part), 0, 0)


def polygon(points: Sequence[Point]) -> skia.Path:
    """A closed path of straight lines."""
    return skia.Path.Polygon([skia.Point(x, y) for x, y in points], True)


def wave(rng: random.Random, level: float, height: float, length: float) -> Curve:
    """A smooth random ridge: three sines about `level` (y), at most `height` off it, `length` pixels the longest."""
    parts = [
        (height * share, 2 * math.pi / (length * factor * rng.uniform(0.85, 1.15)), rng.uniform(0, 2 * math.pi))
        for share, factor in ((0.62, 1.0), (0.26, 0.47), (0.12, 0.21))
    ]
    return lambda x: level + sum(a * math.sin(f * x + p) for a, f, p in parts)


def through(points: Sequence[Point]) -> Curve:
    """A smooth ridge through points of rising x (Catmull-Rom); level beyond the first and the last."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    last = len(points) - 1
    slopes = [0.0 if i in (0, last) else (ys[i + 1] - ys[i - 1]) / (xs[i + 1] - xs[i - 1]) for i in range(len(points))]

    def curve(x: float) -> float:
        if x <= xs[0] or x >= xs[last]:
            return ys[0] if x <= xs[0] else ys[last]
        i = bisect.bisect_right(xs, x) - 1
        span = xs[i + 1] - xs[i]
        t = (x - xs[i]) / span
        start = (1 + 2 * t) * (1 - t) ** 2 * ys[i] + t * (1 - t) ** 2 * span * slopes[i]
        return start + t * t * (3 - 2 * t) * ys[i + 1] + t * t * (t - 1) * span * slopes[i + 1]

    return curve
