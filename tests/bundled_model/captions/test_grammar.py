"""Captions say what the picture shows, and nothing else."""

import random
from dataclasses import replace

import pytest

from bundled_model.captions.grammar import EMPTY_SHARE, fits, training_caption, write_caption
from bundled_model.captions.ideas import Idea, synonyms_of
from bundled_model.captions.vocabulary import (
    COLOURS,
    LIGHT_ADJECTIVES,
    LIGHTS,
    SEASON_ADJECTIVES,
    SEASONS,
    SKIES,
    SKY_ADJECTIVES,
    STYLE_OPENINGS,
    STYLES,
    SUBJECTS,
    TERRAINS,
    TIMED_SUNS,
)
from bundled_model.scenes.sampling import sample_scene
from bundled_model.scenes.scene import (
    Colour,
    Light,
    Place,
    Scene,
    Season,
    Sky,
    Style,
    Subject,
    Terrain,
    TimeOfDay,
)

PLACE_WORDS = {Place.LEFT: ("left",), Place.CENTRE: ("middle", "cent"), Place.RIGHT: ("right",)}
CASTLE = Scene(
    time=TimeOfDay.NIGHT, season=None, sky=Sky.STARS, light=Light.NONE, light_place=None, terrain=Terrain.DESERT,
    subject=Subject.CASTLE, subject_place=Place.CENTRE, count=1, colour=Colour.BLUE,
)  # fmt: skip


def full_captions(count: int) -> list[tuple[Scene, str]]:
    rng = random.Random(3)
    scenes = [sample_scene(rng) for _ in range(count)]
    return [(scene, write_caption(scene, rng, keep=1.0)) for scene in scenes]


def told(caption: str, value: object, *tables: dict) -> bool:
    words = [word for table in tables for word in table.get(value, ())]
    return any(word.strip() in caption for word in (*words, *synonyms_of(value)))


def test_a_full_caption_names_style_season_sky_light_land_and_subject() -> None:
    for scene, caption in full_captions(400):
        assert told(caption, scene.style, STYLES, STYLE_OPENINGS), caption
        assert told(caption, scene.season, SEASONS, SEASON_ADJECTIVES) or not scene.season, caption
        assert told(caption, scene.terrain, TERRAINS), caption
        assert told(caption, scene.sky, SKIES, SKY_ADJECTIVES), caption
        suns = any(word in caption for word in TIMED_SUNS.get(scene.time, ()))
        assert told(caption, scene.light, LIGHTS, LIGHT_ADJECTIVES) or suns or scene.light is Light.NONE, caption
        if scene.subject is not Subject.NONE and scene.count == 1:
            assert told(caption, scene.subject, SUBJECTS) or "boat" in caption, caption
        assert told(caption, scene.colour, COLOURS) or not scene.colour, caption


def test_a_full_caption_says_where_subject_and_light_are() -> None:
    for scene, caption in full_captions(300):
        for place in (scene.subject_place, scene.light_place):
            assert place is None or any(word in caption for word in PLACE_WORDS[place]), caption


def test_two_and_three_are_told_from_one_and_from_each_other() -> None:
    camels = [
        Scene(
            time=TimeOfDay.DAY, season=None, sky=Sky.CLEAR, light=Light.NONE, light_place=None, colour=None,
            terrain=Terrain.DESERT, subject=Subject.CAMEL, subject_place=Place.CENTRE, count=count,
        )
        for count in (1, 2, 3)
    ]  # fmt: skip
    rng = random.Random(4)
    told = [{write_caption(camel, rng, keep=0.0) for _ in range(200)} for camel in camels]
    assert not told[0] & told[1] | told[0] & told[2] | told[1] & told[2]


@pytest.mark.parametrize("place", [Place.LEFT, Place.RIGHT])
def test_a_place_that_is_not_the_usual_one_is_always_named(place: Place) -> None:
    for seed in range(100):
        caption = write_caption(replace(CASTLE, subject_place=place), random.Random(seed), keep=0.0)
        assert any(word in caption for word in PLACE_WORDS[place]), caption


def test_what_is_usual_is_left_out_where_nothing_is_to_be_kept() -> None:
    captions = [write_caption(CASTLE, random.Random(seed), keep=0.0) for seed in range(50)]
    usual = {"middle", "centre", "center", "centered", "night", "midnight", "one", "poster", "clear"}
    assert not [caption for caption in captions if usual & set(caption.split())]


def test_a_style_that_is_not_the_usual_one_is_always_named() -> None:
    for seed in range(100):
        caption = write_caption(replace(CASTLE, style=Style.PIXEL), random.Random(seed), keep=0.0)
        assert told(caption, Style.PIXEL, STYLES, STYLE_OPENINGS), caption


def test_an_idea_stands_for_the_attributes_that_it_names() -> None:
    idea = Idea("the pharaoh's stargazers", (("terrain", Terrain.DESERT), ("sky", Sky.STARS)))
    captions = [write_caption(CASTLE, random.Random(seed), idea=idea) for seed in range(50)]
    assert all(idea.text in caption for caption in captions)
    assert not [caption for caption in captions if told(caption, Terrain.DESERT, TERRAINS)]


def test_an_idea_fits_where_it_is_true_and_leaves_nothing_that_cannot_be_told() -> None:
    palace = Idea("a sultan's palace", (("subject", Subject.CASTLE),))
    assert fits(palace, CASTLE)
    assert fits(palace, replace(CASTLE, subject_place=Place.LEFT))
    assert not fits(palace, replace(CASTLE, colour=Colour.RED)), "its colour could not be told"
    assert not fits(Idea("spring", (("season", Season.SPRING),)), CASTLE)


def test_about_one_training_caption_in_ten_is_empty() -> None:
    rng = random.Random(5)
    empty = sum(training_caption(sample_scene(rng), rng) == "" for _ in range(3000)) / 3000
    assert abs(empty - EMPTY_SHARE) < 0.03


def test_one_scene_is_told_in_many_ways() -> None:
    rng = random.Random(6)
    scene = sample_scene(rng)
    assert len({write_caption(scene, rng) for _ in range(100)}) > 90


def test_the_same_source_of_chance_gives_the_same_caption() -> None:
    scene = sample_scene(random.Random(7))
    assert training_caption(scene, random.Random(9)) == training_caption(scene, random.Random(9))
