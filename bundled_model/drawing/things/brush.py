"""What painters of things draw with: a canvas with the light on the thing, its main colour, and a scale about its foot."""

import random

from bundled_model.drawing.canvas import Canvas, Point
from bundled_model.drawing.palette import SUBJECT, Palette, Rgb, mix, rgb, tint
from bundled_model.drawing.view import View
from bundled_model.scenes.scene import Colour, Season, Terrain


class Brush:
    """Draws one thing: offsets from its foot, in units of `scale` pixels, y upwards."""

    def __init__(self, view: View, foot: Point, scale: float) -> None:
        """`foot` is where the thing stands, in pixels; one unit is `scale` pixels."""
        self.canvas: Canvas = view.canvas
        self.palette: Palette = view.palette
        self.rng: random.Random = view.rng
        self.season: Season | None = view.scene.season
        self.terrain: Terrain = view.scene.terrain
        self.colour: Colour | None = view.scene.colour
        self.light = view.palette.subject_light()
        self.main = self.tone(*(round(255 * part) for part in SUBJECT[self.colour or Colour.WHITE]))
        self.dark = mix(self.main, tint(rgb(30, 24, 60), self.light), 0.28)
        self.foot = foot
        self.scale = scale

    def at(self, x: float, y: float) -> Point:
        """A point given as offset from the foot, y upwards."""
        return (self.foot[0] + x * self.scale, self.foot[1] - y * self.scale)

    def poly(self, points: list[Point], colour: Rgb, alpha: float = 1.0) -> None:
        """A filled polygon."""
        self.canvas.polygon([self.at(x, y) for x, y in points], colour, alpha)

    def box(self, x: float, y: float, width: float, height: float, colour: Rgb) -> None:
        """A rectangle whose lower left corner is at offset (x, y)."""
        self.poly([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour)

    def disc(self, x: float, y: float, radius: float, colour: Rgb, alpha: float = 1.0) -> None:
        """A filled disc."""
        self.canvas.circle(self.at(x, y), radius * self.scale, colour, alpha)

    def tone(self, red: int, green: int, blue: int) -> Rgb:
        """A fixed colour under the light of the scene."""
        return tint(rgb(red, green, blue), self.light)

    def window(self) -> Rgb:
        """Windows glow after dark."""
        return self.palette.glow if self.palette.lit else self.tone(72, 96, 132)
