from itertools import pairwise

import pytest
from hypothesis import given

from tests.generation.nasty_prompts import NASTY, growth, nested, prompts
from webui.generation.prompt_emphasis import BREAK_MARK, Weighted, parse_emphasis, render_emphasis


def weighed(prompt: str) -> list[tuple[str, float]]:
    return [(run.text, run.weight) for run in parse_emphasis(prompt)]


# The first block are the facts that A1111's own parser is documented with.
@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("normal text", [("normal text", 1.0)]),
        ("an (important) word", [("an ", 1.0), ("important", 1.1), (" word", 1.0)]),
        ("(unbalanced", [("unbalanced", 1.1)]),
        (r"\(literal\]", [("(literal]", 1.0)]),
        ("(unnecessary)(parens)", [("unnecessaryparens", 1.1)]),
        (
            "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
            [
                ("a ", 1.0), ("house", 1.5730000000000004), (" ", 1.1), ("on", 1.0), (" a ", 1.1), ("hill", 0.55),
                (", sun, ", 1.1), ("sky", 1.4641000000000006), (".", 1.1),
            ],
        ),
        # What follows was worked by hand from the rules.
        ("", [("", 1.0)]),
        ("(a: 1.5 )", [("a", 1.5)]),
        ("(a:-.5)", [("a", -0.5)]),
        ("[a:1.5]", [("a:1.5", 1 / 1.1)]),
        ("a:1.5)", [("a:1.5)", 1.0)]),
        ("a) b]", [("a) b]", 1.0)]),
        ("(a:1.2.3)", [("a:1.2.3", 1.1)]),
        ("(a:.)", [("a:.", 1.1)]),
        ("(a [b) c]", [("a ", 1.1), ("b", 1.1 * (1 / 1.1)), (" c", 1 / 1.1)]),
        ("[a (b:2)", [("a ", 1 / 1.1), ("b", 2 * (1 / 1.1))]),
        (r"a\b \\ \{", [(r"ab \ {", 1.0)]),
        ("a BREAK b", [("a", 1.0), (BREAK_MARK, -1.0), ("b", 1.0)]),
        ("a\nBREAK\n\nBREAK b", [("a", 1.0), (BREAK_MARK, -1.0), ("", 1.0), (BREAK_MARK, -1.0), ("b", 1.0)]),
        ("a BREAKS UNBREAK break", [("a BREAKS UNBREAK break", 1.0)]),
        ("(a BREAK b)", [("a", 1.1), (BREAK_MARK, -1.1), ("b", 1.1)]),
        ("((a:0)) b", [("a", 0.0), (" b", 1.0)]),
    ],
)  # fmt: skip
def test_weights_are_those_of_a1111(prompt: str, expected: list[tuple[str, float]]) -> None:
    assert weighed(prompt) == expected


@given(prompts)
def test_any_text_becomes_runs_that_differ_from_their_neighbours(prompt: str) -> None:
    runs = parse_emphasis(prompt)
    assert runs
    assert all(before.weight != after.weight for before, after in pairwise(runs))


@given(prompts)
def test_rendered_runs_are_read_as_the_same_runs(prompt: str) -> None:
    runs = parse_emphasis(prompt)
    assert parse_emphasis(render_emphasis(runs)) == runs


def test_weights_stay_finite_however_many_brackets_there_are() -> None:
    weights = [run.weight for run in parse_emphasis("(" * 9_000 + "a" + "(b:0)" + "(c:" + "9" * 400 + ")")]
    assert weights == [1e9, 0.0, 1e9]


def test_deep_brackets_weigh_as_shallow_ones_do() -> None:
    for prompt in nested(5_000):
        assert parse_emphasis(prompt)
    deep = parse_emphasis("[(a" * 2_000 + ")]" * 2_000)
    assert all(run.weight == pytest.approx(1.0, rel=1e-9) for run in deep)


def test_a_rendered_run_has_its_weight_and_its_brackets_escaped() -> None:
    assert render_emphasis([Weighted("a (b)", 1.0), Weighted("c", 1.25)]) == r"a \(b\)(c:1.25)"


@pytest.mark.parametrize("pattern", NASTY)
def test_the_work_grows_with_the_length_and_not_with_its_square(pattern: str) -> None:
    assert growth(parse_emphasis, pattern) < 9
