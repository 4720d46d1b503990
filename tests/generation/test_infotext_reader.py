import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from tests.generation.requests import DRAWN, requests
from webui.generation.infotext import write_infotext
from webui.generation.infotext_reader import read_infotext
from webui.generation.model_options import Refiner, SizeConditioning
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, FromStep, Hires, Mask, Video

A1111 = (
    "a lighthouse, (storm:1.2), <lora:waves:0.7>\nNegative prompt: fog, [rain]\n"
    "Steps: 25, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 965400086, Size: 512x768, "
    "Model hash: 45dee52b, Model: sea-v1.5, Denoising strength: 0.4, Clip skip: 2, Hires upscale: 1.5, "
    'Hires steps: 12, Hires upscaler: R-ESRGAN 4x+, Lora hashes: "waves: 0123456789ab", Version: v1.10.1'
)


def _carried(request: GenerationRequest) -> dict[str, Any]:
    """What an infotext can carry of a request: without what has no effect, as A1111 writes only what has one."""
    values = request.model_dump(mode="json")
    if not request.variation_strength:
        values["variation_seed"] = -1
    if not (request.seed_resize_width and request.seed_resize_height):
        values["seed_resize_width"] = values["seed_resize_height"] = 0
    if not any(bracket in prompt for prompt in request.prompts for bracket in "(["):
        values["emphasis"] = "Original"
    if request.mask and request.mask.area == "Whole picture":
        values["mask"]["padding"] = 32
    if request.hires:
        hires = values["hires"]
        if request.hires.width or request.hires.height:
            hires["scale"] = 2.0
        for name in ("prompt", "negative_prompt"):
            hires[name] = "" if hires[name] == values[name] else hires[name]
        for name in ("sampler", "schedule"):
            hires[name] = None if hires[name] == values[name] else hires[name]
    return values


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("", GenerationRequest),
        ("start", FromPicture),
        ("start step", FromStep),
        ("mask", Mask),
        ("hires", Hires),
        ("refiner", Refiner),
        ("size_conditioning", SizeConditioning),
        ("video", Video),
    ],
)
def test_every_field_is_among_those_that_are_tried(group: str, kind: type[BaseModel]) -> None:
    # Not of one picture; styles are in the prompt by then.
    of_the_job = {"batch_size", "batch_count", "same_seed", "styles", "points"}
    assert DRAWN[group] == set(kind.model_fields) - of_the_job


@settings(max_examples=400, deadline=None)
@given(requests())
def test_every_field_comes_back(request: GenerationRequest) -> None:
    read = read_infotext(write_infotext(request))
    assert read.notes == ()
    assert GenerationRequest.parse(read.values).model_dump(mode="json") == _carried(request)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=400), st.text('a1b: ,"\\[]{}\n-/', max_size=400)))
def test_any_text_can_be_read_and_what_comes_is_a_request(text: str) -> None:
    GenerationRequest.parse(read_infotext(text).request_values())


def test_a_picture_of_a1111_gives_its_fields() -> None:
    read = read_infotext(A1111)
    assert read.values["prompt"] == "a lighthouse, (storm:1.2), <lora:waves:0.7>"
    assert read.values["negative_prompt"] == "fog, [rain]"
    assert read.values["hires"] == {"scale": 1.5, "steps": 12, "strength": 0.4, "upscaler": "Lanczos"}
    expected = {
        "steps": 25, "sampler": "DPM++ 2M", "schedule": "Karras", "cfg_scale": 6.5, "seed": 965400086, "width": 512,
        "height": 768, "model": "sea-v1.5", "clip_skip": 2, "emphasis": "Original", "noise_source": "NV",
    }  # fmt: skip
    assert {name: read.values[name] for name in expected} == expected
    assert "start" not in read.values
    assert read.notes == ("Hires upscaler: there is no 'R-ESRGAN 4x+' here; Lanczos stands in for it.",)
    assert read.left_over["Lora hashes"] == "waves: 0123456789ab"
    GenerationRequest.parse(read.request_values())


