from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.server.sdapi.errors import Refused
from webui.server.sdapi.fields import (
    Notes,
    common_values,
    hires_values,
    in_their_words,
    mask_values,
    picture_values,
    whole_side,
)
from webui.server.sdapi.generation_bodies import ImageToImage, TextToImage
from webui.settings import A1111Options

PICTURE, MASK = "a" * 32, "b" * 32


def _request(options: A1111Options | None = None, notes: Notes | None = None, **posted: Any) -> GenerationRequest:
    wanted = TextToImage.model_validate(posted)
    notes = notes or Notes()
    values = common_values(wanted, options or A1111Options(), notes)
    return GenerationRequest.parse(values | hires_values(wanted, values, notes))


def _inpainting(**posted: Any) -> GenerationRequest:
    wanted = ImageToImage.model_validate(posted)
    values = common_values(wanted, A1111Options(), Notes()) | picture_values(wanted, PICTURE, A1111Options())
    return GenerationRequest.parse(values | mask_values(wanted, MASK, soft=False))


def test_the_defaults_are_those_of_the_api_and_not_those_of_the_page() -> None:
    request = _request()
    assert (request.steps, request.sampler, request.cfg_scale) == (50, "Euler", 7.0)
    assert (request.width, request.height, request.seed) == (512, 512, -1)
    mask = _inpainting().mask
    assert mask is not None
    assert (mask.content, mask.area, mask.padding, mask.blur) == ("fill", "Only masked", 0, 4)


def test_null_means_the_default_and_unknown_keys_are_dropped() -> None:
    posted = {"steps": None, "sampler_name": None, "hr_scheduler": None, "uniqueDocumentId": "x", "clip_skip": 2}
    assert _request(**posted) == _request()


@pytest.mark.parametrize(
    ("posted", "sampler", "schedule"),
    [
        ({"sampler_name": "Euler a"}, "Euler a", "Automatic"),
        ({"sampler_index": "Heun"}, "Heun", "Automatic"),
        ({"sampler_name": "DPM++ 2M Karras"}, "DPM++ 2M", "Karras"),
        ({"sampler_name": "DPM++ 2M Karras", "scheduler": "automatic"}, "DPM++ 2M", "Karras"),
        ({"sampler_name": "DPM++ 2M Karras", "scheduler": "Exponential"}, "DPM++ 2M", "Exponential"),
        ({"sampler_name": "dpmpp_2m", "scheduler": "sgm_uniform"}, "DPM++ 2M", "SGM Uniform"),
        ({"sampler_name": "k_euler", "scheduler": "align_your_steps"}, "Euler", "Align Your Steps"),
    ],
)
def test_samplers_and_schedule_types_are_known_by_all_their_names(
    posted: dict[str, str], sampler: str, schedule: str
) -> None:
    request = _request(**posted)
    assert (request.sampler, request.schedule) == (sampler, schedule)


def test_a_sampler_that_cannot_follow_a_schedule_type_goes_its_own_way_and_says_so() -> None:
    notes = Notes()
    request = _request(notes=notes, sampler_name="DDIM", scheduler="karras")
    assert (request.sampler, request.schedule) == ("DDIM", "Automatic")
    assert notes.said == ["DDIM cannot follow the schedule type Karras; it followed its own."]


def test_unknown_samplers_and_schedule_types_are_refused_by_name() -> None:
    with pytest.raises(Refused, match="Sampler not found: 'Nosuch'") as refused:
        _request(sampler_name="Nosuch")
    assert refused.value.status == 400
    with pytest.raises(InvalidRequest, match="there is no schedule type 'nosuch'") as invalid:
        _request(scheduler="nosuch")
    assert invalid.value.field == "scheduler"


def test_what_a_sampler_does_not_listen_to_stays_out_of_the_request() -> None:
    posted = {"eta": 1.0, "s_churn": 5.0, "s_noise": 0.9, "s_tmax": 0, "s_tmin": 0}
    plain = _request(sampler_name="Euler a", **posted)
    assert (plain.eta, plain.s_churn, plain.s_noise) == (None, 0.0, 1.0)
    assert _request(sampler_name="DDIM", **posted).eta == 1.0
    assert _request(sampler_name="Euler", **posted).s_churn == 5.0


def test_variations_and_seed_resizing_arrive() -> None:
    request = _request(
        seed=5, subseed=6, subseed_strength=0.25, seed_resize_from_w=257, seed_resize_from_h=128, tiling=True
    )
    assert (request.variation_seed, request.variation_strength) == (6, 0.25)
    assert (request.seed_resize_width, request.seed_resize_height, request.tiling) == (256, 128, True)
    assert _request(subseed=6).variation_seed == -1


