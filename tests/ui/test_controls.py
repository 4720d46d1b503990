import pytest
from gradio import Number, Slider

from tests.ui.stand_ins import StandInCatalogue, StandInEntry
from webui.generation.request import GenerationRequest
from webui.generation.samplers import SAMPLERS, Sampler
from webui.ui.choices import model_choices
from webui.ui.controls import Controls, limits_of, usable_values


def test_every_field_of_the_request_has_a_control(controls: Controls) -> None:
    assert set(controls.by_field) == set(GenerationRequest.model_fields)


def test_every_control_begins_with_the_requests_default(controls: Controls) -> None:
    for field, component in controls.by_field.items():
        if field in ("prompt", "negative_prompt", "model"):
            continue
        assert component.value == GenerationRequest.model_fields[field].default, field


def test_a_sliders_ends_are_the_requests_limits(controls: Controls) -> None:
    for field in ("steps", "cfg_scale"):
        slider = controls.by_field[field]
        assert isinstance(slider, Slider)
        limits = limits_of(field)
        assert (slider.minimum, slider.maximum) == (limits.least, limits.largest)


@pytest.mark.parametrize("field", ["steps", "cfg_scale", "width", "height", "seed", "batch_size", "batch_count"])
def test_the_limits_read_from_the_request_are_those_it_keeps(field: str) -> None:
    limits = limits_of(field)
    for value in (limits.least, limits.largest):
        assert getattr(GenerationRequest.parse({field: value}), field) == value
    for value in (limits.least - limits.step, limits.largest + limits.step):
        with pytest.raises(ValueError, match=field):
            GenerationRequest.parse({field: value})


def test_number_fields_step_as_the_request_wants_but_judge_nothing(controls: Controls) -> None:
    for field in ("width", "height", "seed", "batch_size", "batch_count"):
        number = controls.by_field[field]
        assert isinstance(number, Number)
        assert number.step == limits_of(field).step
        assert (number.minimum, number.maximum) == (None, None), "the request answers, in a sentence of its own"
        assert number.preprocess(13) == 13


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: sampler.name)
def test_the_schedule_types_offered_are_those_the_sampler_can_follow(controls: Controls, sampler: Sampler) -> None:
    updates = controls.schedules_for(sampler.name, sampler.schedules[-1].value)
    update = updates[controls.by_field["schedule"]]
    assert update["choices"] == [item.value for item in sampler.schedules]
    assert update["value"] == sampler.schedules[-1].value


def test_a_schedule_type_that_the_new_sampler_cannot_follow_gives_way_to_automatic(controls: Controls) -> None:
    updates = controls.schedules_for("Euler a", "Karras")
    assert updates[controls.by_field["schedule"]]["value"] == "Automatic"


def test_filling_in_some_fields_leaves_the_others_alone(controls: Controls) -> None:
    updates = controls.fill({"seed": 7, "cfg_scale": 3.5})
    assert set(updates) == {controls.by_field["seed"], controls.by_field["cfg_scale"]}


def test_a_shape_keeps_the_models_number_of_pixels_in_sides_that_the_request_takes(controls: Controls) -> None:
    for ratio in (1.0, 1.5, 1 / 1.5):
        updates = controls.size_for("large", ratio)
        width, height = (updates[controls.by_field[side]]["value"] for side in ("width", "height"))
        GenerationRequest.parse({"width": width, "height": height})
        assert width * height == pytest.approx(512 * 512, rel=0.06)
        assert width / height == pytest.approx(ratio, rel=0.06)


def test_of_a_draft_only_what_a_request_takes_is_used() -> None:
    draft = {"prompt": "a hill", "width": 13, "sampler": "gone", "steps": 12, "mode": "old", "seed": None}
    assert usable_values(draft) == {"prompt": "a hill", "steps": 12}


def test_a_draft_whose_schedule_does_not_fit_its_sampler_loses_the_schedule() -> None:
    assert usable_values({"sampler": "Euler a", "schedule": "Karras"}) == {"sampler": "Euler a"}


def test_a_model_that_is_gone_gives_way_to_the_default() -> None:
    assert model_choices(StandInCatalogue(), "removed")[1] == "postcard"
    assert model_choices(StandInCatalogue(), "large")[1] == "large"


def test_without_any_model_nothing_is_chosen() -> None:
    assert model_choices(StandInCatalogue([]), None) == ([], None)


def test_a_model_that_cannot_be_used_is_listed_and_says_so() -> None:
    choices, _ = model_choices(StandInCatalogue([StandInEntry("torn", problem="The unet is truncated.")]), None)
    assert choices == [("torn (cannot be used)", "torn")]
