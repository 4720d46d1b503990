"""A few attributes become a whole scene."""

import random

import pytest

from bundled_model.scenes.attributes import ATTRIBUTES
from bundled_model.scenes.completing import completed
from bundled_model.scenes.sampling import sample_scene
from bundled_model.scenes.scene import Light, Season, Sky, Subject, Terrain, TimeOfDay
from bundled_model.scenes.usual import is_usual


def test_what_is_not_given_is_usual() -> None:
    scene = completed({"subject": Subject.CAMEL})
    assert scene.terrain is Terrain.DESERT
    assert all(is_usual(scene, name) for name in ATTRIBUTES if name != "subject")


def test_stars_and_moons_are_seen_at_night_and_falling_snow_in_winter() -> None:
    assert completed({"sky": Sky.STARS}).time is TimeOfDay.NIGHT
    assert completed({"light": Light.CRESCENT}).time is TimeOfDay.NIGHT
    assert completed({"sky": Sky.SNOWFALL}).season is Season.WINTER


def test_another_scene_lends_what_can_be_drawn_with_the_given_attributes() -> None:
    rng = random.Random(1)
    values = {"subject": Subject.DEER, "season": Season.WINTER, "light": Light.MOON}
    scenes = [completed(values, sample_scene(rng)) for _ in range(300)]
    assert {scene.time for scene in scenes} == {TimeOfDay.NIGHT}
    assert {scene.season for scene in scenes} == {Season.WINTER}
    assert len({scene.terrain for scene in scenes}) == 5
    assert {scene.count for scene in scenes} == {1, 2, 3}


def test_what_cannot_be_drawn_together_is_refused() -> None:
    with pytest.raises(ValueError, match="no camel in city"):
        completed({"subject": Subject.CAMEL, "terrain": Terrain.CITY})
