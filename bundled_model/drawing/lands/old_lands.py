"""Paints the eight kinds of land and water, from the far ridge to the foreground."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import skia

from bundled_model.drawing.canvas import SIZE, Canvas, Curve, Point, below, polygon, wave
from bundled_model.drawing.palette import LAND, WHITE, Palette, Rgb, mix, rgb, tint
from bundled_model.scenes.scene import Scene, Subject, Terrain

_SKYLINES: dict[Terrain, tuple[float, float]] = {
    Terrain.SEA: (144, 152),
    Terrain.LAKE: (107, 113),
    Terrain.HILLS: (122, 130),
    Terrain.MOUNTAINS: (74, 80),
    Terrain.DESERT: (131, 139),
    Terrain.CITY: (100, 106),
    Terrain.FOREST: (112, 118),
    Terrain.SNOW: (126, 134),
}


def skyline_of(terrain: Terrain, rng: random.Random) -> float:
    """The y of the highest land, in pixels."""
    return rng.uniform(*_SKYLINES[terrain])


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every painter of land needs; `skyline` is the y of the highest land, `light` the centre of sun or moon."""

    canvas: Canvas
    palette: Palette
    rng: random.Random
    skyline: float
    light: Point | None
    clearing: bool


def draw_terrain(
    canvas: Canvas, scene: Scene, palette: Palette, rng: random.Random, skyline: float, *, light: Point | None
) -> Curve:
    """The land below `skyline`; returns the curve y(x) on which a subject can stand."""
    ground = _Ground(canvas, palette, rng, skyline, light, clearing=scene.subject is not Subject.NONE)
    return _PAINTERS[scene.terrain](ground)


def _level(y: float) -> Curve:
    return lambda _x: y


def _ridge(canvas: Canvas, curve: Curve, top: float, colour: Rgb, palette: Palette, *, distance: float) -> None:
    """One layer of land: hazier with distance (0 near, 1 far), and misty towards its foot."""
    seen = mix(tint(colour, palette.ambient), palette.haze, 0.72 * distance)
    foot = mix(seen, palette.haze, 0.18 + 0.3 * distance)
    canvas.shade(below(curve), (0, top), (0, top + 90), [(seen, 1.0), (foot, 1.0)])


def _water(canvas: Canvas, palette: Palette, rng: random.Random, shore: float, light: Point | None) -> None:
    """Water below the shore: a mirror under a blue wash, with bright bars under the light and long calm ripples."""
    area = polygon([(0, shore), (SIZE, shore), (SIZE, SIZE), (0, SIZE)])
    blue = mix(tint(LAND[Terrain.SEA], palette.ambient), palette.sky[1], 0.32)
    deep = mix(tint(rgb(14, 70, 122), palette.ambient), palette.sky[0], 0.2)
    canvas.fill(area, blue)
    canvas.mirror(shore, 0.5)
    canvas.shade(area, (0, shore), (0, SIZE), [(blue, 0.3), (deep, 0.92)])
    crest = mix(blue, palette.sky[2], 0.55)
    for index in range(11):
        y = shore + 7 + (SIZE - shore - 8) * (index / 11) ** 1.25 + rng.uniform(-2, 2)
        width = 22 + 4.5 * index
        canvas.pill(rng.uniform(-20, SIZE), y, width, 2.0 + index * 0.14, crest, alpha=0.5)
    if light is None:
        return
    for index in range(9):
        y = shore + 4 + (SIZE - shore) * 0.86 * index / 9
        width = (44 - 2.6 * index) * rng.uniform(0.72, 1.1)
        x = light[0] + rng.uniform(-5, 5)
        canvas.pill(x - width / 2, y, width, 4.0, palette.light, alpha=0.8 - 0.05 * index)


def _sea(ground: _Ground) -> Curve:
    canvas, palette, rng, skyline = ground.canvas, ground.palette, ground.rng, ground.skyline
    _water(canvas, palette, rng, skyline, ground.light)
    return _level(214.0)


def _lake(ground: _Ground) -> Curve:
    canvas, palette, rng, skyline = ground.canvas, ground.palette, ground.rng, ground.skyline
    shore = skyline + rng.uniform(44, 52)
    for distance, drop in ((0.75, 8.0), (0.4, 26.0)):
        curve = wave(rng, skyline + drop, 9, 150)
        _ridge(canvas, curve, skyline, mix(LAND[Terrain.LAKE], rgb(60, 110, 130), distance), palette, distance=distance)
    _water(canvas, palette, rng, shore, ground.light)
    bank = tint(rgb(74, 138, 70), palette.ambient)
    front = wave(rng, 228, 5, 240)
    canvas.shade(below(front), (0, 222), (0, SIZE), [(bank, 1.0), (mix(bank, palette.sky[0], 0.35), 1.0)])
    for _ in range(9):
        x = rng.choice((rng.uniform(0, 70), rng.uniform(186, SIZE)))
        _reed(canvas, x, front(x) + 3, mix(bank, (0.0, 0.1, 0.1), 0.35), rng)
    return lambda x: front(x) + 6


