"""The palettes of all times of day and weathers, and the arithmetic of colours."""

import random
from itertools import combinations, product

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.palette import SUBJECT, WHITE, Palette, Rgb, ink, mix, palette_of, rgb, tint
from bundled_model.scenes.scene import Light, Scene, Sky, Subject, Terrain, TimeOfDay

WEATHERS = (Sky.CLEAR, Sky.RAIN, Sky.SNOWFALL, Sky.FOG, Sky.STORM)


def palette(time: TimeOfDay, sky: Sky, seed: int = 0) -> Palette:
    scene = Scene(
        time=time,
        season=None,
        sky=sky,
        light=Light.NONE,
        light_place=None,
        terrain=Terrain.SNOW if sky is Sky.SNOWFALL else Terrain.SEA,
        subject=Subject.NONE,
        subject_place=None,
        count=None,
        colour=None,
    )
    return palette_of(scene, random.Random(seed))


def apart(first: Rgb, second: Rgb) -> float:
    return 255 * float(np.linalg.norm(np.subtract(first, second)))


def brightness(palette: Palette) -> float:
    return float(np.mean(palette.sky))


def test_mixing_goes_from_the_first_colour_to_the_second() -> None:
    assert mix(rgb(0, 0, 0), WHITE, 0) == rgb(0, 0, 0)
    assert mix(rgb(0, 0, 0), WHITE, 0.5) == (0.5, 0.5, 0.5)


def test_white_light_changes_no_colour() -> None:
    assert tint(rgb(10, 20, 30), WHITE) == rgb(10, 20, 30)


def test_ink_is_packed_alpha_red_green_blue() -> None:
    assert ink(rgb(1, 2, 3)) == 0xFF010203
    assert ink(WHITE, 0.0) == 0x00FFFFFF


def test_windows_are_lit_when_it_is_dark_only() -> None:
    lit = {time: palette(time, Sky.CLEAR).lit for time in TimeOfDay}
    assert lit == {TimeOfDay.DAWN: False, TimeOfDay.DAY: False, TimeOfDay.SUNSET: True, TimeOfDay.NIGHT: True}
    assert palette(TimeOfDay.DAY, Sky.STORM).lit


@pytest.mark.parametrize(("time", "sky"), list(product(TimeOfDay, WEATHERS)))
def test_no_two_colours_of_things_are_mistaken_for_one_another_in_any_light(time: TimeOfDay, sky: Sky) -> None:
    light = palette(time, sky).subject_light()
    for first, second in combinations(SUBJECT.values(), 2):
        assert apart(tint(first, light), tint(second, light)) > 55


@pytest.mark.parametrize("sky", WEATHERS)
def test_night_is_the_darkest_time_and_day_is_brighter_than_sunset_in_every_weather(sky: Sky) -> None:
    bright = {time: brightness(palette(time, sky)) for time in TimeOfDay}
    assert min(bright, key=bright.__getitem__) is TimeOfDay.NIGHT
    assert bright[TimeOfDay.DAY] > bright[TimeOfDay.SUNSET]


@pytest.mark.parametrize("sky", WEATHERS)
def test_dawn_is_pink_sunset_is_warm_and_night_is_blue_in_every_weather(sky: Sky) -> None:
    red, green, blue = palette(TimeOfDay.DAWN, sky).sky[1]
    assert red > green
    assert blue > green - 0.03
    red, green, blue = palette(TimeOfDay.SUNSET, sky).sky[2]
    assert red > green + 0.15 > blue
    red, green, blue = palette(TimeOfDay.NIGHT, sky).sky[2]
    assert blue > green + 0.1
    assert blue > red + 0.1


@pytest.mark.parametrize("time", TimeOfDay)
def test_the_sky_of_each_weather_differs_from_that_of_every_other_by_more_than_the_jitter(time: TimeOfDay) -> None:
    for first, second in combinations(WEATHERS, 2):
        skies = palette(time, first, 1).sky, palette(time, second, 2).sky
        assert max(apart(a, b) for a, b in zip(*skies, strict=True)) > 24


@pytest.mark.parametrize("time", TimeOfDay)
def test_a_storm_is_the_darkest_and_fog_the_mistiest_weather(time: TimeOfDay) -> None:
    palettes = {sky: palette(time, sky) for sky in WEATHERS}
    assert min(palettes, key=lambda sky: sum(palettes[sky].sky[0])) is Sky.STORM
    assert max(palettes, key=lambda sky: palettes[sky].mist) is Sky.FOG
    assert palettes[Sky.CLEAR].mist == 0
