from typing import Any

import pytest

from webui.generation.infotext import write_infotext
from webui.generation.request import GenerationRequest

START = {"kind": "picture", "picture": "0" * 31 + "a", "strength": 0.6}
MASK = {"picture": "0" * 31 + "b"}


def _pairs(**values: Any) -> str:
    """The last line after what every picture has, without the version."""
    line = write_infotext(GenerationRequest.parse(values)).split("\n")[-1]
    return line.partition("Size: 256x256, ")[2].partition(", Version:")[0]


def test_the_infotext_has_the_form_that_a1111_writes() -> None:
    request = GenerationRequest(
        prompt="a sailboat", negative_prompt="fog", steps=20, sampler="Euler a", cfg_scale=5.5, width=320, height=256,
        seed=42, model="postcard",
    )  # fmt: skip
    prompt, negative, parameters = write_infotext(request).split("\n")
    assert prompt == "a sailboat"
    assert negative == "Negative prompt: fog"
    assert parameters.startswith(
        "Steps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 5.5, Seed: 42, Size: 320x256, "
        "Model: postcard, RNG: CPU, Version: Darkroom "
    )


def test_no_negative_prompt_means_no_line_for_it() -> None:
    assert "Negative prompt" not in write_infotext(GenerationRequest(prompt="x"))


def test_a_value_with_a_comma_a_colon_or_a_newline_is_quoted() -> None:
    text = write_infotext(GenerationRequest(model='odd, "name": é'))
    assert 'Model: "odd, \\"name\\": é"' in text


def test_a_whole_cfg_scale_has_no_decimals() -> None:
    assert "CFG scale: 7, " in write_infotext(GenerationRequest(cfg_scale=7.0))


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({}, "RNG: CPU"),
        ({"noise_source": "NV", "tiling": True, "clip_skip": 2}, "Clip skip: 2, RNG: NV, Tiling: True"),
        (
            {"variation_seed": 3, "variation_strength": 0.25, "seed_resize_width": 64, "seed_resize_height": 128},
            "Variation seed: 3, Variation seed strength: 0.25, Seed resize from: 64x128, RNG: CPU",
        ),
        ({"variation_seed": 3, "seed_resize_width": 64}, "RNG: CPU"),
        ({"start": START}, f"Denoising strength: 0.6, RNG: CPU, Start picture: {START['picture']}"),
        (
            {"start": START, "mask": MASK | {"inverted": True, "area": "Only masked", "content": "latent noise"}},
            "Denoising strength: 0.6, RNG: CPU, Mask mode: Inpaint not masked, Mask blur: 4, "
            "Inpaint area: Only masked, Masked area padding: 32, Masked content: latent noise, "
            f"Start picture: {START['picture']}, Mask picture: {MASK['picture']}",
        ),
        (
            {"start": {"kind": "step", "trajectory": "0" * 31 + "c", "step": 8}},
            f"RNG: CPU, Start trajectory: {'0' * 31}c, Start step: 8",
        ),
        (
            {
                "start": {
                    "kind": "step", "trajectory": "0" * 31 + "c", "step": 8, "picture": 2, "painting": "0" * 31 + "d",
                },
                "mask": MASK,
            },
            f"RNG: CPU, Mask blur: 4, Start trajectory: {'0' * 31}c, Start step: 8, Start row: 2, "
            f"Start painting: {'0' * 31}d, Mask picture: {MASK['picture']}",
        ),
        ({"hires": {}}, "Denoising strength: 0.7, RNG: CPU, Hires upscale: 2, Hires upscaler: Latent"),
        (
            {
                "prompt": "a",
                "hires": {
                    "width": 512, "steps": 9, "upscaler": "Lanczos", "sampler": "Euler a", "schedule": "Uniform",
                    "prompt": "b, c", "negative_prompt": "d", "cfg_scale": 3, "strength": 0.5,
                },
            },
            'Denoising strength: 0.5, RNG: CPU, Hires sampler: Euler a, Hires prompt: "b, c", '
            "Hires negative prompt: d, Hires schedule type: Uniform, Hires resize: 512x0, Hires steps: 9, "
            "Hires upscaler: Lanczos, "
            "Hires CFG Scale: 3",
        ),
        ({"prompt": "a", "emphasis": "No norm"}, "RNG: CPU"),
        ({"prompt": "(a:1.2)", "emphasis": "No norm"}, "RNG: CPU, Emphasis: No norm"),
        (
            {"eta": 0.0, "s_churn": 1.5, "s_tmin": 0.1, "s_tmax": 9.0, "s_noise": 0.5, "guidance_start": 0.1},
            "RNG: CPU, Eta: 0, Sigma churn: 1.5, Sigma tmin: 0.1, Sigma tmax: 9, Sigma noise: 0.5, Skip Early CFG: 0.1",
        ),
        ({"sampler": "DDIM", "eta": 1.0}, "RNG: CPU, Eta DDIM: 1"),
        (
            {"guidance_end": 0.8, "cfg_rescale": 0.7, "guidance": "APG", "pag_scale": 3},
            "RNG: CPU, CFG end: 0.8, CFG rescale: 0.7, Guidance method: APG, PAG scale: 3",
        ),
    ],
)  # fmt: skip
def test_each_parameter_is_written_where_a1111_writes_it_and_only_when_it_says_something(
    values: dict[str, Any], line: str
) -> None:
    assert _pairs(**values) == line


def test_what_is_added_stands_before_the_version_or_in_the_place_of_its_name() -> None:
    text = write_infotext(GenerationRequest(model="m"), {"Wildcard prompt": "a __b__, c", "Model hash": "0123456789"})
    assert ", Model hash: 0123456789, Model: m, " in text
    assert ', Wildcard prompt: "a __b__, c", Version: Darkroom ' in text


def test_a_number_is_written_so_that_it_reads_back_the_same() -> None:
    assert "CFG scale: 0.1234567890123, " in write_infotext(GenerationRequest(cfg_scale=0.1234567890123))
