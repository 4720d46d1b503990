import pytest

from tests.generation.nasty_prompts import NASTY
from webui.generation.plain_prompt import PlainPrompt
from webui.generation.request import Emphasis


def test_marks_are_left_out_and_weigh_what_they_are_around() -> None:
    plain = PlainPrompt.read("a (cat:1.5) [b]")
    assert plain.text == "a cat b"
    assert plain.weights == (1.0, 1.0, 1.5, 1.5, 1.5, 1.0, pytest.approx(1 / 1.1))


def test_break_is_a_space() -> None:
    assert PlainPrompt.read("a BREAK b").text == "a b"


def test_emphasis_can_be_ignored_or_read_as_text() -> None:
    assert PlainPrompt.read("(a)", Emphasis.IGNORE) == PlainPrompt("a", (1.0,))
    assert PlainPrompt.read("(a)", Emphasis.NONE) == PlainPrompt("(a)", (1.0, 1.0, 1.0))


def test_without_some_characters_the_others_keep_their_weights() -> None:
    assert PlainPrompt.read("a(b:2)c").without(0, 1) == PlainPrompt("bc", (2.0, 1.0))


@pytest.mark.parametrize("prompt", NASTY)
def test_every_character_weighs_something(prompt: str) -> None:
    plain = PlainPrompt.read(prompt)
    assert len(plain.text) == len(plain.weights)
