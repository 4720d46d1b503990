from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.ui.form import FORM_FIELDS, Way, default_of, element_id, form_values, request_values, usable_form

PICTURE, MASK = "a" * 32, "b" * 32
INPAINTING: dict[str, Any] = {
    "prompt": "a hill",
    "negative_prompt": "trees",
    "seed": 7,
    "steps": 11,
    "sampler": "Euler",
    "schedule": "Karras",
    "cfg_scale": 3.5,
    "width": 128,
    "height": 192,
    "batch_size": 2,
    "batch_count": 3,
    "model": "postcard",
    "start": {
        "kind": "picture",
        "picture": PICTURE,
        "strength": 0.4,
        "resize": "Crop and resize",
        "margins": {"left": 8, "top": 16, "right": 24, "bottom": 32},
        "colour_correction": True,
    },
    "mask": {
        "picture": MASK,
        "blur": 9,
        "inverted": True,
        "content": "latent noise",
        "area": "Only masked",
        "padding": 40,
        "soft": True,
    },
    "blend": {
        "ideas": [{"prompt": "a hill", "weight": 0.3}, {"prompt": 'a "sea"', "weight": -1.0}],
        "way": "spherical",
    },
    "noise_turns": [
        {"seed": 9, "share": 0.25, "variation_seed": 3, "variation_strength": 0.5, "turns": [{"seed": 4, "share": 0.1}]}
    ],
    "styles": ["warm"],
    "clip_skip": 2,
    "emphasis": "No norm",
    "variation_seed": 5,
    "variation_strength": 0.2,
    "seed_resize_width": 64,
    "seed_resize_height": 72,
    "noise_source": "NV",
    "tiling": True,
    "same_seed": True,
    "guidance": "APG",
    "cfg_rescale": 0.3,
    "guidance_start": 0.1,
    "guidance_end": 0.9,
    "pag_scale": 2.5,
    "eta": 0.5,
    "s_churn": 1.5,
    "s_tmin": 0.5,
    "s_tmax": 10.0,
    "s_noise": 1.1,
    "vae": "fine",
    "refiner": {"model": "second", "switch_at": 0.6},
    "distilled_guidance": 4.5,
    "flow_shift": 2.5,
    "fast": "fast",
    "size_conditioning": {
        "original_width": 1024,
        "original_height": 768,
        "crop_left": 8,
        "crop_top": 16,
        "aesthetic_score": 7.0,
        "negative_aesthetic_score": 3.0,
    },
    "video": {"frames": 9, "fps": 12.0},
    "sliders": [
        {"name": "day", "low": "by day", "high": "at night", "value": 0.8, "start": 0.2, "end": 0.9},
        {"name": "", "low": "summer", "high": "winter", "value": -1.5, "start": 0.0, "end": 1.0},
    ],
    "extras": {"film_grain": {"amount": 0.4, "colour": True}},
}
SECOND_PASS: dict[str, Any] = {
    "start": {"kind": "noise"},
    "hires": {
        "scale": 1.5,
        "width": 512,
        "height": 640,
        "upscaler": "Lanczos",
        "steps": 9,
        "strength": 0.35,
        "sampler": "DDIM",
        "schedule": "SGM Uniform",
        "cfg_scale": 4.5,
        "prompt": "a finer hill",
        "negative_prompt": "blur",
    },
}


def _there_and_back(request: GenerationRequest) -> GenerationRequest:
    form = form_values(request.model_dump(mode="json"))
    return GenerationRequest.parse(request_values(form, form["way"]))


@pytest.mark.parametrize("values", [INPAINTING, SECOND_PASS], ids=["inpainting", "second pass"])
def test_a_request_comes_back_from_the_form_as_it_was(values: dict[str, Any]) -> None:
    request = GenerationRequest.parse(values)
    assert _there_and_back(request) == request


def test_these_two_requests_differ_from_the_default_in_every_field_of_the_form() -> None:
    """Else the test above would not notice a field that is lost."""
    forms = [
        form_values(GenerationRequest.parse(values).model_dump(mode="json")) for values in (INPAINTING, SECOND_PASS)
    ]
    same = {
        field for field in FORM_FIELDS if all(form.get(field, default_of(field)) == default_of(field) for form in forms)
    }
    assert same == set()


def test_the_forms_defaults_are_the_default_request() -> None:
    form = {field: default_of(field) for field in FORM_FIELDS}
    assert GenerationRequest.parse(request_values(form, Way.TXT2IMG)) == GenerationRequest()


@pytest.mark.parametrize("field", FORM_FIELDS)
def test_every_single_field_of_the_form_is_kept_in_a_draft(field: str) -> None:
    form = form_values(INPAINTING) | {
        key: value for key, value in form_values(SECOND_PASS).items() if key.startswith("hires")
    }
    assert usable_form(form)[field] == form[field]


@pytest.mark.parametrize(
    ("way", "kind", "masked", "second_pass"),
    [("txt2img", "noise", False, True), ("img2img", "picture", False, False), ("inpaint", "picture", True, False)],
)
def test_the_tab_decides_what_is_sent_of_the_same_form(way: str, kind: str, masked: bool, second_pass: bool) -> None:
    form = form_values(INPAINTING) | form_values(SECOND_PASS)
    request = GenerationRequest.parse(request_values(form, way))
    assert request.start.kind == kind
    assert (request.mask is not None, request.hires is not None) == (masked, second_pass)
    assert request.prompt == "a hill"


