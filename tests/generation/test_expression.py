import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webui.generation.blend import Blend, BlendWay, Idea
from webui.generation.expression import MAX_DEPTH, ExpressionError, parse, written
from webui.generation.expression_tokens import MAX_OUTSIDE_QUOTES

NAMES = {"A": "a cat", "B": "night", "C": "day"}


def _weights(text: str, **more: Any) -> dict[str, float]:
    return {idea.prompt: idea.weight for idea in parse(text, NAMES, **more).ideas}


def _error(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(text, NAMES)
    return caught.value


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ('"a cat"', {"a cat": 1}),
        ("A", {"a cat": 1}),
        ('"a cat" + 0.8 * ("night" - "day")', {"a cat": 1, "night": 0.8, "day": -0.8}),
        ("A + 0.8 * (B - C)", {"a cat": 1, "night": 0.8, "day": -0.8}),
        ("-A + 2*B", {"a cat": -1, "night": 2}),
        ("-(A - -B)", {"a cat": -1, "night": -1}),
        ("+--A", {"a cat": 1}),
        ("A*2/4", {"a cat": 0.5}),
        ("(1 + 2) * A - A", {"a cat": 2}),
        ("A + B + A", {"a cat": 2, "night": 1}),
        ("lerp(A, B, 0.25)", {"a cat": 0.75, "night": 0.25}),
        ("lerp(A, B, 1.5)", {"a cat": -0.5, "night": 1.5}),
        ("lerp(1, 3, 0.5) * A", {"a cat": 2}),
        ("mean(A, B, C, A)", {"a cat": 0.5, "night": 0.25, "day": 0.25}),
        ("mean(A)", {"a cat": 1}),
        ("2.e0 * A + .5 * B - 1E-1 * C", {"a cat": 2, "night": 0.5, "day": -0.1}),
        ("'single' - “curly”", {"single": 1, "curly": -1}),
        ('"A"', {"A": 1}),
        ('""', {"": 1}),
        (r'"say \"hi\"\n\u732b\\ \(x:1.2\)"', {'say "hi"\n猫\\ \\(x:1.2\\)': 1}),
        ("\n A\t+\r\n B ", {"a cat": 1, "night": 1}),
    ],
)
def test_an_expression_means_weights(text: str, weights: dict[str, float]) -> None:
    assert _weights(text) == pytest.approx(weights)


def test_the_way_is_that_which_is_given() -> None:
    assert parse("A + B", NAMES).way is BlendWay.LINEAR
    assert parse("A + B", NAMES, BlendWay.SPHERICAL).way is BlendWay.SPHERICAL


