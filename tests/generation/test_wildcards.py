from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.generation.nasty_prompts import NASTY, growth, nested, prompts
from webui.generation.limits import MAX_PROMPT_CHARACTERS
from webui.generation.wildcards import MAX_DEPTH, resolve, wildcard_names, wildcard_notes

LISTS = {
    "colour": ["red", "green", "{light|dark} blue"],
    "animals/birds": ["a __colour__ wren"],
    "a": ["x"],
    "endless": ["o__endless__"],
    "twice": ["__twice____twice__"],
    "empty": [],
}


def drawn(prompt: str, seeds: int = 400) -> Counter[str]:
    return Counter(resolve(prompt, seed, LISTS.get) for seed in range(seeds))


def test_the_same_seed_gives_the_same_text_on_every_machine() -> None:
    texts = [resolve("{a|b|c|d|e|f} __colour__ {2$$1|2|3|4}", seed, LISTS.get) for seed in (0, 1, 2**53 - 1)]
    assert texts == ["e red 1, 4", "f red 4, 2", "d dark blue 1, 3"]


def test_every_option_is_drawn_about_equally_often() -> None:
    counts = drawn("{a|b|c|d}")
    assert set(counts) == {"a", "b", "c", "d"}
    assert min(counts.values()) > 60


def test_an_option_with_a_weight_is_drawn_that_much_more_often() -> None:
    counts = drawn("{3::a|b}")
    assert 260 < counts["a"] < 340
    assert set(drawn("{0::a|b|.5::c}")) == {"b", "c"}


@pytest.mark.parametrize("prompt", ["{2$$a|b|c}", "{a|b|2$$c}", "{ 2$$ a | b | c }"])
def test_a_count_draws_different_options_in_any_order(prompt: str) -> None:
    assert set(drawn(prompt)) == {"a, b", "a, c", "b, a", "b, c", "c, a", "c, b"}


def test_a_range_draws_some_and_another_joint_may_be_given() -> None:
    assert set(drawn("{0-1$$a}")) == {"", "a"}
    assert set(drawn("{1-2$$ and $$a|b}")) == {"a", "b", "a and b", "b and a"}
    assert set(drawn("{-2$$a|b}")) == {"a", "b", "a, b", "b, a"}
    assert set(drawn("{2-$$a|b}")) == {"a, b", "b, a"}
    assert set(drawn("{9$$a|b}")) == {"a, b", "b, a"}


def test_lists_may_lie_in_folders_and_their_lines_hold_lists_and_choices() -> None:
    assert set(drawn("see __animals/birds__.")) == {
        "see a red wren.", "see a green wren.", "see a light blue wren.", "see a dark blue wren.",
    }  # fmt: skip


def test_options_may_hold_lists_choices_and_alternations() -> None:
    assert set(drawn("{ {a|b} c | __a__ | [d|e] }")) == {"a c", "b c", "x", "[d|e]"}


@pytest.mark.parametrize(
    "prompt",
    [
        "__nope__",
        "__empty__",
        "__ a __",
        "a__b",
        "____",
        "{word}",
        "{}",
        "{{word}}",
        "{a|b",
        "a|b}",
        "{[a|b}",
        r"\{a|b\}",
    ],
)
def test_what_names_no_list_and_is_no_choice_stays_as_it_is(prompt: str) -> None:
    assert resolve(prompt, 1, LISTS.get) == prompt


def test_the_names_that_are_left_are_told_once_each() -> None:
    resolved = resolve("__nope__ __a__ __other/one__ __nope__", 1, LISTS.get)
    assert wildcard_names(resolved) == ["nope", "other/one"]
    assert "'nope'" in wildcard_notes(resolved)[0]


def test_a_list_that_names_itself_ends_at_a_depth() -> None:
    assert resolve("__endless__", 1, LISTS.get) == "o" * MAX_DEPTH + "__endless__"


def test_what_would_grow_without_bound_is_cut_off_at_the_length_of_a_prompt() -> None:
    assert len(resolve("__twice__" * 100, 1, LISTS.get)) <= MAX_PROMPT_CHARACTERS
    assert len(resolve("{99$$ {99$$ {99$$ {99$$ word }}}}", 1, LISTS.get)) <= MAX_PROMPT_CHARACTERS


@given(prompts, st.integers(0, 2**53 - 1))
def test_any_text_resolves_to_the_same_text_each_time(prompt: str, seed: int) -> None:
    assert resolve(prompt, seed, LISTS.get) == resolve(prompt, seed, LISTS.get)


def test_deep_choices_are_read_like_shallow_ones() -> None:
    for prompt in nested(5_000):
        assert isinstance(resolve(prompt, 1, LISTS.get), str)


@pytest.mark.parametrize("pattern", NASTY)
def test_the_work_grows_with_the_length_and_not_with_its_square(pattern: str) -> None:
    assert growth(lambda prompt: resolve("__" + prompt, 1, lambda name: None), pattern) < 9
