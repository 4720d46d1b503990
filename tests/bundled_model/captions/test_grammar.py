"""Captions say what the picture shows, and nothing else."""

import random

from bundled_model.captions.grammar import (
    COLOURS,
    EMPTY_SHARE,
    LIGHTS,
    SKIES,
    SUBJECTS,
    TERRAINS,
    TIMES,
    training_caption,
    write_caption,
)
from bundled_model.scenes.scene import Light, Scene, Sky, Subject, sample_scene


def full_captions(count: int) -> list[tuple[Scene, str]]:
    rng = random.Random(3)
    scenes = [sample_scene(rng) for _ in range(count)]
    return [(scene, write_caption(scene, rng, keep=1.0)) for scene in scenes]


def names(caption: str, words: tuple[str, ...]) -> bool:
    return any(word in caption for word in words)


def test_a_full_caption_names_time_terrain_subject_colour_sky_and_light() -> None:
    for scene, caption in full_captions(300):
        assert names(caption, TIMES[scene.time]), caption
        assert names(caption, TERRAINS[scene.terrain]), caption
        if scene.subject is not Subject.NONE:
            assert scene.colour is not None
            assert names(caption, SUBJECTS[scene.subject]), caption
            assert names(caption, COLOURS[scene.colour]), caption
        if scene.sky is not Sky.CLEAR:
            assert names(caption, SKIES[scene.sky]), caption
        if scene.light is not Light.NONE:
            assert names(caption, LIGHTS[scene.light]), caption


def test_a_full_caption_says_where_subject_and_light_are() -> None:
    words = {"left": ("left",), "centre": ("middle", "cent"), "right": ("right",)}
    for scene, caption in full_captions(300):
        for place in (scene.subject_place, scene.light_place):
            assert place is None or names(caption, words[place]), caption


def test_captions_with_parts_left_out_name_no_other_subject() -> None:
    rng = random.Random(4)
    for _ in range(300):
        scene = sample_scene(rng)
        caption = write_caption(scene, rng, keep=0.5)
        # Whole words that belong to exactly one subject.
        for subject in (Subject.SAILBOAT, Subject.LIGHTHOUSE, Subject.WINDMILL, Subject.CASTLE):
            assert subject is scene.subject or subject.value not in caption.split()


def test_about_one_training_caption_in_ten_is_empty() -> None:
    rng = random.Random(5)
    empty = sum(training_caption(sample_scene(rng), rng) == "" for _ in range(3000)) / 3000
    assert abs(empty - EMPTY_SHARE) < 0.03


def test_one_scene_is_told_in_many_ways() -> None:
    rng = random.Random(6)
    scene = sample_scene(rng)
    assert len({write_caption(scene, rng) for _ in range(100)}) > 80


def test_the_same_source_of_chance_gives_the_same_caption() -> None:
    scene = sample_scene(random.Random(7))
    assert write_caption(scene, random.Random(8)) == write_caption(scene, random.Random(8))
