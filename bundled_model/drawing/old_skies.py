"""Paints the sky: its gradient, sun or moon, clouds, birds, stars, northern lights and rainbows."""

import math
import random
from itertools import pairwise

import skia

from bundled_model.canvas import SIZE, Canvas, Point, everything, polygon
from bundled_model.palette import WHITE, Palette, Rgb, mix, rgb
from bundled_model.scene import Light, Place, Scene, Sky, TimeOfDay

CENTRES = {Place.LEFT: 54.0, Place.CENTRE: 128.0, Place.RIGHT: 202.0}
"""Where left, centre and right are, as x in pixels."""

_SUBJECT_TOP = 92.0
"""No subject that stands on the ground reaches higher than this y, so a light above it is never hidden."""


def draw_sky(canvas: Canvas, scene: Scene, palette: Palette, rng: random.Random, horizon: float) -> Point | None:
    """Everything above the land, whose highest point is at `horizon` (y); returns the centre of sun or moon."""
    top, middle, low = palette.sky
    stops = [(top, 1.0), (middle, 1.0), (low, 1.0)]
    canvas.shade(everything(), (0, 0), (0, max(horizon + 30, 150)), stops)
    if scene.sky is Sky.STARS:
        _stars(canvas, rng, horizon)
    elif scene.sky is Sky.AURORA:
        _aurora(canvas, rng, horizon)
    elif scene.sky is Sky.RAINBOW:
        _rainbow(canvas, rng, horizon)
    centre = _light(canvas, scene, palette, rng, horizon)
    if scene.sky is Sky.CLOUDS:
        _clouds(canvas, palette, rng, horizon, centre)
    elif scene.sky is Sky.BIRDS:
        _birds(canvas, palette, rng, horizon, centre)
    return centre


def _light(canvas: Canvas, scene: Scene, palette: Palette, rng: random.Random, horizon: float) -> Point | None:
    if scene.light_place is None:
        return None
    low_sun = scene.time is TimeOfDay.SUNSET
    radius = rng.uniform(25, 28) if low_sun else rng.uniform(20, 23)
    deepest = horizon - radius * (0.5 if low_sun else 1.2)
    if scene.subject_place is scene.light_place:
        deepest = min(deepest, _SUBJECT_TOP - radius)
    highest = max(radius + 8, deepest - (12 if low_sun else 24))
    x = CENTRES[scene.light_place] + rng.uniform(-4, 4)
    y = rng.uniform(min(highest, deepest), max(highest, deepest))
    if scene.light is Light.CRESCENT:
        _crescent(canvas, (x, y), radius + 2, palette.light, rng)
        return (x, y)
    strength = 0.5 if scene.light is Light.SUN else 0.3
    canvas.glow((x, y), radius * 3.4, mix(palette.light, WHITE, 0.3), strength)
    canvas.circle((x, y), radius, palette.light)
    if scene.light is Light.MOON:
        spot = mix(palette.light, rgb(150, 156, 190), 0.35)
        for dx, dy, size in ((-0.35, -0.2, 0.26), (0.3, 0.25, 0.2), (0.15, -0.45, 0.14)):
            canvas.circle((x + dx * radius, y + dy * radius), size * radius, spot)
    return (x, y)


def _crescent(canvas: Canvas, centre: Point, radius: float, colour: Rgb, rng: random.Random) -> None:
    x, y = centre
    disc = skia.Path.Circle(x, y, radius)
    side = rng.choice((-1, 1))
    bite = skia.Path.Circle(x + side * radius * 0.5, y - radius * 0.22, radius * 0.86)
    canvas.glow(centre, radius * 2.6, colour, 0.18)
    moon = skia.Op(disc, bite, skia.PathOp.kDifference_PathOp)
    canvas.fill(moon, colour)


def _cloud(canvas: Canvas, foot: Point, width: float, colour: Rgb, rng: random.Random) -> None:
    x, y = foot
    height = width * rng.uniform(0.16, 0.22)
    outline = skia.Path.RRect(
        skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(x - width / 2, y - height, width, height), height / 2, height / 2)
    )
    for place, size in ((-0.2, 0.85), (0.08, 1.25), (0.3, 0.7)):
        disc = skia.Path.Circle(
            x + width * (place + rng.uniform(-0.04, 0.04)), y - height * 0.85, height * size * rng.uniform(0.85, 1.1)
        )
        outline = skia.Op(outline, disc, skia.PathOp.kUnion_PathOp)
    flat = polygon([(0, 0), (SIZE, 0), (SIZE, y), (0, y)])
    canvas.fill(skia.Op(outline, flat, skia.PathOp.kIntersect_PathOp), colour, 0.96)


