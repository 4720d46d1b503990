"""Articles, plurals and joints."""

import random

import pytest

from bundled_model.captions.phrases import coloured, counted, joined, opened, with_article
from bundled_model.scenes.scene import Subject


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("house", "houses"), ("dinghy", "dinghies"), ("red deer", "red deer"), ("wild goose", "wild geese"),
        ("beech", "beeches"), ("boat with sails", "boats with sails"), ("osprey", "ospreys"),
    ],
)  # fmt: skip
def test_things_are_counted(one: str, two: str) -> None:
    assert counted(one, 1) == one
    assert counted(one, 2) == two


def test_a_colour_stands_before_a_thing_or_behind_it() -> None:
    rng = random.Random(1)
    told = {coloured(Subject.CASTLE, "castle", "blue", 1, rng) for _ in range(200)}
    assert told == {"blue castle", "castle with blue roofs", "castle with blue towers", "castle in blue"}


def test_articles_fit_the_word_and_numbers_the_count() -> None:
    rng = random.Random(2)
    assert {with_article("oak", 1, rng, told=False) for _ in range(50)} == {"an oak", "oak", "the oak"}
    assert "two oaks" in {with_article("oaks", 2, rng, told=True) for _ in range(50)}


def test_parts_come_in_any_order_and_none_is_lost() -> None:
    rng = random.Random(3)
    sentences = {joined(["a house", "at night", "full moon"], rng) for _ in range(300)}
    assert len(sentences) > 15
    assert all("a house" in text and "at night" in text and "full moon" in text for text in sentences)
    assert not [text for text in sentences if "with at night" in text or "and at night" in text]


@pytest.mark.parametrize(
    ("opening", "sentence", "whole"),
    [
        ("a drawing of ", "a house at night", "a drawing of a house at night"),
        ("a drawing of ", "in the middle a house", "a drawing: in the middle a house"),
        ("a scene with ", "at night a house", "a scene: at night a house"),
        ("ink drawing: ", "at night a house", "ink drawing: at night a house"),
        ("", "at night a house", "at night a house"),
    ],
)
def test_an_opening_goes_before_whatever_comes_first(opening: str, sentence: str, whole: str) -> None:
    assert opened(opening, sentence) == whole
