import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webui.errors import InvalidRequest
from webui.generation.limits import MAX_PROMPT_CHARACTERS, RANDOM_SEED
from webui.generation.request import GenerationRequest


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("width", 13, "multiple of 8"),
        ("width", 100_000, "at most 2048"),
        ("height", 0, "at least 64"),
        ("steps", 0, "at least 1"),
        ("steps", 10_000, "at most 150"),
        ("cfg_scale", math.nan, "finite"),
        ("cfg_scale", math.inf, "finite"),
        ("sampler", "Magic", "there is no sampler 'Magic'"),
        ("schedule", "Magic", "there is no schedule type 'Magic'"),
        ("prompt", "a" * 100_000, "100,000 characters"),
        ("batch_size", 9, "at most 8"),
        ("batch_count", 0, "at least 1"),
        ("seed", -2, "at least -1"),
        ("seed", 2**60, "at most"),
        ("steps", "many", "integer"),
        ("aspect", "wide", "no such field"),
    ],
)
def test_a_bad_value_is_refused_in_a_sentence_that_names_its_field(field: str, value: Any, says: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        GenerationRequest.parse({field: value})
    assert caught.value.field == field
    assert caught.value.message.startswith(f"{field}: ")
    assert says in caught.value.message
    assert len(caught.value.message) < 300


def test_an_empty_prompt_is_allowed() -> None:
    assert GenerationRequest.parse({"prompt": ""}).prompt == ""


def test_a_prompt_of_the_greatest_length_is_allowed() -> None:
    assert len(GenerationRequest.parse({"prompt": "x" * MAX_PROMPT_CHARACTERS}).prompt) == MAX_PROMPT_CHARACTERS


def test_a_sampler_that_cannot_follow_the_schedule_is_refused_with_what_it_can() -> None:
    with pytest.raises(InvalidRequest, match="DDIM cannot follow the schedule type Karras") as caught:
        GenerationRequest.parse({"sampler": "DDIM", "schedule": "Karras"})
    assert caught.value.field == "schedule"
    assert "SGM Uniform" in caught.value.hint


def test_sampler_and_schedule_are_known_in_any_case() -> None:
    request = GenerationRequest.parse({"sampler": "dpm++ 2m", "schedule": "karras"})
    assert (request.sampler, request.schedule) == ("DPM++ 2M", "Karras")


def test_a_schedule_type_in_the_samplers_name_is_taken_out_of_it() -> None:
    request = GenerationRequest.parse({"sampler": "DPM++ 2M SDE Karras", "schedule": "Automatic"})
    assert (request.sampler, request.schedule) == ("DPM++ 2M SDE", "Karras")


def test_the_second_pass_takes_samplers_by_the_same_names() -> None:
    hires = GenerationRequest.parse({"hires": {"sampler": "euler a karras"}}).hires
    assert hires is not None
    assert (hires.sampler, hires.schedule) == ("Euler a", "Karras")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"hires": {"sampler": "Magic"}}, "hires: there is no sampler 'Magic'"),
        ({"hires": {"schedule": "Magic"}}, "hires: there is no schedule type 'Magic'"),
        ({"hires": {"sampler": "DDIM", "schedule": "Karras"}}, "hires.schedule: DDIM cannot follow"),
        ({"schedule": "Karras", "hires": {"sampler": "DDIM"}}, "hires.sampler: DDIM cannot follow"),
    ],
)
def test_a_sampler_that_the_second_pass_cannot_use_is_refused(values: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        GenerationRequest.parse(values)


def test_a_request_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="frozen"):
        GenerationRequest().steps = 3  # type: ignore[misc]


def test_a_random_seed_is_fixed_and_a_given_one_is_kept() -> None:
    assert GenerationRequest(seed=RANDOM_SEED).with_fixed_seed().seed >= 0
    assert GenerationRequest(seed=7).with_fixed_seed().seed == 7


def test_the_pictures_of_a_job_have_seeds_that_count_up_or_the_same_one() -> None:
    request = GenerationRequest(seed=7, batch_count=3)
    assert [request.for_picture(index).seed for index in range(3)] == [7, 8, 9]
    together = request.with_changes(same_seed=True)
    assert [together.for_picture(index) for index in range(3)] == [request.for_picture(0)] * 3


def test_changes_are_validated() -> None:
    with pytest.raises(InvalidRequest):
        GenerationRequest().with_changes(steps=0)


@given(
    st.builds(
        GenerationRequest,
        prompt=st.text(max_size=200),
        seed=st.integers(-1, 2**53 - 1),
        steps=st.integers(1, 150),
        cfg_scale=st.floats(0, 30),
        width=st.integers(8, 256).map(lambda n: n * 8),
    )
)
def test_every_request_survives_json(request: GenerationRequest) -> None:
    assert GenerationRequest.model_validate_json(request.model_dump_json()) == request
