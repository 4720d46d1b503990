"""FLUX.1's pictures equal those of diffusers' own pipelines, and what else can be asked for works."""

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import FluxFillPipeline, FluxImg2ImgPipeline, FluxInpaintPipeline, FluxPipeline
from PIL import Image

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

GUIDED = {"negative_prompt": ["dog"] * 2, "true_cfg_scale": 4.0, "guidance_scale": 3.5}
UNGUIDED = {"guidance_scale": 3.5}


def test_a_guided_batch_equals_the_plain_pipelines(flow_side: Side, flow_models: Path, dtype: torch.dtype) -> None:
    request = flow_request("dev")
    plain = their_pictures(their_pipeline(FluxPipeline, flow_models / "dev", dtype), request, **GUIDED)
    assert difference(flow_side.pictures(request), plain) <= 1


@IN_FP32
@pytest.mark.parametrize("scale", [1.0, 7.0])
def test_the_guidance_scale_that_dev_is_told_equals_the_plain_pipelines(
    flow_side: Side, flow_models: Path, dtype: torch.dtype, scale: float
) -> None:
    request = flow_request("dev", cfg_scale=1.0, distilled_guidance=scale)
    plain = their_pictures(their_pipeline(FluxPipeline, flow_models / "dev", dtype), request, guidance_scale=scale)
    assert difference(flow_side.pictures(request), plain) <= 1


@IN_FP32
def test_schnell_equals_the_plain_pipeline_with_its_shorter_text(
    flow_side: Side, flow_models: Path, dtype: torch.dtype
) -> None:
    request = flow_request("schnell", cfg_scale=1.0)
    pipeline = their_pipeline(FluxPipeline, flow_models / "schnell", dtype)
    plain = their_pictures(pipeline, request, max_sequence_length=256)
    assert difference(flow_side.pictures(request), plain) <= 1


@AT_STRENGTHS
def test_a_picture_as_start_equals_the_plain_pipelines(
    flow_side: Side, flow_models: Path, dtype: torch.dtype, strength: float
) -> None:
    request = from_picture(flow_side, flow_request("dev"), strength)
    pipeline = their_pipeline(FluxImg2ImgPipeline, flow_models / "dev", dtype)
    plain = their_pictures(pipeline, request, image=picture(*SIZE), strength=strength, **GUIDED)
    assert difference(flow_side.pictures(request), plain) <= 1


@pytest.mark.usefixtures("unpasted")
@AT_STRENGTHS
def test_a_masked_picture_equals_the_plain_pipelines(
    flow_side: Side, flow_models: Path, dtype: torch.dtype, strength: float
) -> None:
    request = from_picture(flow_side, flow_request("dev"), strength, masked=True)
    pipeline = their_pipeline(FluxInpaintPipeline, flow_models / "dev", dtype)
    plain = their_pictures(pipeline, request, **masked_inputs(strength), **GUIDED)
    assert difference(flow_side.pictures(request), plain) <= 1


@pytest.mark.usefixtures("unpasted")
@AT_STRENGTHS
def test_fill_sees_picture_and_mask_as_the_plain_pipeline_shows_them(
    flow_side: Side, flow_models: Path, dtype: torch.dtype, strength: float
) -> None:
    request = flow_request("fill", cfg_scale=1.0, distilled_guidance=30.0)
    request = from_picture(flow_side, request, strength, masked=True)
    pipeline = their_pipeline(FluxFillPipeline, flow_models / "fill", dtype)
    plain = their_pictures(pipeline, request, guidance_scale=30.0, **masked_inputs(strength))
    assert difference(flow_side.pictures(request), plain) <= 1


@IN_FP32
def test_fill_without_a_mask_equals_its_pipeline_with_everything_masked(
    flow_side: Side, flow_models: Path, dtype: torch.dtype
) -> None:
    request = from_picture(flow_side, flow_request("fill", cfg_scale=1.0, distilled_guidance=30.0), 0.7)
    everything: dict[str, Any] = {"image": picture(*SIZE), "mask_image": Image.new("L", SIZE, 255), "strength": 0.7}
    pipeline = their_pipeline(FluxFillPipeline, flow_models / "fill", dtype)
    plain = their_pictures(pipeline, request, guidance_scale=30.0, **everything)
    assert difference(flow_side.pictures(request), plain) <= 1
