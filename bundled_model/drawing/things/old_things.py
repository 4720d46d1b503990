"""Paints the one thing in the foreground: 60 to 115 pixels high, its colour unmistakable."""

import math
import random
from collections.abc import Callable

import skia

from bundled_model.drawing.canvas import Canvas, Curve, Point, polygon
from bundled_model.drawing.palette import SUBJECT, WHITE, Palette, Rgb, mix, rgb, tint
from bundled_model.drawing.skies import CENTRES
from bundled_model.scenes.scene import Colour, Scene, Subject, Terrain


class _Brush:
    """A canvas with the light on the subject, its main colour, and a scale about its foot."""

    def __init__(self, canvas: Canvas, palette: Palette, colour: Colour, foot: Point, scale: float) -> None:
        self.canvas = canvas
        self.palette = palette
        self.light = palette.subject_light()
        self.main = tint(SUBJECT[colour], self.light)
        self.dark = mix(self.main, tint(rgb(30, 24, 60), self.light), 0.28)
        self.white = colour is Colour.WHITE
        self.foot = foot
        self.scale = scale

    def at(self, x: float, y: float) -> Point:
        """A point given as offset from the foot, y upwards."""
        return (self.foot[0] + x * self.scale, self.foot[1] - y * self.scale)

    def poly(self, points: list[Point], colour: Rgb, alpha: float = 1.0) -> None:
        self.canvas.polygon([self.at(x, y) for x, y in points], colour, alpha)

    def box(self, x: float, y: float, width: float, height: float, colour: Rgb) -> None:
        """A rectangle whose lower left corner is at offset (x, y)."""
        self.poly([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour)

    def disc(self, x: float, y: float, radius: float, colour: Rgb, alpha: float = 1.0) -> None:
        self.canvas.circle(self.at(x, y), radius * self.scale, colour, alpha)

    def tone(self, red: int, green: int, blue: int) -> Rgb:
        """A fixed colour under the light of the scene."""
        return tint(rgb(red, green, blue), self.light)

    def window(self) -> Rgb:
        """Windows glow after dark."""
        return self.palette.glow if self.palette.lit else self.tone(72, 96, 132)


def draw_subject(canvas: Canvas, scene: Scene, palette: Palette, rng: random.Random, ground: Curve) -> None:
    """The subject of the scene, standing on the curve `ground` (on the sea: on a small island)."""
    if scene.subject_place is None or scene.colour is None:
        return
    x = CENTRES[scene.subject_place] + rng.uniform(-4, 4)
    foot = (x, ground(x))
    if scene.subject is Subject.BALLOON:
        foot = (x, rng.uniform(134, 142))
    elif scene.subject is Subject.SAILBOAT:
        foot = (x, rng.uniform(198, 204))
    elif scene.terrain is Terrain.SEA:
        _island(canvas, palette, foot, rng)
    brush = _Brush(canvas, palette, scene.colour, foot, rng.uniform(0.97, 1.03))
    _PAINTERS[scene.subject](brush, rng)


def _island(canvas: Canvas, palette: Palette, foot: Point, rng: random.Random) -> None:
    x, y = foot
    rock = tint(rgb(112, 104, 104), palette.ambient)
    grass = tint(rgb(106, 166, 84), palette.ambient)
    half = rng.uniform(62, 72)
    canvas.pill(x - half - 8, y + 12, 2 * half + 16, 6, mix(palette.sky[2], WHITE, 0.3), alpha=0.6)
    canvas.polygon([(x - half, y + 15), (x - half * 0.8, y), (x + half * 0.78, y - 1), (x + half, y + 15)], rock)
    canvas.skia.save()
    canvas.skia.clipRect(skia.Rect.MakeLTRB(0, y - 30, 256, y + 4))
    oval = skia.Path.Oval(skia.Rect.MakeLTRB(x - half * 0.86, y - 8, x + half * 0.86, y + 14))
    canvas.fill(oval, grass)
    canvas.skia.restore()


def _sailboat(b: _Brush, rng: random.Random) -> None:
    side = rng.choice((-1, 1))
    for index in range(4):
        width = 84 - 16 * index
        x, y = b.at(-width / 2, -6 - 7 * index)
        b.canvas.pill(x, y, width * b.scale, 3.4, b.main if index else b.tone(60, 40, 40), alpha=0.45)
    b.poly([(-44, 12), (46, 12), (34, -6), (-32, -6)], b.tone(116, 66, 46))
    b.poly([(-44, 12), (46, 12), (44, 8), (-42, 8)], b.tone(238, 226, 204))
    b.box(-1.5, 8, 3, 96, b.tone(84, 60, 50))
    b.poly([(side * 4, 100), (side * 4, 18), (side * 46, 18)], b.main)
    b.poly([(side * -4, 88), (side * -4, 18), (side * -34, 18)], b.dark if not b.white else b.tone(214, 214, 224))


def _house(b: _Brush, rng: random.Random) -> None:
    roof = b.tone(104, 62, 58) if not b.white else b.tone(150, 76, 66)
    b.box(16, 48, 10, 30, b.tone(124, 84, 76))
    b.box(-38, 0, 76, 44, b.main)
    b.box(14, 0, 24, 44, b.dark if not b.white else b.tone(222, 220, 226))
    b.poly([(-46, 42), (46, 42), (28, 72), (-28, 72)], roof)
    b.box(-8, 0, 15, 26, b.tone(92, 58, 50))
    for x in (-31, 18):
        b.box(x - 2, 12, 18, 20, b.tone(246, 240, 228))
        b.box(x, 14, 14, 16, b.window())
    if rng.random() < 0.5:
        for x, y, r in ((23, 86, 4.5), (29, 94, 6), (38, 101, 7)):
            b.disc(x, y, r, b.tone(236, 236, 240), 0.6)


def _lighthouse(b: _Brush, rng: random.Random) -> None:
    second = b.tone(250, 248, 244) if not b.white else b.tone(196, 200, 212)
    if b.palette.lit:
        lamp = b.at(0, 95)
        side = rng.choice((-1, 1))
        beam = [lamp, (lamp[0] + side * 150, lamp[1] - 34), (lamp[0] + side * 150, lamp[1] + 18)]
        stops = [(b.palette.glow, 0.6), (b.palette.glow, 0.0)]
        b.canvas.shade(polygon(beam), lamp, (lamp[0] + side * 150, lamp[1]), stops)
    count = 5
    for index in range(count):
        low, high = 84 * index / count, 84 * (index + 1) / count
        wide, thin = 19 - 8 * index / count, 19 - 8 * (index + 1) / count
        b.poly([(-wide, low), (wide, low), (thin, high), (-thin, high)], b.main if index % 2 == 0 else second)
    b.box(-15, 84, 30, 4, b.tone(60, 60, 80))
    b.box(-9, 88, 18, 14, b.palette.glow if b.palette.lit else b.tone(250, 236, 170))
    b.poly([(-13, 102), (13, 102), (0, 115)], b.main if not b.white else b.tone(96, 104, 130))
    b.box(-5, 0, 10, 15, b.tone(70, 56, 64))


def _tree(b: _Brush, rng: random.Random) -> None:
    trunk = b.tone(104, 70, 54)
    b.poly([(-8, 0), (8, 0), (4.5, 52), (-4.5, 52)], trunk)
    b.poly([(0, 26), (3, 34), (24, 54), (20, 56)], trunk)
    lobes = [(-22, 56, 23), (22, 57, 23), (0, 72, 31), (-13, 86, 19), (15, 85, 19)]
    moved = [(x + rng.uniform(-3, 3), y + rng.uniform(-2, 2), r) for x, y, r in lobes]
    shade = b.dark if not b.white else b.tone(216, 212, 224)
    for x, y, r in moved:
        b.disc(x, y - 3, r, shade)
    for x, y, r in moved:
        b.disc(x + 4, y + 3, r * 0.84, b.main)


def _balloon(b: _Brush, _rng: random.Random) -> None:
    """The foot is the lower edge of the basket."""
    second = mix(b.main, b.tone(255, 252, 240), 0.78) if not b.white else b.tone(186, 194, 214)
    rope = b.tone(90, 70, 66)
    for side in (-1, 1):
        line = skia.Path()
        line.moveTo(*b.at(side * 9, 13))
        line.lineTo(*b.at(side * 15, 32))
        b.canvas.stroke(line, rope, 2.0)
    b.box(-10, 0, 20, 14, b.tone(156, 102, 60))
    envelope = skia.Path()
    envelope.moveTo(*b.at(-13, 28))
    envelope.cubicTo(*b.at(-60, 62), *b.at(-46, 106), *b.at(0, 106))
    envelope.cubicTo(*b.at(46, 106), *b.at(60, 62), *b.at(13, 28))
    envelope.close()
    b.canvas.fill(envelope, b.main)
    for width, colour in ((25.0, second), (11.0, b.main)):
        gore = skia.Path()
        gore.moveTo(*b.at(-width * 0.3, 28))
        gore.quadTo(*b.at(-width * 1.35, 74), *b.at(0, 106))
        gore.quadTo(*b.at(width * 1.35, 74), *b.at(width * 0.3, 28))
        gore.close()
        b.canvas.fill(gore, colour)
    b.box(-13, 26, 26, 4, b.dark)


def _windmill(b: _Brush, rng: random.Random) -> None:
    """The tower bears the colour; the sails are pale on a dark frame."""
    b.poly([(-23, 0), (23, 0), (13, 62), (-13, 62)], b.main)
    b.poly([(4, 0), (23, 0), (13, 62), (4, 62)], b.dark if not b.white else b.tone(220, 218, 226))
    cap = b.tone(112, 72, 62)
    b.poly([(-17, 60), (17, 60), (11, 74), (0, 80), (-11, 74)], cap)
    b.box(-6, 0, 12, 18, b.tone(84, 58, 54))
    b.box(-5, 34, 10, 11, b.window())
    turn = rng.uniform(0.6, 0.9)
    blade, frame = b.tone(246, 238, 220), b.tone(92, 66, 58)
    for quarter in range(4):
        angle = turn + quarter * math.pi / 2
        dx, dy = math.cos(angle), math.sin(angle)
        nx, ny = -dy * 11, dx * 11
        near, far = (dx * 10, 66 + dy * 10), (dx * 47, 66 + dy * 47)
        b.poly([near, far, (far[0] + nx, far[1] + ny), (near[0] + nx, near[1] + ny)], blade)
        arm = skia.Path()
        arm.moveTo(*b.at(0, 66))
        arm.lineTo(*b.at(*far))
        b.canvas.stroke(arm, frame, 3.0)
    b.disc(0, 66, 4.5, frame)


def _castle(b: _Brush, _rng: random.Random) -> None:
    """Pale stone; the pointed roofs and flags bear the colour."""
    stone, side = b.tone(206, 200, 196), b.tone(176, 170, 176)
    roof = b.main if not b.white else b.tone(252, 250, 246)
    b.box(-38, 0, 76, 38, side)
    for x in range(-36, 36, 12):
        b.box(x, 38, 7, 6, side)
    for x, low, width, height in ((-48, 0, 22, 56), (26, 0, 22, 56), (-14, 20, 28, 56)):
        b.box(x, low, width, height, stone)
        top = low + height
        b.poly([(x - 5, top), (x + width + 5, top), (x + width / 2, top + 30 + width * 0.1)], roof)
        b.box(x + width / 2 - 3.5, top - 20, 7, 11, b.window())
    gate = skia.Path()
    gate.addOval(skia.Rect.MakeLTRB(*b.at(-9, 25), *b.at(9, 7)))
    b.canvas.fill(gate, b.tone(84, 60, 58))
    b.box(-9, 0, 18, 16, b.tone(84, 60, 58))


_PAINTERS: dict[Subject, Callable[[_Brush, random.Random], None]] = {
    Subject.SAILBOAT: _sailboat,
    Subject.HOUSE: _house,
    Subject.LIGHTHOUSE: _lighthouse,
    Subject.TREE: _tree,
    Subject.BALLOON: _balloon,
    Subject.WINDMILL: _windmill,
    Subject.CASTLE: _castle,
}