def _reed(canvas: Canvas, x: float, y: float, colour: Rgb, rng: random.Random) -> None:
    path = skia.Path()
    path.moveTo(x, y)
    path.quadTo(x, y - 12, x + rng.uniform(-5, 5), y - rng.uniform(16, 26))
    canvas.stroke(path, colour, 3.0)


def _hills(ground: _Ground) -> Curve:
    canvas, palette, rng, skyline = ground.canvas, ground.palette, ground.rng, ground.skyline
    green = LAND[Terrain.HILLS]
    layers = ((0.85, 8.0, 10.0), (0.5, 32.0, 14.0), (0.22, 60.0, 14.0), (0.0, 92.0, 8.0))
    curve = _level(skyline)
    for distance, drop, height in layers:
        level = skyline + drop
        curve = wave(rng, level, height, 190)
        shade = mix(green, rgb(176, 196, 72), rng.uniform(0, 0.4))
        _ridge(canvas, curve, level - height, shade, palette, distance=distance)
        if 0.1 < distance < 0.6:
            bush = mix(tint(rgb(46, 112, 62), palette.ambient), palette.haze, distance * 0.7)
            for _ in range(4):
                x = rng.uniform(0, SIZE)
                canvas.circle((x, curve(x) - 3), rng.uniform(6, 10) * (1.1 - distance), bush)
    near = curve
    return lambda x: near(x) + 10


def _mountains(ground: _Ground) -> Curve:
    canvas, palette, rng, skyline = ground.canvas, ground.palette, ground.rng, ground.skyline
    rock = LAND[Terrain.MOUNTAINS]
    far = mix(rock, rgb(120, 130, 190), 0.5)
    for x in (rng.uniform(-10, 40), rng.uniform(100, 160), rng.uniform(216, 266)):
        _peak(canvas, (x, skyline + rng.uniform(14, 26)), 88, far, palette, distance=0.6)
    start = rng.uniform(40, 70)
    tops = [skyline + rng.uniform(0, 6), skyline + rng.uniform(16, 30)]
    rng.shuffle(tops)
    for x, y in zip((start, start + rng.uniform(104, 128)), tops, strict=True):
        _peak(canvas, (x, y), 112, rock, palette, distance=0.16)
    foot = wave(rng, 190, 7, 160)
    _ridge(canvas, foot, 184, mix(rgb(56, 112, 92), rock, 0.2), palette, distance=0.25)
    front = wave(rng, 216, 6, 210)
    _ridge(canvas, front, 210, rgb(84, 146, 84), palette, distance=0.0)
    return lambda x: front(x) + 8


def _peak(canvas: Canvas, top: Point, half: float, rock: Rgb, palette: Palette, *, distance: float) -> None:
    """A two-sided peak with a zigzag snow cap; the light comes from the right."""
    x, y = top
    base = y + half * 1.25
    lit = mix(tint(rock, palette.ambient), palette.haze, 0.75 * distance)
    dark = mix(lit, tint(rgb(36, 40, 78), palette.ambient), 0.4 * (1 - distance))
    snow = mix(tint(rgb(250, 250, 255), mix(palette.ambient, WHITE, 0.25)), palette.haze, 0.6 * distance)
    shadow = mix(snow, dark, 0.3)
    canvas.shade(polygon([(x, y), (x - half, base), (x + half, base)]), (x, y), (x, base), [(lit, 1.0), (lit, 1.0)])
    ridge = [
        (x, y),
        (x - half, base),
        (x + half * 0.16, base),
        (x - half * 0.08, y + half * 0.7),
        (x + half * 0.1, y + half * 0.4),
    ]
    canvas.polygon(ridge, dark)
    deep = half * 0.42
    left, right = x - deep / 1.25, x + deep / 1.25
    zig = [(right, y + deep), (x + deep * 0.42, y + deep * 0.78), (x + deep * 0.2, y + deep * 1.2), (x, y + deep * 0.8)]
    zag = [(x - deep * 0.22, y + deep * 1.15), (x - deep * 0.42, y + deep * 0.75), (left, y + deep)]
    canvas.polygon([(x, y), *zig, *zag], snow)
    canvas.polygon([(x, y), (x + deep * 0.08, y + deep * 0.45), (x, y + deep * 0.8), *zag], shadow)


