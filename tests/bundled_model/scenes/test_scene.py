"""Scenes: consistent ones only, and a fixed tenth or so of the combinations kept out of training."""

import random
from dataclasses import replace

import pytest

from bundled_model.scenes.scene import (
    Light,
    Place,
    Scene,
    Sky,
    Subject,
    Terrain,
    TimeOfDay,
    is_held_out,
    sample_scene,
    subjects_of,
)


def test_held_out_combinations_are_never_sampled_for_training() -> None:
    rng = random.Random(0)
    scenes = [sample_scene(rng) for _ in range(3000)]
    assert not [s for s in scenes if is_held_out(s.time, s.terrain, s.subject)]


def test_held_out_sampling_gives_only_held_out_combinations() -> None:
    rng = random.Random(0)
    scenes = [sample_scene(rng, held_out=True) for _ in range(200)]
    assert all(is_held_out(s.time, s.terrain, s.subject) for s in scenes)


def test_a_tenth_or_so_of_the_combinations_is_held_out_and_each_attribute_is_still_trained_on() -> None:
    combinations = [(a, b, c) for a in TimeOfDay for b in Terrain for c in subjects_of(b)]
    held_out = [combination for combination in combinations if is_held_out(*combination)]
    assert 0.05 < len(held_out) / len(combinations) < 0.2
    trained = [combination for combination in combinations if not is_held_out(*combination)]
    for part, labels in enumerate((TimeOfDay, Terrain, Subject)):
        assert {combination[part] for combination in trained} == set(labels)


def test_sampling_reaches_every_label() -> None:
    rng = random.Random(1)
    scenes = [sample_scene(rng) for _ in range(2000)]
    assert {s.sky for s in scenes} == set(Sky)
    assert {s.light for s in scenes} == set(Light)
    assert {s.light_place for s in scenes} == {None, *Place}


def test_scenes_that_cannot_be_drawn_are_refused() -> None:
    rng = random.Random(2)
    scene = next(s for s in iter(lambda: sample_scene(rng), None) if s.subject is Subject.SAILBOAT)
    assert isinstance(scene, Scene)
    with pytest.raises(ValueError, match="needs water"):
        replace(scene, terrain=Terrain.DESERT)
    with pytest.raises(ValueError, match="light_place"):
        replace(scene, light=Light.NONE, light_place=Place.LEFT)
    with pytest.raises(ValueError, match="subject_place"):
        replace(scene, colour=None)
    with pytest.raises(ValueError, match="does not go with"):
        replace(scene, time=TimeOfDay.DAY, sky=Sky.AURORA)
