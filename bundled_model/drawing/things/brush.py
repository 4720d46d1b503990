"""What painters of things draw with: light on the thing, its main colour, and a scale about its foot."""

import random
from collections.abc import Sequence

import skia

from bundled_model.drawing.canvas import Canvas, Point, polygon
from bundled_model.drawing.palette import SUBJECT, WHITE, Palette, Rgb, mix, rgb, tint
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Colour, Place, Season, Terrain


class Brush:
    """Draws one thing: offsets from its foot, in units of `scale` pixels, y upwards."""

    def __init__(self, view: View, ground: Ground, foot: Point, scale: float) -> None:
        """`foot` is where the thing stands, in pixels; one unit is `scale` pixels."""
        self.view = view
        self.ground = ground
        self.canvas: Canvas = view.canvas
        self.palette: Palette = view.palette
        self.rng: random.Random = view.rng
        self.season: Season | None = view.scene.season
        self.terrain: Terrain = view.scene.terrain
        self.colour: Colour | None = view.scene.colour
        # Milder than on the land around it: the thing is what the picture is about.
        self.light = mix(view.palette.subject_light(), WHITE, 0.2)
        self.white = self.colour is Colour.WHITE
        self.main = self.tone(*(round(255 * part) for part in SUBJECT[self.colour or Colour.WHITE]))
        self.dark = self.shaded(self.main)
        self.foot = foot
        self.scale = scale
        self.facing = -1 if view.scene.subject_place is Place.RIGHT else 1
        """Where what has a front looks: 1 to the right; at the right of the picture to the left, so into it."""
        self.shady = -1 if view.light is not None and view.light[0] > foot[0] + 10 else 1
        """The side away from the light: 1 the right, -1 the left."""

    def at(self, x: float, y: float) -> Point:
        """A point given as offset from the foot, y upwards."""
        return (self.foot[0] + x * self.scale, self.foot[1] - y * self.scale)

    def faced(self, points: Sequence[Point]) -> list[Point]:
        """Offsets of something that looks to the right, turned to where the thing looks."""
        return [(x * self.facing, y) for x, y in points]

    def path(self, points: Sequence[Point]) -> skia.Path:
        """A closed path of straight lines through offsets."""
        return polygon([self.at(x, y) for x, y in points])

    def poly(self, points: Sequence[Point], colour: Rgb, alpha: float = 1.0) -> None:
        """A filled polygon."""
        self.canvas.fill(self.path(points), colour, alpha)

    def box(self, x: float, y: float, width: float, height: float, colour: Rgb) -> None:
        """A rectangle whose lower left corner is at offset (x, y)."""
        self.poly([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour)

    def disc(self, x: float, y: float, radius: float, colour: Rgb, alpha: float = 1.0) -> None:
        """A filled disc."""
        self.canvas.circle(self.at(x, y), radius * self.scale, colour, alpha)

    def oval(self, x: float, y: float, half: Point, colour: Rgb, alpha: float = 1.0) -> None:
        """A filled oval about an offset; `half` is half of its width and height."""
        (left, top), (right, bottom) = self.at(x - half[0], y + half[1]), self.at(x + half[0], y - half[1])
        self.canvas.fill(skia.Path.Oval(skia.Rect.MakeLTRB(left, top, right, bottom)), colour, alpha)

    def bend(self, start: Point, *curves: Point) -> skia.Path:
        """An open path of quadratic curves: after the start, a control point and an end each."""
        path = skia.Path()
        path.moveTo(*self.at(*start))
        for control, end in zip(curves[::2], curves[1::2], strict=True):
            path.quadTo(*self.at(*control), *self.at(*end))
        return path

    def line(self, points: Sequence[Point], colour: Rgb, width: float, alpha: float = 1.0) -> None:
        """A line through offsets, `width` units wide, but at least 2 pixels."""
        path = skia.Path()
        path.moveTo(*self.at(*points[0]))
        for x, y in points[1:]:
            path.lineTo(*self.at(x, y))
        self.stroke(path, colour, width, alpha)

    def stroke(self, path: skia.Path, colour: Rgb, width: float, alpha: float = 1.0) -> None:
        """A line along a path that is in pixels, `width` units wide, but at least 2 pixels."""
        self.canvas.stroke(path, colour, max(2.0, width * self.scale), alpha)

    def round(self, path: skia.Path, colour: Rgb, left: float, right: float) -> None:
        """Fill a path with a colour that darkens from the lit side to the shady one, as on a tower or a sail."""
        lit, dim = mix(colour, WHITE, 0.08), self.shaded(colour, 0.24)
        stops = [(lit, 1.0), (colour, 1.0), (dim, 1.0)]
        self.canvas.shade(path, self.at(left, 0), self.at(right, 0), stops if self.shady > 0 else stops[::-1])

    def shaded(self, colour: Rgb, share: float = 0.28) -> Rgb:
        """The colour on the side away from the light."""
        return mix(colour, tint(rgb(30, 24, 60), self.light), share)

    def tone(self, red: int, green: int, blue: int) -> Rgb:
        """A fixed colour under the light of the scene."""
        return tint(rgb(red, green, blue), self.light)

    def window(self) -> Rgb:
        """Windows glow after dark."""
        return self.palette.glow if self.palette.lit else self.tone(72, 96, 132)
