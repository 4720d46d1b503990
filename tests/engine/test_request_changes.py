from typing import Any

import pytest

from webui.engine.request_changes import changed, judged_extras, problem_of
from webui.errors import InvalidRequest
from webui.extensions.controls import Slider, Switch
from webui.generation.request import GenerationRequest

CONTROLS = {"film_grain": (Slider("amount", "Amount", 0.0, 1.0, 0.05, 0.2), Switch("colour", "Colour"))}
REQUEST = GenerationRequest(prompt="a boat", seed=5, extras={"film_grain": {"amount": 0.5}})


def test_a_value_that_a_control_does_not_take_is_named_by_its_place() -> None:
    with pytest.raises(InvalidRequest, match="from 0 to 1") as refused:
        judged_extras({"film_grain": {"amount": 2}}, CONTROLS)
    assert refused.value.field == "extras.film_grain.amount"


def test_values_that_no_control_stands_for_are_kept() -> None:
    extras = {"film_grain": {"amount": 0.5, "gone": 1}, "away": {"x": True}}
    assert judged_extras(extras, CONTROLS) == extras


def test_two_extensions_may_change_different_fields_and_the_same_one_alike() -> None:
    made = changed(REQUEST, {"one": {"steps": 4, "width": 512}, "two": {"steps": 4, "height": 320}})
    assert (made.steps, made.width, made.height, made.prompt) == (4, 512, 320, "a boat")


@pytest.mark.parametrize(
    ("one", "two", "field"),
    [
        ({"steps": 4}, {"steps": 5}, "steps"),
        ({"prompt": "x"}, {"prompt": "y"}, "prompt"),
        (
            {"extras": {"film_grain": {"amount": 0.1}}},
            {"extras": {"film_grain": {"amount": 0.2}}},
            "extras.film_grain.amount",
        ),
    ],
)
def test_two_extensions_that_change_one_field_differently_are_both_named(
    one: dict[str, Any], two: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequest, match="the extensions first and second both want to change it") as refused:
        changed(REQUEST, {"first": one, "second": two})
    assert refused.value.field == field


def test_to_leave_a_field_as_it_is_is_no_change_of_it() -> None:
    assert changed(REQUEST, {"one": {"steps": 4}, "two": {"steps": REQUEST.steps}}).steps == 4


def test_the_extras_of_an_answer_join_those_of_the_request_and_none_is_the_default() -> None:
    answers = {"one": {"extras": {"film_grain": {"colour": True}}}, "two": {"extras": {"other": {"x": 1}}}}
    assert changed(REQUEST, answers).extras == {"film_grain": {"amount": 0.5, "colour": True}, "other": {"x": 1}}
    assert changed(REQUEST, {"one": {"extras": {"film_grain": {"amount": None}}}}).extras == {}


@pytest.mark.parametrize(
    "answer",
    [
        5,
        "steps",
        [("steps", 4)],
        {"stepps": 4},
        {1: 2},
        {"steps": 10_000},
        {"prompt": None},
        {"extras": 7},
        {"extras": {"film_grain": {"amount": 9.0}}},
        {"extras": {"Bad Name": {"amount": 1}}},
        {"model_config": {}},
        {"sampler": "no such"},
    ],
)
def test_an_answer_that_makes_no_request_is_told_in_words(answer: Any) -> None:
    problem = problem_of(REQUEST, answer, controls=CONTROLS)
    assert problem
    assert len(problem) < 400


def test_an_answer_that_makes_a_request_has_no_problem() -> None:
    assert problem_of(REQUEST, {"steps": 4, "extras": {"film_grain": {"amount": 1.0}}}, controls=CONTROLS) == ""