def _desert(ground: _Ground) -> Curve:
    canvas, palette, rng, skyline = ground.canvas, ground.palette, ground.rng, ground.skyline
    sand = LAND[Terrain.DESERT]
    mesa = mix(tint(rgb(190, 100, 70), palette.ambient), palette.haze, 0.5)
    for _ in range(2):
        x, width, height = rng.uniform(0, SIZE), rng.uniform(44, 70), rng.uniform(20, 30)
        top = skyline - height * 0.2
        half = width / 2
        canvas.polygon([(x - half, top), (x + half, top), (x + half + 9, top + 40), (x - half - 9, top + 40)], mesa)
    curve = _level(skyline)
    for distance, drop, height in ((0.55, 14.0, 7.0), (0.25, 40.0, 12.0), (0.0, 74.0, 12.0)):
        curve = wave(rng, skyline + drop, height, 230)
        shade = mix(sand, rgb(236, 150, 84), rng.uniform(0, 0.35))
        _ridge(canvas, curve, skyline + drop - height, shade, palette, distance=distance)
        _dune_shadow(canvas, curve, palette, distance, rng)
    cactus = tint(rgb(58, 134, 84), mix(palette.ambient, WHITE, 0.12))
    for x in (rng.uniform(6, 34), rng.uniform(222, 250)):
        _cactus(canvas, x, curve(x) + 14, rng.uniform(30, 42), cactus)
    near = curve
    return lambda x: near(x) + 14


def _dune_shadow(canvas: Canvas, curve: Curve, palette: Palette, distance: float, rng: random.Random) -> None:
    """The shaded flank, a lens below the crest, that makes a wave of sand a dune."""
    start, length, depth = rng.uniform(-20, 150), rng.uniform(90, 140), rng.uniform(16, 26)
    shade = tint(rgb(168, 98, 66), palette.ambient)
    shares = [i / 16 for i in range(17)]
    crest = [(start + length * s, curve(start + length * s)) for s in shares]
    under = [(x + 22 * s, y + depth * math.sin(math.pi * s)) for s, (x, y) in zip(shares, crest, strict=True)]
    canvas.polygon([*crest, *reversed(under)], shade, 0.38 * (1 - distance))


def _cactus(canvas: Canvas, x: float, y: float, height: float, colour: Rgb) -> None:
    canvas.pill(x - 4.5, y - height, 9, height + 4, colour)
    for side in (-1, 1):
        path = skia.Path()
        bend = y - height * (0.42 if side < 0 else 0.55)
        path.moveTo(x, bend)
        path.quadTo(x + side * 12, bend + 2, x + side * 11, bend - height * 0.3)
        canvas.stroke(path, colour, 6.0)


def _city(ground: _Ground) -> Curve:
    canvas, palette, rng, skyline = ground.canvas, ground.palette, ground.rng, ground.skyline
    for distance, low, high, narrow, wide in ((0.6, 0.0, 34.0, 18.0, 30.0), (0.12, 30.0, 72.0, 26.0, 40.0)):
        x = rng.uniform(-16, 0)
        while x < SIZE:
            width, top = rng.uniform(narrow, wide), skyline + rng.uniform(low, high)
            _tower(canvas, palette, rng, x, top=top, width=width, distance=distance)
            x += width + rng.choice((0.0, 0.0, 3.0))
    grass = tint(rgb(96, 132, 104), palette.ambient)
    front = wave(rng, 212, 2.5, 260)
    canvas.shade(below(front), (0, 208), (0, SIZE), [(grass, 1.0), (mix(grass, palette.sky[0], 0.4), 1.0)])
    return lambda x: front(x) + 12


