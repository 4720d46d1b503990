"""Free sentences as data: many, consistent, and none of the fifty that measure among them."""

import re
from collections import Counter

import pytest

from bundled_model.captions.careless import flourishes
from bundled_model.captions.ideas import all_ideas, meanings_of, read_ideas, synonyms, synonyms_of
from bundled_model.captions.lessons import fifty
from bundled_model.captions.vocabulary import grammar_words
from bundled_model.scenes.attributes import ATTRIBUTES
from bundled_model.scenes.completing import completed
from bundled_model.scenes.scene import Sky, Subject, Terrain, TimeOfDay

ALONE = ("none", "left", "centre", "right", "1", "2", "3")


def bare(sentence: str) -> str:
    words = re.findall(r"[a-z0-9]+", sentence.lower())
    return " ".join(word for word in words if word not in ("a", "an", "the"))


def test_a_line_holds_sentences_of_one_meaning() -> None:
    first, second = read_ideas(["# of the desert", "", "Sahara / the  Gobi | terrain=desert count=2\n"])
    assert (first.text, second.text) == ("sahara", "the gobi")
    assert second.named() == {"terrain": Terrain.DESERT, "count": 2}


@pytest.mark.parametrize("line", ["sahara", "sahara | terrain=sand", "sahara | land=desert", "a | b | c", "a | time"])
def test_a_line_of_another_form_is_refused_and_told(line: str) -> None:
    with pytest.raises(ValueError, match="not an idea"):
        read_ideas([line])


def test_every_idea_can_be_drawn() -> None:
    for idea in all_ideas():
        assert all(getattr(completed(idea.named()), name) == value for name, value in idea.values)


def test_there_are_thousands_each_told_once() -> None:
    rarer = [word for words in synonyms().values() for word in words]
    counts = Counter([*(idea.text for idea in all_ideas()), *rarer, *flourishes()[0]])
    assert len(counts) > 4000
    assert not [text for text, count in counts.items() if count > 1]


def test_every_label_has_ideas_or_synonyms() -> None:
    named = {(name, str(value)) for idea in all_ideas() for name, value in idea.values}
    alone = {str(value) for _, value in synonyms()}
    for name, labels in ATTRIBUTES.items():
        assert not [label for label in labels if label not in (*alone, *ALONE) and (name, label) not in named]


def test_none_of_the_fifty_is_among_the_ideas() -> None:
    known = {bare(idea.text) for idea in all_ideas()} | {bare(word) for words in synonyms().values() for word in words}
    assert len(fifty()) == 50
    assert not [sentence.text for sentence in fifty() if bare(sentence.text) in known]


def test_the_fifty_name_all_attributes_and_can_be_drawn() -> None:
    named = {name for sentence in fifty() for name, _ in sentence.values}
    assert named >= set(ATTRIBUTES) - {"light_place"}
    for sentence in fifty():
        completed(sentence.named())


def test_ideas_are_found_by_the_scene_that_they_are_true_of() -> None:
    scene = completed({"terrain": Terrain.LAKE, "time": TimeOfDay.SUNSET, "sky": Sky.CLOUDS})
    texts = {idea.text for ideas in meanings_of(scene) for idea in ideas}
    assert {"a quiet evening by the water", "evening clouds"} <= texts
    assert "sahara desert by night" not in texts


def test_rarer_words_are_found_by_their_value() -> None:
    assert "dromedary" not in synonyms_of(Terrain.DESERT)
    assert "schooner" in synonyms_of(Subject.SAILBOAT)
    assert synonyms_of(None) == ()


def test_the_grammars_words_are_known() -> None:
    assert {"lighthouse", "watercolour", "sunset", "left", "three", "cut-out"} <= grammar_words()
    assert "{}" not in grammar_words()
