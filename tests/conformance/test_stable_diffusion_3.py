"""Stable Diffusion 3's pictures equal those of diffusers' own pipelines, with T5 and without."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusion3Img2ImgPipeline, StableDiffusion3InpaintPipeline, StableDiffusion3Pipeline

from tests.conformance.flow_pipelines import (
    AT_STRENGTHS,
    IN_FP32,
    SIZE,
    flow_request,
    from_picture,
    masked_inputs,
    their_pictures,
)
from tests.conformance.pipelines import Side, difference, picture, their_pipeline

GUIDED = {"negative_prompt": ["dog"] * 2, "guidance_scale": 4.0}
MODELS = ["sd3", "sd3-without-t5", "sd3-shifting"]


@pytest.mark.parametrize(
    ("dtype", "model"),
    [*((torch.float32, model) for model in MODELS), (torch.bfloat16, "sd3")],
    indirect=["dtype"],
    scope="module",
)
def test_a_batch_equals_the_plain_pipelines(flow_side: Side, flow_models: Path, dtype: torch.dtype, model: str) -> None:
    request = flow_request(model)
    plain = their_pictures(their_pipeline(StableDiffusion3Pipeline, flow_models / model, dtype), request, **GUIDED)
    assert difference(flow_side.pictures(request), plain) <= 1


@IN_FP32
def test_unguided_and_with_a_layer_skipped_it_equals_the_plain_pipeline(
    flow_side: Side, flow_models: Path, dtype: torch.dtype
) -> None:
    """Theirs counts skipped layers from 0, ours from 1."""
    pipeline = their_pipeline(StableDiffusion3Pipeline, flow_models / "sd3", dtype)
    request = flow_request("sd3", cfg_scale=1.0)
    assert difference(flow_side.pictures(request), their_pictures(pipeline, request, guidance_scale=1.0)) <= 1
    skipping = request.with_changes(clip_skip=2)
    plain = their_pictures(pipeline, request, guidance_scale=1.0, clip_skip=1)
    assert difference(flow_side.pictures(skipping), plain) <= 1


@AT_STRENGTHS
def test_a_picture_as_start_equals_the_plain_pipelines(
    flow_side: Side, flow_models: Path, dtype: torch.dtype, strength: float
) -> None:
    request = from_picture(flow_side, flow_request("sd3"), strength)
    pipeline = their_pipeline(StableDiffusion3Img2ImgPipeline, flow_models / "sd3", dtype)
    plain = their_pictures(pipeline, request, image=picture(*SIZE), strength=strength, **GUIDED)
    assert difference(flow_side.pictures(request), plain) <= 1


@pytest.mark.usefixtures("unpasted")
@AT_STRENGTHS
def test_a_masked_picture_equals_the_plain_pipelines(
    flow_side: Side, flow_models: Path, dtype: torch.dtype, strength: float
) -> None:
    """Decoded with the shift that the inpainting pipeline, of all three, leaves out."""
    request = from_picture(flow_side, flow_request("sd3"), strength, masked=True)
    pipeline = their_pipeline(StableDiffusion3InpaintPipeline, flow_models / "sd3", dtype)
    latents = their_pictures(pipeline, request, **masked_inputs(strength), **GUIDED, output_type="latent")
    assert difference(flow_side.pictures(request), _decoded(pipeline, latents)) <= 1


@torch.inference_mode()
def _decoded(pipeline: Any, latents: Any) -> list[np.ndarray]:
    vae = pipeline.vae
    decoded = vae.decode(latents / vae.config.scaling_factor + vae.config.shift_factor, return_dict=False)[0]
    return [np.asarray(each).astype(int) for each in pipeline.image_processor.postprocess(decoded)]
