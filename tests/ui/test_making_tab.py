from typing import Any

import pytest

from tests.ui.stand_ins import StandInEngine
from webui.errors import ModelNotFound
from webui.generation.request import GenerationRequest
from webui.ui.form import Way
from webui.ui.making_tab import submit


def test_what_the_controls_hold_is_enqueued_as_one_request(engine: StandInEngine) -> None:
    values = {"prompt": "a hill", "steps": 7, "hires_on": False, "start_strength": 0.3, "picture": {}}
    assert submit(engine, values, Way.TXT2IMG, "guest:1") is None
    assert engine.submitted == [GenerationRequest(prompt="a hill", steps=7)]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("width", 13, "multiple of 8"),
        ("width", 100_000, "at most 2048"),
        ("steps", 0, "at least 1"),
        ("steps", 10_000, "at most 150"),
        ("cfg_scale", float("nan"), "finite"),
        ("sampler", "Magic", "there is no sampler"),
        ("seed", None, "cannot be used"),
        ("batch_size", 1.5, "cannot be used"),
        ("prompt", "a" * 100_000, "20,000 characters"),
    ],
)
def test_a_value_that_cannot_be_used_comes_back_as_a_sentence_that_names_its_field(
    engine: StandInEngine, field: str, value: Any, words: str
) -> None:
    told = submit(engine, {field: value}, "txt2img", "guest:1")
    assert told is not None
    assert told["field"] == field
    assert words in told["message"]
    assert "Traceback" not in told["message"]
    assert engine.submitted == []


def test_what_the_engine_refuses_comes_back_with_its_hint() -> None:
    engine = StandInEngine(refusal=ModelNotFound("There are no models.", hint="Put one there.", field="model"))
    told = submit(engine, {}, "txt2img", "guest:1")
    assert told is not None
    assert (told["message"], told["hint"], told["field"]) == ("There are no models.", "Put one there.", "model")


def test_the_same_error_twice_is_two_values_so_that_a_dismissed_notice_comes_back(engine: StandInEngine) -> None:
    assert submit(engine, {"width": 13}, "txt2img", "a") != submit(engine, {"width": 13}, "txt2img", "a")


@pytest.mark.parametrize(
    ("way", "picture", "field"),
    [
        ("img2img", {}, "start.picture"),
        ("inpaint", {}, "start.picture"),
        ("inpaint", {"picture": "a" * 32, "mask": None, "margins": {"left": 0}}, "mask.picture"),
    ],
)
def test_a_tab_without_what_it_starts_from_says_what_is_missing(
    engine: StandInEngine, way: str, picture: dict[str, Any], field: str
) -> None:
    told = submit(engine, {"picture": picture}, way, "guest:1")
    assert told is not None
    assert told["field"] == field
    assert told["hint"]
    assert engine.submitted == []