def test_an_img2img_picture_keeps_its_strength_and_says_that_the_picture_is_missing() -> None:
    read = read_infotext("a\nSteps: 20, Sampler: Euler a, Seed: 1, Denoising strength: 0.55, Mask blur: 6")
    assert read.values["start"] == {"kind": "picture", "strength": 0.55}
    assert read.values["mask"] == {"blur": 6, "inverted": False, "content": "original"}
    assert len(read.notes) == 2
    request = GenerationRequest.parse(read.request_values())
    assert (request.start.kind, request.mask) == ("noise", None)


def test_a_recording_whose_step_cannot_be_used_is_left_out_with_a_note() -> None:
    for step, trajectory in (("-1", "0" * 32), ("many", "0" * 32), ("3", "../data")):
        read = read_infotext(
            f"a\nSteps: 20, Sampler: Euler, Seed: 1, Start trajectory: {trajectory}, Start step: {step}"
        )
        assert "start" not in read.values
        assert read.values["steps"] == 20
        assert [note[:31] for note in read.notes] == ["Start trajectory was left out: "]


def test_a_step_that_was_exported_says_nothing_of_how_to_make_it() -> None:
    read = read_infotext("a\nSteps: 20, Seed: 1, Sampler: Euler, Exported step: 8 of 20, Exported view: x0")
    assert read.notes == ()
    assert read.left_over == {"Exported step": "8 of 20", "Exported view": "x0"}


@pytest.mark.parametrize(
    ("old", "sampler", "schedule"),
    [
        ("DPM++ 2M Karras", "DPM++ 2M", "Karras"),
        ("Euler a", "Euler a", "Automatic"),
        ("euler", "Euler", "Automatic"),
        ("DDIM", "DDIM", "Automatic"),
        ("DPM++ 2M SDE Exponential", "DPM++ 2M SDE", "Exponential"),
        ("k_euler_ancestral", "Euler a", "Automatic"),
    ],
)
def test_the_schedule_type_in_an_older_samplers_name_is_read(old: str, sampler: str, schedule: str) -> None:
    values = read_infotext(f"a\nSteps: 20, Sampler: {old}, Seed: 1").values
    assert (values["sampler"], values["schedule"]) == (sampler, schedule)


def test_an_unknown_sampler_is_noted_and_the_rest_is_kept() -> None:
    read = read_infotext("a\nSteps: 20, Sampler: Magic, Schedule type: Odd, Seed: 1")
    assert "sampler" not in read.values
    assert read.values["steps"] == 20
    assert read.notes == (
        "Sampler: there is no 'Magic' here, so it was left out.",
        "Schedule type: there is no 'Odd' here, so it was left out.",
    )


def test_a_schedule_type_that_the_sampler_cannot_follow_is_noted_and_the_sampler_kept() -> None:
    read = read_infotext("a\nSteps: 20, Sampler: DDIM, Schedule type: Karras, Seed: 1")
    assert (read.values["sampler"], read.values["schedule"]) == ("DDIM", "Automatic")
    assert read.notes == ("Schedule type was left out: DDIM cannot follow the schedule type Karras.",)


def test_a_second_pass_whose_sampler_cannot_follow_the_first_schedule_type_has_its_own() -> None:
    hires = read_infotext(
        "a\nSteps: 20, Sampler: Euler, Schedule type: Karras, Seed: 1, Hires upscale: 2, Hires sampler: DDIM, "
        "Hires schedule type: Use same scheduler"
    ).values["hires"]
    assert (hires["sampler"], hires["schedule"]) == ("DDIM", "Automatic")


@pytest.mark.parametrize(
    ("pair", "field"),
    [
        ("Steps: many", "steps"),
        ("CFG scale: nan", "cfg_scale"),
        ("Size: 500x500", "width"),
        ("Size: 512x", "height"),
        ("Size: 512x99999", "width"),
        ("Eta: 99", "eta"),
        ("Seed: " + "9" * 5000, "seed"),
        ("Hires upscale: 9", "hires.scale"),
        ("Denoising strength: 7", "start"),
    ],
)
def test_a_value_that_cannot_be_used_is_left_out_with_a_note(pair: str, field: str) -> None:
    texts = {"Steps": "20", "Sampler": "Euler", "Seed": "5", "Version": "v1.10"} | dict([pair.split(": ")])
    read = read_infotext("a boat\n" + ", ".join(f"{key}: {value}" for key, value in texts.items()))
    group, _, member = field.rpartition(".")
    assert member not in (read.values[group] if group else read.values)
    assert any("was left out" in note and len(note) < 300 for note in read.notes)
    assert read.values["sampler"] == "Euler"


