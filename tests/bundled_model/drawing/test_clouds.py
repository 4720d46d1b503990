"""Clouds: large, and away from sun and moon."""

from itertools import permutations

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.painter import SIZES, paint
from bundled_model.scenes.completing import completed
from bundled_model.scenes.scene import Light, Place, Sky, Subject, Terrain, TimeOfDay


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("terrain", [Terrain.SEA, Terrain.MOUNTAINS])
@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("time", [TimeOfDay.DAY, TimeOfDay.SUNSET])
def test_clouds_leave_the_sun_free(size: tuple[int, int], terrain: Terrain, place: Place, time: TimeOfDay) -> None:
    scene = {"terrain": terrain, "time": time, "light": Light.SUN, "light_place": place}
    with_clouds = paint(completed({**scene, "sky": Sky.CLOUDS}), 3, size).parts
    without = paint(completed(scene), 3, size).parts
    assert not (with_clouds[without == Part.LIGHT] == Part.CLOUD).any()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("light", "balloon"), list(permutations(Place, 2)))
def test_clouds_leave_the_sun_free_beside_what_flies(light: Place, balloon: Place, seed: int) -> None:
    scene = {"time": TimeOfDay.SUNSET, "light": Light.SUN, "light_place": light}
    scene |= {"subject": Subject.BALLOON, "subject_place": balloon}
    with_clouds = paint(completed({**scene, "sky": Sky.CLOUDS}), seed).parts
    assert (with_clouds == Part.CLOUD).sum() > 400
    assert not (with_clouds[paint(completed(scene), seed).parts == Part.LIGHT] == Part.CLOUD).any()


@pytest.mark.parametrize("time", TimeOfDay)
def test_clouds_fill_a_tenth_of_the_sky_at_any_time(time: TimeOfDay) -> None:
    parts = paint(completed({"sky": Sky.CLOUDS, "time": time}), 3).parts
    sky = np.isin(parts, (Part.SKY, Part.CLOUD))
    assert 0.1 < (parts == Part.CLOUD).sum() / sky.sum() < 0.6


def test_no_cloud_is_behind_what_flies() -> None:
    scene = {"sky": Sky.CLOUDS, "subject": Subject.BALLOON, "subject_place": Place.RIGHT}
    parts = paint(completed(scene), 3).parts
    assert not (parts[:, 205:] == Part.CLOUD).any()
    assert (parts[:, :170] == Part.CLOUD).any()


@pytest.mark.parametrize("sky", [Sky.RAIN, Sky.STORM])
def test_rain_and_storm_hang_from_a_bank_along_the_whole_upper_edge(sky: Sky) -> None:
    parts = paint(completed({"sky": sky}), 3).parts
    assert (parts[4] == Part.CLOUD).all()
