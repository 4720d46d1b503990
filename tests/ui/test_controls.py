from typing import Any

import gradio as gr
import pytest
from gradio import Number, Slider

from tests.ui.stand_ins import StandInCatalogue, StandInEntry
from webui.generation.request import GenerationRequest
from webui.generation.samplers import SAMPLERS, Sampler
from webui.ui.choices import model_choices
from webui.ui.controls import Controls
from webui.ui.form import FORM_FIELDS, NESTED, NOT_IN_THE_FORM, default_of, element_id
from webui.ui.widgets import limits_of


def test_every_field_of_the_request_has_a_control(controls: Controls) -> None:
    assert set(controls.by_field) == set(FORM_FIELDS)
    flat = {field for field in GenerationRequest.model_fields if field not in (*NESTED, *NOT_IN_THE_FORM)}
    parts = {f"{group}_{name}" for group, kind in NESTED.items() for name in kind.model_fields}
    held_by_the_picture_input = {
        "start_kind", "start_picture", "start_margins", "start_toward", "start_share", "mask_picture",
    }  # fmt: skip
    own = {"picture", "hires_on", "blend_way"}
    assert set(controls.by_field) == (flat | parts) - held_by_the_picture_input | own


def test_every_control_begins_with_the_requests_default(controls: Controls) -> None:
    for field, component in controls.by_field.items():
        if field in ("prompt", "negative_prompt", "model"):
            continue
        assert getattr(component, "value", None) == default_of(field), field


def test_every_control_has_a_name_and_an_id_on_the_page(controls: Controls) -> None:
    ids = [component.elem_id for component in controls.by_field.values()]
    assert len(set(ids)) == len(ids)
    for field, component in controls.by_field.items():
        assert component.elem_id == element_id(field)
        assert field in ("picture", "extras", "sliders") or component.label, field
    assert element_id("hires_cfg_scale") == "field-hires-cfg_scale"


def test_a_sliders_ends_are_the_requests_limits(controls: Controls) -> None:
    sliders = {field: one for field, one in controls.by_field.items() if isinstance(one, Slider)}
    assert {"steps", "cfg_scale", "start_strength", "mask_blur", "hires_scale"} <= set(sliders)
    for field, slider in sliders.items():
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
    updates = controls.schedules_for("DDIM", "Karras")
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


def test_a_picture_near_the_models_size_keeps_its_own(controls: Controls) -> None:
    updates = controls.sides_of({"width": 300, "height": 260}, "postcard")
    assert [updates[controls.by_field[side]]["value"] for side in ("width", "height")] == [304, 256]


def test_a_photograph_comes_to_the_models_number_of_pixels_in_its_own_shape(controls: Controls) -> None:
    updates = controls.sides_of({"width": 4000, "height": 2000}, "postcard")
    width, height = (updates[controls.by_field[side]]["value"] for side in ("width", "height"))
    assert width / height == pytest.approx(2, rel=0.06)
    assert width * height == pytest.approx(256 * 256, rel=0.06)


def test_margins_are_part_of_the_size(controls: Controls) -> None:
    updates = controls.sides_of({"width": 256, "height": 256, "margins": {"left": 64, "top": 0}}, "postcard")
    assert [updates[controls.by_field[side]]["value"] for side in ("width", "height")] == [320, 256]


def test_without_a_picture_the_sides_stay(controls: Controls) -> None:
    updates = controls.sides_of({}, "postcard")
    # Gradio takes a mapping as values of components only when it names one.
    assert updates == {controls.by_field[side]: gr.skip() for side in ("width", "height")}


def test_a_model_that_is_gone_gives_way_to_the_default() -> None:
    assert model_choices(StandInCatalogue(), "removed")[1] == "postcard"
    assert model_choices(StandInCatalogue(), "large")[1] == "large"


def test_styles_are_shown_when_there_are_any_and_those_of_a_draft_stay(catalogue: StandInCatalogue) -> None:
    names: list[str] = []
    controls = Controls(catalogue, lambda: names)
    assert controls.styles([])["visible"] is False
    names.append("warm")
    assert controls.styles(["gone"]) == {
        "choices": ["gone", "warm"], "value": ["gone"], "visible": True, "__type__": "update",
    }  # fmt: skip


def test_without_any_model_nothing_is_chosen() -> None:
    assert model_choices(StandInCatalogue([]), None) == ([], None)


def test_a_model_that_cannot_be_used_is_listed_and_says_so() -> None:
    choices, _ = model_choices(StandInCatalogue([StandInEntry("torn", problem="The unet is truncated.")]), None)
    assert choices == [("torn (cannot be used)", "torn")]


def test_what_the_model_does_not_listen_to_is_sent_as_if_never_touched() -> None:
    model = StandInEntry("films", capabilities=("video",), family="pipeline")
    controls = Controls(StandInCatalogue([model]))
    values = {"model": "films", "prompt": "a cat", "clip_skip": 3, "sampler": "Euler", "steps": 7, "script_x": 1}
    heeded = controls.heeded(values)
    assert heeded == {**values, "clip_skip": 1, "sampler": default_of("sampler")}
    assert controls.heeded({**values, "model": "gone"})["clip_skip"] == 3


def test_vaes_that_came_later_are_offered_with_the_next_filling(controls: Controls) -> None:
    update = controls.fill({"vae": "came later"})[controls.by_field["vae"]]
    assert update["value"] == "came later"
    assert ("came later", "came later") in update["choices"]
    refilled = controls.fill({"model": "postcard"})[controls.by_field["vae"]]
    assert "value" not in refilled
    assert controls.fill({"vae": None})[controls.by_field["vae"]]["value"] == ""


def test_values_of_extensions_that_are_off_stay_in_the_form_and_are_not_sent() -> None:
    on: dict[str, Any] = {"film_grain": ()}
    controls = Controls(StandInCatalogue(), extensions=lambda: on)
    values = {"model": "postcard", "extras": {"film_grain": {"amount": 0.4}, "gone": {"much": 1}}}
    assert controls.heeded(values)["extras"] == {"film_grain": {"amount": 0.4}}
    on.clear()
    assert controls.heeded(values)["extras"] == {}
    assert "gone" in values["extras"]
