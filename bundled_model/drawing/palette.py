"""Colours: one palette a time of day, with a small jitter a picture, and the arithmetic to mix and tint them.

A colour is red, green, blue in 0..1 (sRGB values; mixing them directly is what poster gradients do).
"""

import random
from dataclasses import dataclass
from typing import TypeAlias

import skia

from bundled_model.scenes.scene import Colour, Scene, Terrain, TimeOfDay

Rgb: TypeAlias = tuple[float, float, float]


def rgb(red: int, green: int, blue: int) -> Rgb:
    """A colour from 0..255 parts."""
    return (red / 255, green / 255, blue / 255)


def mix(first: Rgb, second: Rgb, share: float) -> Rgb:
    """`first` at share 0, `second` at share 1."""
    a, b, c = (x + (y - x) * share for x, y in zip(first, second, strict=True))
    return (a, b, c)


def tint(colour: Rgb, light: Rgb) -> Rgb:
    """`colour` as seen under coloured light (product by channel)."""
    a, b, c = (min(1.0, x * y) for x, y in zip(colour, light, strict=True))
    return (a, b, c)


def ink(colour: Rgb, alpha: float = 1.0) -> int:
    """The colour as Skia's packed ARGB integer."""
    red, green, blue = (round(255 * min(1.0, max(0.0, x))) for x in colour)
    return skia.ColorSetARGB(round(255 * alpha), red, green, blue)


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one picture; `ambient` tints the land, `glow` is what lit windows show."""

    sky: tuple[Rgb, Rgb, Rgb]
    haze: Rgb
    ambient: Rgb
    light: Rgb
    cloud: Rgb
    bird: Rgb
    glow: Rgb
    lit: bool

    def subject_light(self) -> Rgb:
        """Light on the subject: milder than on the land, so that its own colour stays recognisable."""
        return mix(self.ambient, (1.0, 1.0, 1.0), 0.5)


WHITE: Rgb = (1.0, 1.0, 1.0)
INK: Rgb = rgb(38, 36, 56)

_SKIES: dict[TimeOfDay, list[tuple[Rgb, Rgb, Rgb]]] = {
    TimeOfDay.DAWN: [
        (rgb(142, 148, 205), rgb(240, 190, 212), rgb(255, 226, 208)),
        (rgb(168, 160, 214), rgb(246, 198, 206), rgb(255, 234, 214)),
        (rgb(128, 160, 206), rgb(226, 196, 222), rgb(255, 218, 214)),
    ],
    TimeOfDay.DAY: [
        (rgb(58, 140, 214), rgb(122, 190, 234), rgb(206, 234, 244)),
        (rgb(80, 164, 222), rgb(150, 208, 236), rgb(224, 242, 242)),
        (rgb(48, 126, 196), rgb(108, 182, 226), rgb(190, 228, 240)),
    ],
    TimeOfDay.SUNSET: [
        (rgb(92, 42, 104), rgb(224, 84, 78), rgb(255, 186, 84)),
        (rgb(128, 44, 92), rgb(238, 104, 62), rgb(255, 200, 92)),
        (rgb(72, 44, 116), rgb(204, 72, 94), rgb(255, 164, 80)),
    ],
    TimeOfDay.NIGHT: [
        (rgb(10, 14, 44), rgb(24, 38, 88), rgb(52, 78, 134)),
        (rgb(14, 12, 48), rgb(36, 36, 98), rgb(72, 72, 140)),
        (rgb(6, 20, 42), rgb(16, 48, 84), rgb(40, 92, 128)),
    ],
}
_AMBIENT: dict[TimeOfDay, Rgb] = {
    TimeOfDay.DAWN: (0.88, 0.80, 0.93),
    TimeOfDay.DAY: (1.0, 1.0, 1.0),
    TimeOfDay.SUNSET: (0.74, 0.46, 0.46),
    TimeOfDay.NIGHT: (0.28, 0.36, 0.58),
}
_LIGHT: dict[TimeOfDay, Rgb] = {
    TimeOfDay.DAWN: rgb(255, 244, 214),
    TimeOfDay.DAY: rgb(255, 226, 104),
    TimeOfDay.SUNSET: rgb(255, 232, 150),
    TimeOfDay.NIGHT: rgb(246, 242, 220),
}
_CLOUD: dict[TimeOfDay, Rgb] = {
    TimeOfDay.DAWN: rgb(255, 244, 240),
    TimeOfDay.DAY: rgb(255, 255, 255),
    TimeOfDay.SUNSET: rgb(255, 152, 112),
    TimeOfDay.NIGHT: rgb(98, 116, 168),
}

LAND: dict[Terrain, Rgb] = {
    Terrain.SEA: rgb(36, 116, 158),
    Terrain.LAKE: rgb(62, 124, 78),
    Terrain.HILLS: rgb(98, 170, 76),
    Terrain.MOUNTAINS: rgb(96, 108, 138),
    Terrain.DESERT: rgb(232, 178, 104),
    Terrain.CITY: rgb(132, 136, 160),
    Terrain.FOREST: rgb(34, 98, 70),
    Terrain.SNOW: rgb(240, 246, 255),
    Terrain.RIVER: rgb(98, 170, 76),
    Terrain.BEACH: rgb(240, 214, 158),
    Terrain.CANYON: rgb(206, 104, 62),
    Terrain.VOLCANO: rgb(74, 62, 70),
}
SUBJECT: dict[Colour, Rgb] = {
    Colour.RED: rgb(226, 48, 52),
    Colour.YELLOW: rgb(250, 204, 48),
    Colour.GREEN: rgb(60, 172, 76),
    Colour.BLUE: rgb(44, 100, 218),
    Colour.PURPLE: rgb(136, 62, 190),
    Colour.WHITE: rgb(250, 248, 242),
}


def palette_of(scene: Scene, rng: random.Random) -> Palette:
    """A palette for the time of day: one of three skies, each part moved by at most 3 %."""
    time = scene.time

    def moved(colour: Rgb) -> Rgb:
        a, b, c = (min(1.0, max(0.0, x + rng.uniform(-0.03, 0.03))) for x in colour)
        return (a, b, c)

    top, middle, low = rng.choice(_SKIES[time])
    sky = (moved(top), moved(middle), moved(low))
    dark = time in (TimeOfDay.NIGHT, TimeOfDay.SUNSET)
    return Palette(
        sky=sky,
        haze=mix(sky[2], sky[1], 0.35),
        ambient=_AMBIENT[time],
        light=_LIGHT[time],
        cloud=_CLOUD[time],
        bird=rgb(40, 24, 52) if time is TimeOfDay.SUNSET else rgb(58, 54, 84),
        glow=rgb(255, 216, 110),
        lit=dark,
    )
