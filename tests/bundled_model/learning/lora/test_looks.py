"""The looks, their words, and the scenes that they are learned from."""

import random

import pytest

pytest.importorskip("skia", exc_type=ImportError)

import numpy as np
from transformers import CLIPTokenizer

from bundled_model.drawing.media import LORA_LOOKS
from bundled_model.drawing.painter import paint
from bundled_model.learning.lora.looks import LOOKS, with_trigger
from bundled_model.learning.lora.store import captions_of, look_scene, plain_caption
from bundled_model.scenes.sampling import holds_out
from bundled_model.scenes.scene import Style
from tests.bundled_model.conftest import TOKENIZER

STYLED = ("poster", "flat colours", "art deco", "ukiyo-e", "watercolo", "paper", "pixel", "ink drawing")


def test_there_is_a_look_for_every_medium_that_no_scene_has() -> None:
    assert tuple(LOOKS) == LORA_LOOKS


def test_captions_name_the_look_mostly_and_no_other_style() -> None:
    captions = [caption for index in range(60) for caption in captions_of("neon", index)]
    told = [caption for caption in captions if caption]
    assert 0.03 < 1 - len(told) / len(captions) < 0.2
    assert 0.8 < sum("neon sign" in caption for caption in told) / len(told) < 0.97
    assert not any(word in caption for caption in told for word in STYLED)


def test_a_click_in_the_program_puts_the_words_where_training_had_them() -> None:
    rng = random.Random(3)
    forms = [with_trigger("a castle", LOOKS["blueprint"], rng) for _ in range(40)]
    assert forms.count("a castle, blueprint drawing") > 10
    assert "a blueprint drawing of a castle" in forms
    assert with_trigger("", LOOKS["blueprint"], rng) == ""


def test_trigger_words_are_told_apart_by_the_tokenizer() -> None:
    tokenizer = CLIPTokenizer.from_pretrained(TOKENIZER)
    read = [tuple(tokenizer(look.trigger).input_ids) for look in LOOKS.values()]
    assert len(set(read)) == len(LOOKS)
    assert all(len(tokens) < 20 for tokens in read)


def test_scenes_of_training_and_of_measuring_are_kept_apart() -> None:
    trained = [look_scene(index)[0] for index in range(40)]
    measured = [look_scene(index, held_out=True, series=94)[0] for index in range(20)]
    assert not any(map(holds_out, trained))
    assert all(map(holds_out, measured))
    assert {scene.style for scene in (*trained, *measured)} == {Style.POSTER}
    assert all(plain_caption(scene, random.Random(1)) for scene in measured)


def test_a_look_changes_the_picture_more_than_a_little() -> None:
    scene, seed = look_scene(0)
    plain = paint(scene, seed).pixels.astype(int)
    for look in LOOKS:
        assert np.abs(paint(scene, seed, medium=look).pixels - plain).mean() > 10