def _clouds(canvas: Canvas, palette: Palette, rng: random.Random, horizon: float, light: Point | None) -> None:
    """Three or four flat-bottomed clouds, spread so that none hides the sun or the moon."""
    count = rng.choice((3, 4))
    offset = rng.uniform(-20, 20)
    for index in range(count):
        x = offset + SIZE * (index + 0.5) / count + rng.uniform(-12, 12)
        y = rng.uniform(34, max(52, horizon - 12))
        width = rng.uniform(64, 104)
        if light and abs(x - light[0]) < width / 2 + 18 and -26 < y - light[1] < 56:
            y = light[1] + 58 if light[1] + 58 < horizon else max(22, light[1] - 28)
            width *= 0.75
        colour = mix(palette.cloud, palette.sky[1], 0.12 * (index % 2))
        _cloud(canvas, (x, y), width, colour, rng)


def _birds(canvas: Canvas, palette: Palette, rng: random.Random, horizon: float, light: Point | None) -> None:
    """A loose flock of five to seven, away from the light."""
    candidates = [x for x in CENTRES.values() if light is None or abs(x - light[0]) > 40]
    x0, y0 = rng.choice(candidates), rng.uniform(34, max(42, min(80, horizon - 46)))
    lead = rng.choice((-1, 1))
    for index in range(rng.randint(5, 7)):
        row, side = (index + 1) // 2, (1 if index % 2 else -1)
        x = x0 + side * row * rng.uniform(17, 22) + lead * row * 3
        y = y0 + row * rng.uniform(9, 13) - 6 + rng.uniform(-3, 3)
        span = rng.uniform(10, 13)
        path = skia.Path()
        path.moveTo(x - span, y - span * 0.35)
        path.quadTo(x - span * 0.45, y - span * 0.75, x, y)
        path.quadTo(x + span * 0.45, y - span * 0.75, x + span, y - span * 0.35)
        canvas.stroke(path, palette.bird, 3.2)


def _star(canvas: Canvas, x: float, y: float, size: float, alpha: float) -> None:
    points = []
    for corner in range(8):
        reach = size if corner % 2 == 0 else size * 0.3
        angle = math.pi * corner / 4
        points.append((x + reach * math.sin(angle), y - reach * math.cos(angle)))
    canvas.polygon(points, rgb(255, 250, 226), alpha)


def _stars(canvas: Canvas, rng: random.Random, horizon: float) -> None:
    """Small dots, and a dozen four-pointed stars large enough to count."""
    for _ in range(38):
        canvas.circle((rng.uniform(0, SIZE), rng.uniform(0, horizon + 10)), rng.uniform(0.7, 1.5), WHITE, 0.75)
    for index in range(14):
        x = SIZE * (index + 0.5) / 14 + rng.uniform(-8, 8)
        _star(canvas, x, rng.uniform(8, max(50, horizon - 8)), rng.uniform(5.0, 8.0), 0.95)


def _aurora(canvas: Canvas, rng: random.Random, horizon: float) -> None:
    """Two or three curtains of green to violet light."""
    green, teal, violet = rgb(96, 255, 170), rgb(70, 220, 214), rgb(190, 110, 255)
    for index in range(3):
        base = horizon * (0.5 + 0.17 * index) + rng.uniform(-8, 8)
        phase, reach = rng.uniform(0, 6.28), rng.uniform(60, 84)
        curve = [
            (x, base + 15 * math.sin(phase + x / 38) + 7 * math.sin(phase * 2 + x / 19)) for x in range(0, SIZE + 1, 4)
        ]
        for (x, y), (x2, y2) in pairwise(curve):
            strip = polygon([(x, y - reach), (x2, y2 - reach), (x2, y2), (x, y)])
            lower = teal if index == 1 else green
            canvas.shade(strip, (x, y - reach), (x, y), [(violet, 0.0), (violet, 0.22), (lower, 0.62)])


def _rainbow(canvas: Canvas, rng: random.Random, horizon: float) -> None:
    """A half ring of six bands that stands on the land."""
    bands = [(236, 84, 84), (246, 164, 72), (250, 224, 96), (112, 196, 112), (92, 156, 228), (156, 112, 204)]
    x, y = 128 + rng.uniform(-26, 26), horizon + 26
    outer = min(y - 16, rng.uniform(96, 116))
    for index, band in enumerate(bands):
        ring = skia.Path.Circle(x, y, outer - 5.5 * index)
        canvas.stroke(ring, rgb(*band), 5.8, 0.8)
