"""Lessons: sentences with the scenes they mean."""

import random

from bundled_model.captions.lessons import caption_lesson, idea_lesson, lesson, other_words
from bundled_model.scenes.attributes import ATTRIBUTES, labels_of
from bundled_model.scenes.sampling import holds_out


def test_no_lesson_is_of_a_combination_that_is_held_out() -> None:
    rng = random.Random(1)
    assert not [text for text, scene in (lesson(rng) for _ in range(1000)) if holds_out(scene)]


def test_lessons_teach_every_label() -> None:
    rng = random.Random(2)
    labels = labels_of([lesson(rng)[1] for _ in range(2500)])
    for column, names in enumerate(ATTRIBUTES.values()):
        assert len(labels[:, column].unique()) == len(names)


def test_no_lesson_is_empty() -> None:
    rng = random.Random(3)
    for kind in (lesson, caption_lesson, idea_lesson):
        assert all(kind(rng)[0].strip() for _ in range(500))


def test_the_same_source_of_chance_gives_the_same_lesson() -> None:
    assert lesson(random.Random(4)) == lesson(random.Random(4))


def test_words_that_mean_nothing_are_none_that_mean_something() -> None:
    assert {"bicycle", "grandmother"} & set(other_words())
    assert not {"sea", "red", "three", "left", "sahara"} & set(other_words())