def test_a_prompt_whose_last_line_looks_like_pairs_is_kept_above_the_real_ones() -> None:
    request = GenerationRequest(prompt="a\nSteps: 1, Sampler: DDIM, Seed: 2, Size: 64x64", seed=5)
    values = read_infotext(write_infotext(request)).values
    assert (values["prompt"], values["seed"]) == (request.prompt, 5)


def test_a_prompt_of_pairs_without_any_parameters_stays_a_prompt() -> None:
    text = "style: oil, mood: dark, light: soft"
    assert read_infotext(text).values == {"prompt": text, "negative_prompt": ""}


def test_two_pairs_are_a_prompt() -> None:
    assert read_infotext("Steps: 20, Seed: 1").values["prompt"] == "Steps: 20, Seed: 1"


def test_a_prompt_with_a_negative_prompts_line_comes_back() -> None:
    request = GenerationRequest(prompt="a\nNegative prompt: of the prompt", negative_prompt="b\nNegative prompt: c")
    text = write_infotext(request)
    assert 'Exact prompt: "a\\nNegative prompt: of the prompt"' in text
    values = read_infotext(text).values
    assert (values["prompt"], values["negative_prompt"]) == (request.prompt, request.negative_prompt)


def test_an_ordinary_prompt_is_not_written_twice() -> None:
    assert "Exact" not in write_infotext(GenerationRequest(prompt="a cat, \n  two\n\nthree", negative_prompt="b, "))


def test_windows_newlines_are_newlines() -> None:
    values = read_infotext("a\r\nb\r\nNegative prompt: c\r\nd\r\nSteps: 20, Sampler: Euler, Seed: 1\r\n").values
    assert (values["prompt"], values["negative_prompt"], values["seed"]) == ("a\nb", "c\nd", 1)


def test_a_comma_at_the_end_changes_nothing() -> None:
    assert read_infotext("a\nSteps: 20, Sampler: Euler, Seed: 1,").values["seed"] == 1


def test_emoji_and_other_scripts_are_kept() -> None:
    request = GenerationRequest(prompt="\U0001f431 猫 — ﷽", model="\U0001f3a8, v2", seed=3)
    values = read_infotext(write_infotext(request)).values
    assert (values["prompt"], values["model"]) == (request.prompt, request.model)


def test_a_prompt_of_100_kb_is_told_and_the_rest_is_kept() -> None:
    read = read_infotext("x" * 100_000 + "\nSteps: 20, Sampler: Euler, Seed: 1")
    assert "prompt" not in read.values
    assert read.values["seed"] == 1
    assert read.notes[0].startswith("The prompt was left out: ")


def test_an_empty_value_is_skipped() -> None:
    read = read_infotext("a\nSteps: , Sampler: Euler, Seed: 1, Size: 64x64")
    assert "steps" not in read.values
    assert read.values["width"] == 64


def test_the_order_of_sd_next_is_read() -> None:
    read = read_infotext(
        "a\nNegative prompt: b\nSteps: 20, Size: 512x768, Sampler: Euler a, Seed: 7, CFG scale: 6, Variation seed: 3, "
        "Variation strength: 0.2, CFG rescale: 0.5, Parser: native, Resize mode: Fixed, App: SD.Next, Version: 1a2b3c, "
        "Operations: txt2img"
    )
    assert read.values["variation_strength"] == 0.2
    assert (read.values["width"], read.values["height"], read.values["cfg_rescale"]) == (512, 768, 0.5)
    assert read.notes == ()
    assert "start" not in read.values


