"""Random scenes: a fixed tenth or so of the combinations is kept out of training."""

import random

from bundled_model.scenes.attributes import ATTRIBUTES, labels_of
from bundled_model.scenes.sampling import holds_out, is_held_out, numbered_scene, sample_scene, subjects_of
from bundled_model.scenes.scene import Style, Subject, Terrain, TimeOfDay


def test_held_out_combinations_are_never_sampled_for_training() -> None:
    rng = random.Random(0)
    assert not [scene for scene in (sample_scene(rng) for _ in range(3000)) if holds_out(scene)]


def test_held_out_sampling_gives_only_held_out_combinations() -> None:
    rng = random.Random(0)
    assert all(holds_out(sample_scene(rng, held_out=True)) for _ in range(200))


def test_a_tenth_or_so_of_the_combinations_is_held_out_and_each_label_is_still_trained_on() -> None:
    combinations = [(a, b, c, d) for a in Style for b in TimeOfDay for c in Terrain for d in subjects_of(c)]
    held_out = {combination for combination in combinations if is_held_out(*combination)}
    assert 0.05 < len(held_out) / len(combinations) < 0.2
    trained = set(combinations) - held_out
    for part, labels in enumerate((Style, TimeOfDay, Terrain, Subject)):
        assert {combination[part] for combination in trained} == set(labels)


def test_sampling_reaches_every_label_of_every_attribute() -> None:
    rng = random.Random(1)
    labels = labels_of([sample_scene(rng) for _ in range(3000)])
    for column, names in enumerate(ATTRIBUTES.values()):
        assert len(labels[:, column].unique()) == len(names)


def test_the_same_number_is_the_same_scene_and_seed() -> None:
    assert numbered_scene(3, 4) == numbered_scene(3, 4)
    assert len({numbered_scene(3, index) for index in range(50)}) == 50
    assert holds_out(numbered_scene(3, 4, held_out=True)[0])
