"""Sun and moon: where they stand, how large they are, and that nothing hides them."""

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.painter import SIZES, SQUARE, paint
from bundled_model.scenes.completing import completed
from bundled_model.scenes.scene import Light, Place, Subject, Terrain, TimeOfDay

ACROSS = {Place.LEFT: 0.21, Place.CENTRE: 0.5, Place.RIGHT: 0.79}


def pixels_of_light(size: tuple[int, int] = SQUARE, **values: object) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of what shows sun or moon."""
    rows, columns = np.nonzero(paint(completed(values), 5, size).parts == Part.LIGHT)
    return rows, columns


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", Place)
def test_the_sun_stands_where_the_scene_says(place: Place, size: tuple[int, int]) -> None:
    _, columns = pixels_of_light(size, light=Light.SUN, light_place=place)
    assert abs(columns.mean() - ACROSS[place] * size[0]) < 6


@pytest.mark.parametrize("terrain", Terrain)
@pytest.mark.parametrize(("time", "light"), [(TimeOfDay.DAY, Light.SUN), (TimeOfDay.NIGHT, Light.MOON)])
def test_sun_and_moon_are_round_and_whole_above_every_land(terrain: Terrain, time: TimeOfDay, light: Light) -> None:
    rows, columns = pixels_of_light(terrain=terrain, time=time, light=light)
    assert 44 <= np.ptp(columns) <= 56
    assert abs(np.ptp(rows) - np.ptp(columns)) <= 3
    assert rows.min() > 5


@pytest.mark.parametrize("terrain", Terrain)
def test_the_setting_sun_is_larger_and_lower_than_that_of_the_day(terrain: Terrain) -> None:
    day, _ = pixels_of_light(terrain=terrain, light=Light.SUN)
    sunset, _ = pixels_of_light(terrain=terrain, light=Light.SUN, time=TimeOfDay.SUNSET)
    assert len(sunset) > 1.15 * len(day)
    assert sunset.mean() > day.mean() - 1


@pytest.mark.parametrize("time", [TimeOfDay.DAWN, TimeOfDay.DAY, TimeOfDay.SUNSET])
def test_a_tall_thing_in_the_same_third_leaves_the_sun_to_be_seen(time: TimeOfDay) -> None:
    both = {"time": time, "light": Light.SUN, "light_place": Place.LEFT}
    free, _ = pixels_of_light(**both)
    behind, _ = pixels_of_light(**both, subject=Subject.CASTLE, terrain=Terrain.HILLS, subject_place=Place.LEFT)
    assert len(behind) > 0.9 * len(free)


def test_a_crescent_is_a_part_of_a_disc() -> None:
    night = {"time": TimeOfDay.NIGHT}
    full, _ = pixels_of_light(**night, light=Light.MOON)
    crescent, columns = pixels_of_light(**night, light=Light.CRESCENT)
    assert 0.3 * len(full) < len(crescent) < 0.75 * len(full)
    assert np.ptp(columns) >= 40


def test_a_scene_without_light_shows_none() -> None:
    rows, _ = pixels_of_light()
    assert not len(rows)