def test_margins_alone_are_something_to_paint() -> None:
    form = {"picture": {"picture": PICTURE, "mask": None, "margins": {"left": 64, "right": None}}}
    request = GenerationRequest.parse(request_values(form, Way.INPAINT))
    assert request.mask is None
    assert request.start.kind == "picture"
    assert request.start.margins.left == 64


def test_img2img_leaves_the_mask_and_the_margins_of_the_other_tab_alone() -> None:
    form = {"picture": {"picture": PICTURE, "mask": MASK, "margins": {"left": 64}}}
    request = GenerationRequest.parse(request_values(form, Way.IMG2IMG))
    assert request.mask is None
    assert request.start.kind == "picture"
    assert not request.start.margins


def test_a_picture_that_is_missing_is_told_at_the_picture() -> None:
    with pytest.raises(InvalidRequest) as caught:
        request_values({"picture": {}}, Way.IMG2IMG)
    assert caught.value.field == "start.picture"


def test_parameters_without_their_picture_still_say_how_it_was_taken_up() -> None:
    form = form_values({"start": {"kind": "picture", "strength": 0.4}, "mask": {"blur": 8}})
    assert form == {"start_strength": 0.4, "mask_blur": 8, "way": Way.INPAINT}


def test_a_branched_picture_gives_all_but_its_start() -> None:
    """The tab that makes pictures from noise shows the rest, whatever number its picture had among those."""
    values = INPAINTING | {
        "start": {"kind": "step", "trajectory": "c" * 32, "step": 8, "picture": 1, "painting": PICTURE}
    }
    form = form_values(GenerationRequest.parse(values).model_dump(mode="json"))
    assert form["way"] == Way.TXT2IMG
    assert not {field for field in form if field.startswith("start_") or field == "picture"}
    request = GenerationRequest.parse(request_values(usable_form(form), form["way"]))
    assert request == GenerationRequest.parse(values | {"start": {"kind": "noise"}, "mask": None})


def test_of_a_draft_only_what_a_request_takes_is_used() -> None:
    draft = {
        "prompt": "a hill", "width": 13, "sampler": "gone", "steps": 12, "mode": "old", "seed": None,
        "mask_blur": -1, "mask_soft": True, "hires_scale": 99, "hires_sampler": "gone", "start_resize": "odd",
        "picture": {"picture": "no id"}, "hires_on": "yes", "styles": "none",
    }  # fmt: skip
    assert usable_form(draft) == {"prompt": "a hill", "steps": 12, "mask_soft": True}


def test_a_draft_whose_schedule_does_not_fit_its_sampler_loses_the_schedule() -> None:
    assert usable_form({"sampler": "DDIM", "schedule": "Karras"}) == {"sampler": "DDIM"}
    assert usable_form({"hires_sampler": "DDIM", "hires_schedule": "Karras"}) == {"hires_sampler": "DDIM"}


def test_names_come_to_the_spelling_of_the_lists() -> None:
    assert usable_form({"sampler": "euler A", "schedule": "karras"}) == {"sampler": "Euler a", "schedule": "Karras"}
    assert usable_form({"hires_sampler": None, "hires_schedule": None}) == {"hires_sampler": "", "hires_schedule": ""}


def test_a_sampler_that_the_lists_do_not_offer_is_left_out() -> None:
    assert usable_form({"sampler": "Euler (flow)"}) == {}


def test_what_is_no_form_at_all_is_left_out() -> None:
    assert form_values({"start": 7, "mask": [], "hires": "x"}) == {"hires_on": False}
    assert usable_form({"picture": 3, "prompt": ["a"], "start_strength": "much"}) == {}


def test_a_number_that_may_be_empty_is_a_text_in_the_form() -> None:
    assert form_values({"eta": None, "hires": {"cfg_scale": 4.5}}) == {
        "eta": "", "hires_cfg_scale": "4.5", "hires_on": True,
    }  # fmt: skip
    assert usable_form({"eta": "0.50", "hires_cfg_scale": "much"}) == {"eta": "0.5"}
    assert request_values({"eta": ""}, Way.TXT2IMG) == {"eta": None}


def test_ids_on_the_page_name_the_group_first() -> None:
    assert element_id("mask_blur") == "field-mask-blur"
    assert element_id("negative_prompt") == "field-negative_prompt"


def test_an_expression_that_cannot_be_read_is_kept_in_a_draft_and_said_when_it_is_sent() -> None:
    form = {field: default_of(field) for field in FORM_FIELDS} | {"blend": '"a cat" +'}
    assert usable_form(form)["blend"] == '"a cat" +'
    with pytest.raises(InvalidRequest):
        request_values(form, Way.TXT2IMG)


def test_turns_that_cannot_be_read_are_said_with_their_field() -> None:
    form = {field: default_of(field) for field in FORM_FIELDS} | {"noise_turns": "0.3 of 7"}
    with pytest.raises(InvalidRequest) as refused:
        request_values(form, Way.TXT2IMG)
    assert refused.value.field == "noise_turns"


def test_a_request_without_a_blend_empties_its_fields() -> None:
    form = form_values(GenerationRequest().model_dump(mode="json"))
    assert (form["blend"], form["noise_turns"]) == ("", "")
