"""Colours: one palette a time of day and weather, with a small jitter, and the arithmetic to mix and tint them.

A colour is red, green, blue in 0..1 (sRGB values; mixing them directly is what poster gradients do).
"""

import random
from dataclasses import dataclass
from typing import TypeAlias

import skia

from bundled_model.scenes.scene import Colour, Scene, Sky, Terrain, TimeOfDay

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
    """The colours of one picture.

    `sky` goes from the top down to the horizon; `haze` is what far land fades into, and `mist` (0..1) how much more of
    it the weather puts there than a clear day does; `ambient` tints the land, `light` is the colour of sun or moon,
    `glow` what windows show where they are `lit`.
    """

    sky: tuple[Rgb, Rgb, Rgb]
    haze: Rgb
    mist: float
    ambient: Rgb
    light: Rgb
    cloud: Rgb
    glow: Rgb
    lit: bool

    def subject_light(self) -> Rgb:
        """Light on the subject: milder than on the land, so that its own colour stays recognisable."""
        return mix(self.ambient, (1.0, 1.0, 1.0), 0.5)


WHITE: Rgb = (1.0, 1.0, 1.0)
INK: Rgb = rgb(38, 36, 56)

_Gradient: TypeAlias = tuple[Rgb, Rgb, Rgb]
_FAIR: dict[TimeOfDay, _Gradient] = {
    TimeOfDay.DAWN: (rgb(132, 142, 206), rgb(242, 178, 204), rgb(255, 226, 202)),
    TimeOfDay.DAY: (rgb(46, 132, 210), rgb(116, 190, 236), rgb(214, 240, 244)),
    TimeOfDay.SUNSET: (rgb(86, 40, 108), rgb(228, 84, 76), rgb(255, 190, 84)),
    TimeOfDay.NIGHT: (rgb(10, 14, 48), rgb(24, 40, 96), rgb(56, 86, 146)),
}
_FOUL: dict[Sky, dict[TimeOfDay, _Gradient]] = {
    Sky.RAIN: {
        TimeOfDay.DAWN: (rgb(118, 118, 154), rgb(178, 152, 178), rgb(222, 188, 194)),
        TimeOfDay.DAY: (rgb(82, 112, 144), rgb(126, 154, 180), rgb(178, 198, 208)),
        TimeOfDay.SUNSET: (rgb(80, 60, 92), rgb(158, 92, 96), rgb(220, 144, 104)),
        TimeOfDay.NIGHT: (rgb(16, 26, 46), rgb(32, 50, 80), rgb(58, 80, 112)),
    },
    Sky.SNOWFALL: {
        TimeOfDay.DAWN: (rgb(178, 172, 210), rgb(226, 196, 216), rgb(246, 222, 226)),
        TimeOfDay.DAY: (rgb(142, 176, 208), rgb(182, 206, 226), rgb(220, 234, 242)),
        TimeOfDay.SUNSET: (rgb(134, 96, 138), rgb(212, 134, 136), rgb(248, 194, 150)),
        TimeOfDay.NIGHT: (rgb(26, 38, 78), rgb(52, 70, 118), rgb(92, 112, 158)),
    },
    Sky.FOG: {
        TimeOfDay.DAWN: (rgb(220, 200, 216), rgb(240, 212, 216), rgb(250, 226, 216)),
        TimeOfDay.DAY: (rgb(190, 202, 206), rgb(210, 218, 220), rgb(228, 232, 232)),
        TimeOfDay.SUNSET: (rgb(208, 130, 112), rgb(236, 162, 118), rgb(250, 194, 138)),
        TimeOfDay.NIGHT: (rgb(40, 52, 78), rgb(62, 76, 106), rgb(90, 106, 136)),
    },
    Sky.STORM: {
        TimeOfDay.DAWN: (rgb(56, 50, 84), rgb(104, 78, 118), rgb(204, 138, 160)),
        TimeOfDay.DAY: (rgb(34, 48, 60), rgb(64, 88, 92), rgb(142, 166, 146)),
        TimeOfDay.SUNSET: (rgb(38, 24, 54), rgb(94, 42, 70), rgb(220, 100, 62)),
        TimeOfDay.NIGHT: (rgb(8, 8, 26), rgb(24, 20, 54), rgb(62, 46, 104)),
    },
}
_AMBIENT: dict[TimeOfDay, Rgb] = {
    TimeOfDay.DAWN: (0.92, 0.81, 0.92),
    TimeOfDay.DAY: (1.0, 1.0, 1.0),
    TimeOfDay.SUNSET: (0.80, 0.55, 0.53),
    TimeOfDay.NIGHT: (0.29, 0.38, 0.61),
}
_DIMMED: dict[Sky, Rgb] = {
    Sky.RAIN: (0.78, 0.84, 0.90),
    Sky.SNOWFALL: (0.92, 0.95, 1.0),
    Sky.FOG: (0.94, 0.95, 0.96),
    Sky.STORM: (0.60, 0.64, 0.70),
}
_MIST: dict[Sky, float] = {Sky.RAIN: 0.25, Sky.SNOWFALL: 0.3, Sky.FOG: 0.75, Sky.STORM: 0.1}
_LIGHT: dict[TimeOfDay, Rgb] = {
    TimeOfDay.DAWN: rgb(255, 246, 208),
    TimeOfDay.DAY: rgb(255, 228, 96),
    TimeOfDay.SUNSET: rgb(255, 232, 150),
    TimeOfDay.NIGHT: rgb(248, 243, 220),
}
_CLOUD: dict[TimeOfDay, Rgb] = {
    TimeOfDay.DAWN: rgb(255, 242, 240),
    TimeOfDay.DAY: rgb(255, 255, 255),
    TimeOfDay.SUNSET: rgb(255, 158, 116),
    TimeOfDay.NIGHT: rgb(112, 130, 182),
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
    Colour.BLUE: rgb(38, 108, 222),
    Colour.PURPLE: rgb(146, 60, 190),
    Colour.WHITE: rgb(250, 248, 242),
}


def palette_of(scene: Scene, rng: random.Random) -> Palette:
    """The palette of a time of day and a weather, each part of its sky moved by at most 2 %."""
    time, weather = scene.time, scene.sky

    def moved(colour: Rgb) -> Rgb:
        a, b, c = (min(1.0, max(0.0, x + rng.uniform(-0.02, 0.02))) for x in colour)
        return (a, b, c)

    top, middle, low = (_FOUL.get(weather) or _FAIR)[time]
    sky = (moved(top), moved(middle), moved(low))
    night, storm = time is TimeOfDay.NIGHT, weather is Sky.STORM
    dimmed = _DIMMED.get(weather, WHITE)
    # A night is dark enough: weather takes half as much of its light.
    ambient = tint(_AMBIENT[time], mix(dimmed, WHITE, 0.5) if night else dimmed)
    return Palette(
        sky=sky,
        haze=mix(sky[2], sky[1], 0.35),
        mist=_MIST.get(weather, 0.0),
        ambient=ambient,
        light=_LIGHT[time],
        cloud=mix(sky[0], sky[1], 0.6) if storm else _CLOUD[time],
        glow=rgb(255, 216, 110),
        lit=night or storm or time is TimeOfDay.SUNSET,
    )
