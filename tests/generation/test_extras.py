import json
import math
from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.generation.extras import MAX_EXTENSIONS, MAX_EXTRAS_BYTES
from webui.generation.infotext import write_infotext
from webui.generation.infotext_reader import read_infotext
from webui.generation.infotext_sources import read_text
from webui.generation.request import GenerationRequest

GRAIN = {"film_grain": {"amount": 0.4, "colour": True, "size": 2, "stock": 'Tri-X, "400": é'}}


def _request(extras: Any) -> GenerationRequest:
    return GenerationRequest.parse({"extras": extras})


def test_values_keep_their_kinds_through_json() -> None:
    request = _request(GRAIN)
    again = GenerationRequest.parse(json.loads(request.model_dump_json()))
    assert again == request
    assert [type(value) for value in again.extras["film_grain"].values()] == [float, bool, int, str]


def test_the_same_values_in_another_order_are_the_same_request_to_the_last_byte() -> None:
    one = _request({"zz": {"b": 1, "a": 2}, "aa": {"c": 3}})
    other = _request({"aa": {"c": 3}, "zz": {"a": 2, "b": 1}})
    assert one.model_dump_json() == other.model_dump_json()


def test_an_extension_without_values_is_not_kept() -> None:
    assert _request({"film_grain": {}}).extras == {}


def test_two_requests_do_not_share_their_extras() -> None:
    first, second = GenerationRequest(), GenerationRequest()
    assert first.extras is not second.extras


@pytest.mark.parametrize("value", [None, math.nan, math.inf, 10**400, -(2**53), [1], {"x": 1}, "\ud800", b"x"])
def test_a_value_that_no_control_has_is_named_by_its_place(value: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _request({"film_grain": {"amount": value}})
    assert refused.value.field == "extras.film_grain.amount"


@pytest.mark.parametrize(
    "extras",
    [
        None,
        [],
        "film_grain",
        {"film_grain": 0.4},
        {"film_grain": [["amount", 1]]},
        {"Film Grain": {"amount": 1}},
        {"../grain": {"amount": 1}},
        {"film_grain": {"": 1}},
        {"film_grain": {"a.b": 1}},
        {"film_grain": {"__proto__ ": 1}},
        {7: {"amount": 1}},
    ],
)
def test_what_has_another_form_is_refused_and_named(extras: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _request(extras)
    assert refused.value.field == "extras"


@pytest.mark.parametrize(
    "flood",
    [
        {f"extension{number}": {"amount": 1} for number in range(10_000)},
        {"film_grain": {f"control{number}": 1 for number in range(10_000)}},
        {"film_grain": {"text": "x" * (MAX_EXTRAS_BYTES + 1)}},
        {"film_grain": {"text": "é" * MAX_EXTRAS_BYTES}},
    ],
    ids=["extensions", "controls", "bytes", "bytes of other letters"],
)
def test_a_flood_of_values_is_refused_in_one_sentence(flood: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _request(flood)
    assert len(str(refused.value)) < 300


def test_as_many_extensions_as_are_allowed_are_taken() -> None:
    extras = {f"extension{number:02}": {"text": "x" * 100} for number in range(MAX_EXTENSIONS)}
    assert _request(extras).extras == extras


def test_the_infotext_has_one_pair_for_each_extension_and_gives_it_back() -> None:
    request = _request(GRAIN | {"zoom": {"on": False}})
    text = write_infotext(request)
    assert ', Extension zoom: "{\\"on\\": false}", Version: ' in text
    read = read_infotext(text)
    assert read.values["extras"] == request.extras
    assert read.notes == ()


def test_two_pictures_of_one_json_carry_the_extras_of_the_request() -> None:
    assert read_text(_request(GRAIN).model_dump_json()).values["extras"] == GRAIN


@pytest.mark.parametrize(
    ("pair", "left"),
    [
        ("Extension film_grain: 0.4", True),
        ('Extension film_grain: "[1]"', True),
        ("Extension Film Grain: {}", True),
        ('Extension film_grain: "{\\"amount\\": [1]}"', False),
        ('Extension film_grain: "{\\"amount\\": NaN}"', False),
        ('Extension film_grain: "{\\"a.b\\": 1}"', False),
    ],
)
def test_a_pair_of_that_name_that_cannot_be_used_is_told_and_the_rest_is_read(pair: str, left: bool) -> None:
    read = read_infotext(f"a cat\nSteps: 20, Sampler: Euler, Seed: 1, {pair}, Size: 512x512")
    assert read.values["steps"] == 20
    assert "extras" not in read.values
    assert any("Extension" in note for note in read.notes)
    assert any(key.startswith("Extension") for key in read.left_over) is left


def test_a_text_of_ours_without_extensions_had_none_and_one_of_others_says_nothing_of_them() -> None:
    ours = write_infotext(GenerationRequest(prompt="a cat"))
    assert read_infotext(ours).values["extras"] == {}
    assert "extras" not in read_infotext(ours.replace("Darkroom", "v1.10")).values
