"""What sentences leave out is usual."""

import random

from bundled_model.scenes.attributes import ATTRIBUTES
from bundled_model.scenes.sampling import holds_out, sample_scene
from bundled_model.scenes.scene import COLOURED, TERRAINS_OF, Light, Sky, Subject, TimeOfDay
from bundled_model.scenes.usual import COLOURS, is_usual, made_usual, terrain_of, time_of


def test_scenes_are_made_usual_in_part_and_never_into_held_out_ones() -> None:
    rng = random.Random(1)
    pairs = [(scene, made_usual(scene, rng)) for scene in (sample_scene(rng) for _ in range(500))]
    assert sum(before != after for before, after in pairs) > 400
    assert len({after for _, after in pairs}) > 300, "they still differ"
    assert not [after for _, after in pairs if holds_out(after)]


def test_every_attribute_is_usual_in_some_scenes_and_not_in_others() -> None:
    rng = random.Random(2)
    scenes = [made_usual(sample_scene(rng), rng) for _ in range(500)]
    for name in ATTRIBUTES:
        assert {is_usual(scene, name) for scene in scenes} == {True, False}


def test_every_thing_has_a_usual_land_and_every_coloured_one_a_usual_colour() -> None:
    assert all(terrain_of(subject) in TERRAINS_OF[subject] for subject in Subject)
    assert set(COLOURS) == set(COLOURED)


def test_stars_and_moons_make_a_night_usual() -> None:
    assert time_of(Sky.STARS, Light.NONE) is TimeOfDay.NIGHT
    assert time_of(Sky.CLEAR, Light.MOON) is TimeOfDay.NIGHT
    assert time_of(Sky.CLOUDS, Light.SUN) is TimeOfDay.DAY