@pytest.mark.parametrize(
    ("size", "count", "made"), [(8, 3, (8, 3)), (12, 1, (6, 2)), (10, 4, (8, 5)), (11, 1, (1, 11))]
)
def test_batches_that_are_too_large_become_more_of_them(size: int, count: int, made: tuple[int, int]) -> None:
    request = _request(batch_size=size, n_iter=count)
    assert (request.batch_size, request.batch_count) == made


def test_sides_are_cut_to_whole_latents() -> None:
    request = _request(width=500, height=333)
    assert (request.width, request.height) == (496, 328)
    assert whole_side(2055) == 2048


@pytest.mark.parametrize("side", [63, 5, 2056, 5001])
def test_sides_that_cannot_be_are_refused_in_the_clients_own_number(side: int) -> None:
    with pytest.raises(InvalidRequest, match=f"width: {side} cannot be used: it must be from"):
        _request(width=side)


def test_the_options_that_hold_are_put_into_the_request() -> None:
    options = A1111Options(model="m", vae="v", clip_skip=2, noise_source="NV", emphasis="No norm")
    request = _request(options)
    assert (request.model, request.vae, request.clip_skip) == ("m", "v", 2)
    assert (request.noise_source, request.emphasis) == ("NV", "No norm")


def test_the_second_pass_arrives_with_all_its_fields() -> None:
    request = _request(
        enable_hr=True, hr_scale=1.5, hr_upscaler="Latent (antialiased)", hr_second_pass_steps=7, hr_prompt="a ship",
        hr_negative_prompt="cars", denoising_strength=0.4, hr_sampler_name="Heun", hr_scheduler="Use same scheduler",
        hr_cfg=3.0, scheduler="karras",
    )  # fmt: skip
    hires = request.hires
    assert hires is not None
    assert (hires.scale, hires.upscaler, hires.steps, hires.strength) == (1.5, "Latent", 7, 0.4)
    assert (hires.sampler, hires.schedule, hires.cfg_scale) == ("Heun", "Karras", 3.0)
    assert (hires.prompt, hires.negative_prompt) == ("a ship", "cars")
    assert _request(hr_scale=1.5).hires is None


def test_a_second_sampler_that_cannot_follow_the_first_ones_schedule_goes_its_own_way() -> None:
    hires = _request(enable_hr=True, scheduler="karras", hr_sampler_name="DDIM").hires
    assert hires is not None
    assert (hires.sampler, hires.schedule) == ("DDIM", "Automatic")


def test_older_clients_tell_the_size_of_the_first_pass() -> None:
    request = _request(enable_hr=True, width=1024, height=768, firstphase_width=512, firstphase_height=384)
    assert (request.width, request.height) == (512, 384)
    assert request.hires is not None
    assert (request.hires.width, request.hires.height) == (1024, 768)


def test_an_unknown_upscaler_is_refused_by_its_field() -> None:
    with pytest.raises(InvalidRequest, match="no upscaler 'R-ESRGAN'") as refused:
        _request(enable_hr=True, hr_upscaler="R-ESRGAN")
    assert refused.value.field == "hr_upscaler"


@pytest.mark.parametrize(
    ("posted", "field", "value"),
    [
        ({"inpainting_fill": 3}, "content", "latent nothing"),
        ({"inpaint_full_res": False}, "area", "Whole picture"),
        ({"inpaint_full_res_padding": 32}, "padding", 32),
        ({"inpainting_mask_invert": 1}, "inverted", True),
        ({"mask_blur": 9, "mask_blur_x": 2}, "blur", 9),
        ({"mask_blur_x": 2, "mask_blur_y": 6}, "blur", 6),
    ],
)
def test_each_field_of_a_mask_arrives(posted: dict[str, Any], field: str, value: object) -> None:
    assert getattr(_inpainting(**posted).mask, field) == value


def test_tags_of_networks_are_left_out_where_they_are_switched_off() -> None:
    posted = {"prompt": "a boat <lora:old:0.5> at sea", "disable_extra_networks": True}
    assert _request(**posted).prompt == "a boat  at sea"


def test_what_would_have_changed_the_picture_and_does_nothing_is_told() -> None:
    notes = Notes()
    _request(notes=notes, restore_faces=True, s_min_uncond=1.0)
    assert len(notes.said) == 2
    assert "restore_faces" in notes.said[0]


def test_errors_name_the_field_that_the_client_knows() -> None:
    with pytest.raises(InvalidRequest) as ours:
        _request(n_iter=101)
    theirs = in_their_words(ours.value)
    assert theirs.field == "n_iter"
    assert theirs.message.startswith("n_iter: 101 cannot be used")
    with pytest.raises(InvalidRequest) as ours:
        _request(enable_hr=True, hr_scale=9)
    assert in_their_words(ours.value).field == "hr_scale"
