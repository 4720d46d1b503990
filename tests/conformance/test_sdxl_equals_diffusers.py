"""SDXL equals diffusers' own pipelines: base, refiner and inpainting, from noise, from a picture and through a mask."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLInpaintPipeline,
    StableDiffusionXLPipeline,
)

from tests.conformance.pipelines import SCHEDULERS, Side, difference, mask, picture
from webui.generation.model_options import SizeConditioning
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Mask

PROMPT, NEGATIVE, SEED, STEPS = "the cat on a hill", "dog", 5, 4
SIZE = (64, 96)


@pytest.fixture(scope="module")
def side(sdxl_models: Path, dtype: torch.dtype, tmp_path_factory: pytest.TempPathFactory) -> Side:
    return Side(sdxl_models.parent, tmp_path_factory.mktemp("data"))


def _request(model: str, **fields: Any) -> GenerationRequest:
    plain = {
        "prompt": PROMPT, "negative_prompt": NEGATIVE, "seed": SEED, "steps": STEPS, "sampler": "Euler",
        "width": SIZE[0], "height": SIZE[1], "model": model, "batch_size": 2, "cfg_scale": 6.0,
    }  # fmt: skip
    return GenerationRequest.parse(plain | fields)


def _theirs(
    kind: Any, folder: Path, dtype: torch.dtype, request: GenerationRequest, **options: Any
) -> list[np.ndarray]:
    pipeline = kind.from_pretrained(folder, dtype=dtype, add_watermarker=False)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.scheduler = SCHEDULERS[request.sampler].from_config(pipeline.scheduler.config)
    negative = [request.negative_prompt] * 2 if request.negative_prompt else None
    made = pipeline(
        [request.prompt] * 2, negative_prompt=negative, num_inference_steps=STEPS, guidance_scale=request.cfg_scale,
        generator=[torch.Generator("cpu").manual_seed(SEED + i) for i in range(2)], **options,
    ).images  # fmt: skip
    return [np.asarray(each).astype(int) for each in made]


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({}, {}),
        ({"sampler": "DPM++ 2M"}, {}),
        ({"negative_prompt": ""}, {}),
        (
            {"size_conditioning": SizeConditioning(original_width=32, original_height=48, crop_left=8, crop_top=16)},
            {
                "original_size": (48, 32), "crops_coords_top_left": (16, 8),
                "negative_original_size": (48, 32), "negative_crops_coords_top_left": (16, 8),
                "negative_target_size": (SIZE[1], SIZE[0]),
            },
        ),
        ({"cfg_rescale": 0.7}, {"guidance_rescale": 0.7}),
        ({"cfg_scale": 1.0, "clip_skip": 2}, {"clip_skip": 1}),
    ],
    ids=["plain", "another sampler", "no negative prompt", "sizes", "rescaled", "clip skip"],
)  # fmt: skip
def test_a_picture_from_noise(
    side: Side, sdxl_models: Path, dtype: torch.dtype, changes: dict[str, Any], options: dict[str, Any]
) -> None:
    request = _request("base", **changes)
    plain = _theirs(
        StableDiffusionXLPipeline, sdxl_models / "base", dtype, request, width=SIZE[0], height=SIZE[1], **options
    )  # fmt: skip
    assert difference(side.pictures(request), plain) <= 1


@pytest.mark.parametrize(
    ("model", "sampler", "strength"), [("base", "DPM++ 2M", 0.8), ("refiner", "Euler", 0.3), ("refiner", "Euler", 0.8)]
)
def test_a_picture_from_a_picture(
    side: Side, sdxl_models: Path, dtype: torch.dtype, sampler: str, model: str, strength: float
) -> None:
    start = FromPicture(picture=side.inputs.add(picture(*SIZE)), strength=strength)
    told = SizeConditioning(aesthetic_score=7.0, negative_aesthetic_score=2.0) if model == "refiner" else None
    request = _request(model, sampler=sampler, start=start, size_conditioning=told)
    scores = {"aesthetic_score": 7.0, "negative_aesthetic_score": 2.0} if told else {}
    plain = _theirs(
        StableDiffusionXLImg2ImgPipeline, sdxl_models / model, dtype, request, image=[picture(*SIZE)] * 2,
        strength=strength, **scores,
    )  # fmt: skip
    assert difference(side.pictures(request), plain) <= 1


@pytest.mark.usefixtures("unpasted")
@pytest.mark.parametrize("model", ["base", "inpaint"])
@pytest.mark.parametrize("strength", [0.6, 1.0])
def test_a_masked_picture(side: Side, sdxl_models: Path, dtype: torch.dtype, model: str, strength: float) -> None:
    start = FromPicture(picture=side.inputs.add(picture(*SIZE)), strength=strength)
    request = _request(model, start=start, mask=Mask(picture=side.inputs.add(mask(*SIZE)), blur=0))
    plain = _theirs(
        StableDiffusionXLInpaintPipeline, sdxl_models / model, dtype, request, image=[picture(*SIZE)] * 2,
        mask_image=[mask(*SIZE)] * 2, strength=strength, width=SIZE[0], height=SIZE[1],
    )  # fmt: skip
    assert difference(side.pictures(request), plain) <= 1
