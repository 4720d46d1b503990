"""Skies: each can be told from every other in a small picture, whatever the seed and the medium."""

from collections.abc import Sequence

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.painter import paint
from bundled_model.scenes.completing import completed
from bundled_model.scenes.scene import Light, Place, Season, Sky, Style, Terrain, TimeOfDay, skies_of


def small(sky: Sky, seed: int, **values: object) -> np.ndarray:
    """A picture of a sky, 32 pixels square."""
    pixels = paint(completed({"sky": sky, **values}), seed).pixels.astype(float)
    return pixels.reshape(32, 8, 32, 8, 3).mean(axis=(1, 3))


def assert_told_apart(skies: Sequence[Sky], **values: object) -> None:
    """Two pictures of one sky are more alike than those of two skies."""
    known = {sky: small(sky, 1, **values) for sky in skies}
    for sky in skies:
        seen = small(sky, 2, **values)
        assert min(known, key=lambda other: float(np.abs(known[other] - seen).mean())) is sky


@pytest.mark.parametrize("terrain", [Terrain.SEA, Terrain.MOUNTAINS, Terrain.SNOW])
@pytest.mark.parametrize("time", TimeOfDay)
def test_the_skies_of_a_time_and_a_land_are_told_apart(terrain: Terrain, time: TimeOfDay) -> None:
    assert_told_apart(sorted(set(skies_of(time, terrain, None))), terrain=terrain, time=time)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("time", [TimeOfDay.DAY, TimeOfDay.NIGHT])
def test_the_skies_are_told_apart_in_every_medium(style: Style, time: TimeOfDay) -> None:
    skies = sorted(set(skies_of(time, Terrain.HILLS, Season.SUMMER)))
    assert_told_apart(skies, style=style, time=time, terrain=Terrain.HILLS)


def test_stars_are_lighter_than_the_night_and_keep_away_from_the_moon() -> None:
    night = {"time": TimeOfDay.NIGHT, "light": Light.MOON, "light_place": Place.LEFT}
    starry, bare = (paint(completed({**night, "sky": sky}), 3).pixels.astype(int) for sky in (Sky.STARS, Sky.CLEAR))
    difference = np.abs(starry - bare).max(axis=2)
    assert 400 < (difference > 60).sum() < 4000
    moon = paint(completed(night), 3).parts == Part.LIGHT
    assert not difference[moon].any()


def test_a_rainbow_has_bands_of_many_colours_on_both_sides() -> None:
    picture = paint(completed({"sky": Sky.RAINBOW, "terrain": Terrain.SEA}), 3).pixels.astype(int)
    for half in (picture[:110, :128], picture[:110, 128:]):
        red, green, blue = half[..., 0], half[..., 1], half[..., 2]
        assert ((red > green + 60) & (red > blue + 60)).sum() > 200
        assert ((green > red + 20) & (green > blue + 20)).sum() > 200
        assert ((blue > green + 20) & (red > green + 10)).sum() > 200


def test_northern_lights_are_green() -> None:
    picture = paint(completed({"sky": Sky.AURORA}), 3).pixels.astype(int)
    assert (picture[..., 1] > picture[..., 0] + 60).mean() > 0.05
