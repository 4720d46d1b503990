"""What sentences leave out is usual: the rule that lets a short prompt mean one picture."""

import random

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.captions.grammar import COLOURS, write_caption
from bundled_model.scenes.scene import (
    Colour,
    Light,
    Place,
    Scene,
    Sky,
    Subject,
    Terrain,
    TimeOfDay,
    is_held_out,
    sample_scene,
)
from bundled_model.scenes.usual import made_usual

PLACE_WORDS = ("left", "right", "middle", "centre", "center")


def _castle(place: Place, colour: Colour) -> Scene:
    return Scene(
        time=TimeOfDay.NIGHT, sky=Sky.STARS, light=Light.NONE, light_place=None, terrain=Terrain.DESERT,
        subject=Subject.CASTLE, subject_place=place, colour=colour,
    )  # fmt: skip


@pytest.mark.parametrize("place", [Place.LEFT, Place.RIGHT])
def test_a_place_that_is_not_the_usual_one_is_always_named(place: Place) -> None:
    for seed in range(100):
        caption = write_caption(_castle(place, Colour.BLUE), random.Random(seed), keep=0.0)
        assert any(word in caption for word in PLACE_WORDS), caption


def test_the_middle_is_where_a_thing_stands_whose_place_is_not_named() -> None:
    captions = [write_caption(_castle(Place.CENTRE, Colour.BLUE), random.Random(seed), keep=0.0) for seed in range(50)]
    assert not [caption for caption in captions if any(word in caption for word in PLACE_WORDS)]


def test_a_colour_is_left_out_only_where_it_is_the_subjects_usual_one() -> None:
    reds = COLOURS[Colour.RED]
    captions = [write_caption(_castle(Place.LEFT, Colour.RED), random.Random(seed), keep=0.0) for seed in range(50)]
    assert all(any(red in caption for red in reds) for caption in captions)


def test_scenes_are_made_usual_in_part_and_never_into_held_out_ones() -> None:
    rng = random.Random(1)
    pairs = [(scene, made_usual(scene, rng)) for scene in (sample_scene(rng) for _ in range(500))]
    assert sum(before != after for before, after in pairs) > 400
    assert len({after for _, after in pairs}) > 100, "they still differ"
    assert not [after for _, after in pairs if is_held_out(after.time, after.terrain, after.subject)]
