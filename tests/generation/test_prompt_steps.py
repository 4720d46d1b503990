import pytest
from hypothesis import given

from tests.generation.nasty_prompts import NASTY, growth, nested, prompts
from webui.generation.prompt_steps import TimedText, parse_editing, prompt_at_steps


def at_steps(prompt: str, steps: int = 10, second_pass_steps: int | None = None) -> list[tuple[int, str]]:
    timed = prompt_at_steps(prompt, steps, second_pass_steps=second_pass_steps)
    return [(text.end_step, text.text) for text in timed]


# The first block are the facts that A1111's own parser is documented with.
@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("test", [(10, "test")]),
        ("a [b:3]", [(3, "a "), (10, "a b")]),
        ("a [b: 3]", [(3, "a "), (10, "a b")]),
        ("a [[[b]]:2]", [(2, "a "), (10, "a [[b]]")]),
        ("[(a:2):3]", [(3, ""), (10, "(a:2)")]),
        ("a [b : c : 1] d", [(1, "a b  d"), (10, "a  c  d")]),
        ("a[b:[c:d:2]:1]e", [(1, "abe"), (2, "ace"), (10, "ade")]),
        ("a [unbalanced", [(10, "a [unbalanced")]),
        ("a [b:.5] c", [(5, "a  c"), (10, "a b c")]),
        ("((a][:b:c [d:3]", [(3, "((a][:b:c "), (10, "((a][:b:c d")]),
        ("[a|(b:1.1)]", [(step, "a" if step % 2 else "(b:1.1)") for step in range(1, 11)]),
        ("[fe|]male", [(step, "female" if step % 2 else "male") for step in range(1, 11)]),
        ("[fe|||]male", [(step, "female" if step % 4 == 1 else "male") for step in range(1, 11)]),
        # What follows was worked by hand from the grammar.
        ("a [b:c:0.25] d", [(2, "a b d"), (10, "a c d")]),
        ("[b::0.5] d", [(5, "b d"), (10, " d")]),
        ("[:b:0.5]", [(5, ""), (10, "b")]),
        ("[a:b:0]", [(10, "b")]),
        ("[a:b:0.05]", [(10, "b")]),
        ("[a:b:-2]", [(10, "b")]),
        ("[a:b:1.0]", [(10, "a")]),
        ("[a:b:99]", [(10, "a")]),
        ("[a:b:2.]", [(10, "a")]),
        ("[a:b:1e0]", [(1, "a"), (10, "b")]),
        ("[a:0.5]", [(5, ""), (10, "a")]),
        ("[a:b: 3 ]", [(3, "a"), (10, "b")]),
        ("[a:b:c]", [(10, "[a:b:c]")]),
        ("[a:b:]", [(10, "[a:b:]")]),
        ("[a:b:c:3]", [(10, "[a:b:c:3]")]),
        ("[a:b:3", [(10, "[a:b:3")]),
        ("(a:b:3)", [(10, "(a:b:3)")]),
        ("[(a:b:c):3]", [(10, "[(a:b:c):3]")]),
        ("[(a:b):3]", [(3, ""), (10, "(a:b)")]),
        ("[a:[b:3]", [(3, "[a:"), (10, "[a:b")]),
        ("[a:b:(3)]", [(10, "[a:b:(3)]")]),
        (r"[a\:b:3]", [(3, ""), (10, r"a\:b")]),
        (r"\[a:b:3]", [(10, r"\[a:b:3]")]),
        ("[a\n:b:3]", [(3, "a\n"), (10, "b")]),
        ("[[a:b:3]|c]", [(s, "c" if s % 2 == 0 else ("a" if s <= 3 else "b")) for s in range(1, 11)]),
    ],
)
def test_each_step_has_the_text_that_a1111_gives_it(prompt: str, expected: list[tuple[int, str]]) -> None:
    assert at_steps(prompt) == expected


def test_a_prompt_with_several_schedules_changes_at_each_boundary() -> None:
    prompt = (
        "fantasy landscape with a [mountain:lake:0.25] and [an oak:a christmas tree:0.75][ in foreground::0.6]"
        "[ in background:0.25] [shoddy:masterful:0.5]"
    )
    assert at_steps(prompt, 100) == [
        (25, "fantasy landscape with a mountain and an oak in foreground shoddy"),
        (50, "fantasy landscape with a lake and an oak in foreground in background shoddy"),
        (60, "fantasy landscape with a lake and an oak in foreground in background masterful"),
        (75, "fantasy landscape with a lake and an oak in background masterful"),
        (100, "fantasy landscape with a lake and a christmas tree in background masterful"),
    ]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a [b:.5] c", [(10, "a b c")]),
        ("a [b:1.5] c", [(5, "a  c"), (10, "a b c")]),
        ("[a:b:8]", [(10, "b")]),
        ("[a:b:23]", [(3, "a"), (10, "b")]),
    ],
)
def test_in_a_second_pass_shares_count_from_one_and_steps_go_on(prompt: str, expected: list[tuple[int, str]]) -> None:
    assert at_steps(prompt, 20, second_pass_steps=10) == expected


@pytest.mark.parametrize("prompt", ["a | b [c:d:3]", "(a|b) [c:d:3]", "[a|b:3] [c:d:3]", "[a|b [c:d:3]", "[c:d:3] \\"])
def test_what_a1111_cannot_read_at_all_leaves_the_whole_prompt_as_it_is(prompt: str) -> None:
    assert parse_editing(prompt).unreadable
    assert at_steps(prompt) == [(10, prompt)]


def test_a_schedule_counts_even_where_unbalanced_brackets_follow_it() -> None:
    assert at_steps("[a:b:3]](") == [(3, "a]("), (10, "b](")]


@given(prompts)
def test_any_text_has_a_text_for_every_step(prompt: str) -> None:
    timed = prompt_at_steps(prompt, 7)
    ends = [text.end_step for text in timed]
    assert ends == sorted(set(ends)) and ends[-1] == 7 and ends[0] >= 1


@given(prompts)
def test_rendering_what_was_read_gives_the_same_text_and_reading_that_the_same_tree(prompt: str) -> None:
    read = parse_editing(prompt)
    assert read.render() == prompt
    assert parse_editing(read.render()) == read


@given(prompts)
def test_text_without_square_brackets_is_never_changed(prompt: str) -> None:
    plain = prompt.replace("[", "").replace("]", "")
    assert prompt_at_steps(plain, 5) == (TimedText(5, plain),)


def test_deep_brackets_are_read_like_shallow_ones() -> None:
    for prompt in nested(5_000):
        assert prompt_at_steps(prompt, 5)
    assert at_steps("[" * 5_000 + "a" + ":2]" * 5_000) == [(2, ""), (10, "a")]


@pytest.mark.parametrize("pattern", NASTY)
def test_the_work_grows_with_the_length_and_not_with_its_square(pattern: str) -> None:
    assert growth(lambda prompt: prompt_at_steps(prompt, 20), pattern) < 9