def _tower(
    canvas: Canvas, palette: Palette, rng: random.Random, x: float, *, top: float, width: float, distance: float
) -> None:
    """One building; its windows glow after dark and are darker than the wall by day."""
    base = rng.choice((rgb(126, 138, 172), rgb(172, 140, 138), rgb(146, 150, 160), rgb(110, 120, 158)))
    wall = mix(tint(base, palette.ambient), palette.haze, 0.7 * distance)
    canvas.box(x, top, width, SIZE - top, wall)
    if rng.random() < 0.3:
        canvas.box(x + width / 2 - 1.5, top - 14, 3, 14, wall)
    if distance > 0.4:
        return
    pane = mix(wall, palette.sky[0], 0.5)
    columns = max(2, int((width - 4) // 10))
    pitch = width / columns
    for column in range(columns):
        for row in range(int((206 - top) // 12)):
            lit = palette.lit and rng.random() < 0.6
            canvas.box(x + pitch * (column + 0.5) - 3, top + 6 + 12 * row, 6, 7, palette.glow if lit else pane)


def _pine(canvas: Canvas, x: float, y: float, height: float, colour: Rgb, *, snow: Rgb | None = None) -> None:
    """Three stacked triangles on a short trunk, foot at (x, y)."""
    canvas.box(x - height * 0.035, y - height * 0.12, height * 0.07, height * 0.14, mix(colour, rgb(60, 36, 30), 0.6))
    for low, high, half in ((0.10, 0.56, 0.25), (0.33, 0.78, 0.20), (0.56, 1.0, 0.15)):
        corners = [(x, y - high * height), (x - half * height, y - low * height), (x + half * height, y - low * height)]
        canvas.polygon(corners, colour)
        if snow:
            drop = (high - low) * 0.48 * height
            side = half * height * 0.48
            canvas.polygon([corners[0], (x - side, corners[0][1] + drop), (x + side, corners[0][1] + drop)], snow)


def _forest(ground: _Ground) -> Curve:
    canvas, palette, rng, skyline = ground.canvas, ground.palette, ground.rng, ground.skyline
    green = LAND[Terrain.FOREST]
    rows = ((0.75, 44.0, 56.0, 14.0), (0.42, 66.0, 66.0, 19.0), (0.12, 92.0, 74.0, 26.0))
    for distance, drop, height, spacing in rows:
        colour = mix(
            tint(mix(green, rgb(30, 110, 110), 0.5 * distance), palette.ambient), palette.haze, 0.68 * distance
        )
        foot = skyline + drop
        canvas.box(0, foot - 8, SIZE, SIZE - foot + 8, colour)
        x = rng.uniform(-10, 10)
        while x < SIZE + 14:
            _pine(canvas, x, foot, height * rng.uniform(0.78, 1.12), colour)
            x += spacing * rng.uniform(0.75, 1.2)
    front = wave(rng, 214, 4, 220)
    floor = tint(rgb(88, 142, 74), palette.ambient)
    canvas.shade(below(front), (0, 210), (0, SIZE), [(floor, 1.0), (mix(floor, palette.sky[0], 0.35), 1.0)])
    if not ground.clearing:
        near = mix(tint(green, palette.ambient), palette.sky[0], 0.12)
        for x in (rng.uniform(10, 40), rng.uniform(84, 150), rng.uniform(200, 246)):
            _pine(canvas, x, 240, rng.uniform(84, 108), near)
    return lambda x: front(x) + 12


def _snow(ground: _Ground) -> Curve:
    canvas, palette, rng, skyline = ground.canvas, ground.palette, ground.rng, ground.skyline
    white = LAND[Terrain.SNOW]
    light = mix(palette.ambient, WHITE, 0.22)
    curve = _level(skyline)
    pine = tint(rgb(48, 104, 96), palette.ambient)
    for distance, drop, height in ((0.7, 8.0, 10.0), (0.35, 36.0, 11.0), (0.0, 74.0, 8.0)):
        level = skyline + drop
        curve = wave(rng, level, height, 200)
        seen = mix(tint(mix(white, rgb(170, 196, 232), 0.45 * distance), light), palette.haze, 0.4 * distance)
        foot = mix(seen, tint(rgb(196, 214, 244), light), 0.8)
        canvas.shade(below(curve), (0, level - height), (0, level + 70), [(seen, 1.0), (foot, 1.0)])
        if 0.1 < distance < 0.6:
            cap = mix(tint(white, light), palette.haze, 0.15)
            for x in (rng.uniform(4, 40), rng.uniform(44, 84), rng.uniform(170, 208), rng.uniform(216, 252)):
                _pine(canvas, x, curve(x) + 6, rng.uniform(38, 54), mix(pine, palette.haze, 0.2), snow=cap)
    near = curve
    return lambda x: near(x) + 12


_PAINTERS: dict[Terrain, Callable[[_Ground], Curve]] = {
    Terrain.SEA: _sea,
    Terrain.LAKE: _lake,
    Terrain.HILLS: _hills,
    Terrain.MOUNTAINS: _mountains,
    Terrain.DESERT: _desert,
    Terrain.CITY: _city,
    Terrain.FOREST: _forest,
    Terrain.SNOW: _snow,
}