@pytest.mark.parametrize(
    ("text", "at", "length", "says"),
    [
        ("", 0, 0, "no expression yet"),
        ("   ", 3, 0, "no expression yet"),
        ("A +", 3, 0, "missing"),
        ("A B", 2, 1, "sign is missing before this name"),
        ('A "x"', 2, 3, "sign is missing before this prompt"),
        ("2 3", 2, 1, "sign is missing before this number"),
        ("* A", 0, 1, "value is missing before"),
        ("A + 1", 2, 1, "cannot be added"),
        ("1 - A", 2, 1, "cannot be added"),
        ("A * B", 2, 1, "multiplied by a prompt"),
        ("1 / A", 2, 1, "divided by a prompt"),
        ("A / (1 - 1)", 4, 7, "divides by zero"),
        ("1 + 1", 0, 5, "is a number"),
        ("D", 0, 1, "no name D"),
        ("cat", 0, 3, "stand in quotes"),
        ('A + "night', 4, 1, "no quote at its end"),
        ('"night\\"', 0, 1, "no quote at its end"),
        ("(A + (B)", 0, 1, "not closed"),
        ("A)", 1, 1, "closes"),
        ("()", 1, 1, "closes"),
        ("(A, B)", 0, 1, "comma"),
        ("mean()", 5, 1, "closes"),
        ("mean(A, 1)", 8, 1, "cannot be mixed"),
        ("lerp(A, B)", 0, 10, "three values"),
        ("lerp(A, B, C)", 11, 1, "must be a number"),
        ("slerp(A, B, 1)", 0, 5, "no function slerp"),
        ("A & B", 2, 1, "means nothing here"),
        ("A ^ 2", 2, 1, "means nothing here"),
        ("1e999 * A", 0, 5, "too large"),
        ("1e308 * A * 10 * 100", 0, 14, "too large"),
        ("21 * A", 5, 1, "at most 20"),
        ("A - A", 0, 5, "nothing is left"),
        ('A + "b <lora:x:1>"', 4, 14, "networks"),
        ('A + "b AND c"', 4, 9, "AND"),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, at: int, length: int, says: str) -> None:
    error = _error(text)
    assert (error.at, error.length) == (at, length)
    assert says in error.message
    assert error.message.endswith(".") and error.text == text


def test_the_hint_shows_the_line_with_carets_under_the_fault() -> None:
    assert _error("A + nine * B").hint == "A + nine * B\n    ^^^^"
    assert _error("A +").hint == "A +\n   ^"
    assert _error('"猫" + x').hint == '"猫" + x\n       ^'  # two columns
    assert _error('"e\u0301" + x').hint == '"e\u0301" + x\n      ^'  # an accent of no column
    assert _error("A +\n\t+ x").hint == "A +  + x\n       ^"


def test_of_a_long_line_the_part_with_the_fault_is_shown() -> None:
    line, carets = _error(f'"{"a" * 5_000}" + wrong + "{"b" * 5_000}"').hint.split("\n")
    assert len(line) == 60
    assert line[carets.index("^") :].startswith("wrong") and carets.count("^") == len("wrong")


def test_only_so_many_brackets_may_be_open() -> None:
    assert _weights("(" * MAX_DEPTH + "A" + ")" * MAX_DEPTH) == {"a cat": 1}
    assert "brackets are open" in _error("(" * (MAX_DEPTH + 1) + "A" + ")" * (MAX_DEPTH + 1)).message
    assert "brackets are open" in _error("mean(" * (MAX_DEPTH + 1) + "A").message


@pytest.mark.parametrize("text", ["-" * 10**6 + "A", "(" * 10**6, "A" * 10**6, "1" * 10**6, " " * 10**6, "A+" * 10**6])
def test_what_is_too_long_beside_its_prompts_is_refused(text: str) -> None:
    assert f"{MAX_OUTSIDE_QUOTES:,} characters" in _error(text).message


def test_as_many_signs_as_are_taken_lead_to_no_deep_call() -> None:
    assert _weights("-" * (MAX_OUTSIDE_QUOTES - 2) + "A") == {"a cat": 1}
    assert _weights("(" + "+".join(["A", "B"] * 400) + ")/400") == pytest.approx({"a cat": 1, "night": 1})


def test_the_prompts_themselves_may_be_long() -> None:
    assert _weights(f'"{"a" * 20_000}" + "{"b" * 20_000}"') == {"a" * 20_000: 1, "b" * 20_000: 1}
    assert "20,000" in _error(f'"{"a" * 20_001}"').message


def test_at_most_sixteen_prompts_are_blended() -> None:
    assert len(_weights("+".join(f'"{n}"' for n in range(16)))) == 16
    error = _error("+".join(f'"{n}"' for n in range(17)))
    assert error.text[error.at : error.at + error.length] == '"16"'


def test_a_blend_is_written_as_people_would() -> None:
    ideas = (Idea(prompt="a cat"), Idea(prompt="night", weight=0.8), Idea(prompt="day", weight=-0.8), Idea(weight=-1))
    assert written(Blend(ideas=ideas)) == '"a cat" + 0.8 * "night" - 0.8 * "day" - ""'
    assert written(Blend(ideas=(Idea(prompt="x", weight=-0.5),))) == '-0.5 * "x"'


_PROMPTS = st.text(max_size=20).filter(lambda text: "AND" not in text and "<" not in text and ":" not in text)
_WEIGHTS = st.floats(-20, 20)
_IDEAS = st.lists(
    st.builds(Idea, prompt=_PROMPTS, weight=_WEIGHTS), min_size=1, max_size=16, unique_by=lambda idea: idea.prompt
)


@settings(deadline=None)
@given(_IDEAS.filter(lambda ideas: any(idea.weight for idea in ideas)))
def test_what_is_written_is_read_back_exactly_and_is_one_line(ideas: list[Idea]) -> None:
    blend = Blend(ideas=tuple(ideas))
    text = written(blend)
    read = parse(text)
    assert [(idea.prompt, repr(idea.weight)) for idea in read.ideas] == [(i.prompt, repr(i.weight)) for i in ideas]
    assert len(text.splitlines()) == 1


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from(list("AB\"'+-*/(),. \t1e9x\\lerpman“”猫\u0301<&\x00")), max_size=60))
def test_whatever_is_written_is_a_blend_or_a_fault_with_its_place(text: str) -> None:
    try:
        blend = parse(text, NAMES)
    except ExpressionError as error:
        assert 0 <= error.at <= len(text) and 0 <= error.length <= len(text) - error.at
        assert error.hint.count("\n") == 1
    else:
        assert all(math.isfinite(idea.weight) for idea in blend.ideas)