def test_civitais_bare_json_does_not_break_the_line() -> None:
    read = read_infotext(
        "a\nSteps: 30, CFG scale: 4, Sampler: Euler a, Seed: 11, Size: 64x64, Clip skip: 2, "
        "Created Date: 2024-05-01T10:12:13.123Z, "
        'Civitai resources: [{"type":"checkpoint","name":"x: y, Seed: 99","weight":1}], Civitai metadata: {}'
    )
    assert (read.values["seed"], read.values["clip_skip"]) == (11, 2)
    assert read.left_over["Civitai metadata"] == "{}"
    assert read.notes == ()


def test_the_templates_of_dynamic_prompts_stand_below_the_pairs() -> None:
    read = read_infotext("a cat\nSteps: 20, Sampler: Euler, Seed: 1\nTemplate: a {cat|dog}\nNegative Template: x")
    assert (read.values["prompt"], read.values["seed"]) == ("a cat", 1)
    assert read.left_over["Template"] == "a {cat|dog}"


def test_a_first_pass_size_of_the_old_form_becomes_a_second_pass() -> None:
    values = read_infotext(
        "a\nSteps: 20, Sampler: Euler, Seed: 1, Size: 1024x1024, First pass size: 0x0, Denoising strength: 0.6"
    ).values
    assert (values["width"], values["height"]) == (512, 512)
    assert (values["hires"]["width"], values["hires"]["height"], values["hires"]["strength"]) == (1024, 1024, 0.6)


def test_what_has_no_place_here_is_named_once() -> None:
    read = read_infotext("a\nSteps: 20, Sampler: Euler, Seed: 1, Karlo: x, ADetailer model: face, ControlNet 0: y")
    assert read.notes == ("There is nothing here for: Karlo, ADetailer model, ControlNet 0.",)
    assert read.left_over["Karlo"] == "x"


def test_our_own_older_texts_have_the_noise_of_the_cpu() -> None:
    assert (
        read_infotext("a\nSteps: 2, Sampler: Euler, Seed: 1, Version: Darkroom 0.1.0").values["noise_source"] == "CPU"
    )


@pytest.mark.parametrize(
    "nasty",
    [
        lambda n: "a" * n,
        lambda n: ":" * n,
        lambda n: "k1:[," * n,
        lambda n: "k1:[,"* n + "]" * n + "y",
        lambda n: 'k1:"\\", ' * n,
        lambda n: 'k1: "' * n,
        lambda n: "\n" * n,
        lambda n: "Negative prompt:\n" * n,
        lambda n: "a " * n + ":",
        lambda n: " " * n + "b",
        lambda n: "Template:\n" * n,
        lambda n: "".join(f"k{i}: {i}, " for i in range(n)),
    ],
)  # fmt: skip
def test_the_time_grows_with_the_length_and_not_with_its_square(nasty: Callable[[int], str]) -> None:
    head = "Steps: 1, Sampler: Euler, Seed: 2, "
    small, large = head + nasty(3_000), head + nasty(48_000)

    def taken(text: str) -> float:
        times = []
        for _ in range(3):
            start = time.process_time()
            read_infotext(text)
            times.append(time.process_time() - start)
        return min(times)

    taken(head)
    assert taken(large) < 100 * taken(small) + 0.1


def test_a1111s_vae_and_refiner_lose_the_ending_and_the_hash_that_it_writes() -> None:
    named = "VAE: fine.v2.safetensors, Refiner: xl refiner [7440042bbd], Refiner switch at: 0.7"
    text = f"a\nSteps: 20, Seed: 1, Sampler: Euler, {named}"
    values = read_infotext(text).values
    assert values["vae"] == "fine.v2"
    assert values["refiner"] == {"model": "xl refiner", "switch_at": 0.7}
    assert "vae" not in read_infotext("a\nSteps: 20, Seed: 1, Sampler: Euler, VAE: Automatic").values


def test_forges_names_for_flow_models_are_read() -> None:
    text = (
        "a\nSteps: 8, Seed: 1, Sampler: Euler, Schedule type: Simple, Distilled CFG Scale: 2.5, Shift: 3, Version: f2.0"
    )
    values = read_infotext(text).values
    assert (values["distilled_guidance"], values["flow_shift"]) == (2.5, 3.0)
