import pytest
from hypothesis import given

from tests.generation.nasty_prompts import NASTY, growth, prompts
from webui.generation.prompt import parse_prompt, render_prompt, split_and


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a cat", [("a cat", 1.0)]),
        ("a cat AND a dog", [("a cat", 1.0), (" a dog", 1.0)]),
        ("a cat:1.2 AND a dog:-0.5 AND a bird : 2. ", [("a cat", 1.2), (" a dog", -0.5), (" a bird", 2.0)]),
        ("a\nb :.5", [("a\nb", 0.5)]),
        ("(a:1.3) AND (b)", [("(a:1.3)", 1.0), (" (b)", 1.0)]),
        ("SAND AND ANDY and b", [("SAND", 1.0), (" ANDY and b", 1.0)]),
        ("AND", [("", 1.0), ("", 1.0)]),
        (" : 2", [("", 2.0)]),
        ("a:1.2.3", [("a:1.2.3", 1.0)]),
        ("a 1.5", [("a 1.5", 1.0)]),
        ("a:1:2", [("a:1", 2.0)]),
        ("a:--1", [("a:--1", 1.0)]),
        ("a:", [("a:", 1.0)]),
    ],
)
def test_a_prompt_is_split_at_and_with_a_weight_for_each_part(prompt: str, expected: list[tuple[str, float]]) -> None:
    assert split_and(prompt) == expected


@given(prompts)
def test_rendering_the_tree_and_reading_it_again_gives_the_same_tree(prompt: str) -> None:
    tree = parse_prompt(prompt)
    assert parse_prompt(render_prompt(tree)) == tree


@pytest.mark.parametrize("pattern", NASTY)
def test_the_work_grows_with_the_length_and_not_with_its_square(pattern: str) -> None:
    assert growth(parse_prompt, pattern) < 9
