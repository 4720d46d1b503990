"""Chroma's pictures equal those of diffusers' own pipelines.

Those mean to hide the filling of a text from attention, all but one token of it, and say so in their documentation,
yet hand over a mask of 0 and 1 that attention adds to its scores (diffusers' issues 12116 and 13619). Here the mask is
what it is meant to be, as the model was trained. Ours leaves the filling away, so that sums have fewer terms: in bf16
that is another rounding, and the pictures are as near to each other as bf16 is to fp32.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import ChromaImg2ImgPipeline, ChromaInpaintPipeline, ChromaPipeline

from tests.conformance.flow_pipelines import (
    AT_STRENGTHS,
    SIZE,
    flow_request,
    from_picture,
    masked_inputs,
    their_pictures,
)
from tests.conformance.pipelines import Side, difference, picture, their_pipeline

CLOSE = {torch.float32: 1.0, torch.bfloat16: 2.0}
"""How far pictures may lie apart in levels of 255: anywhere, or for bf16 in the mean."""
GUIDED = {"negative_prompt": ["dog"] * 2, "guidance_scale": 4.0}


def _close(made: list[np.ndarray], plain: list[np.ndarray], dtype: torch.dtype) -> bool:
    far = difference(made, plain) if dtype == torch.float32 else np.abs(np.stack(made) - np.stack(plain)).mean()
    return far <= CLOSE[dtype]


def _pipeline(kind: Any, folder: Path, dtype: torch.dtype) -> Any:
    """A pipeline whose mask hides what it should."""
    pipeline = their_pipeline(kind, folder, dtype)
    prepared = pipeline._prepare_attention_mask

    def hiding(*args: Any, **kwargs: Any) -> torch.Tensor | None:
        mask = prepared(*args, **kwargs)
        return None if mask is None else mask.bool()

    pipeline._prepare_attention_mask = hiding
    pipeline.transformer.register_to_config(guidance_embeds=False)  # which the inpainting pipeline asks for, in vain
    return pipeline


@pytest.mark.parametrize("cfg_scale", [1.0, 4.0])
def test_a_batch_equals_the_plain_pipelines(
    flow_side: Side, flow_models: Path, dtype: torch.dtype, cfg_scale: float
) -> None:
    request = flow_request("chroma", cfg_scale=cfg_scale)
    pipeline = _pipeline(ChromaPipeline, flow_models / "chroma", dtype)
    plain = their_pictures(pipeline, request, **(GUIDED | {"guidance_scale": cfg_scale}))
    assert _close(flow_side.pictures(request), plain, dtype)


@AT_STRENGTHS
def test_a_picture_as_start_equals_the_plain_pipelines(
    flow_side: Side, flow_models: Path, dtype: torch.dtype, strength: float
) -> None:
    request = from_picture(flow_side, flow_request("chroma"), strength)
    pipeline = _pipeline(ChromaImg2ImgPipeline, flow_models / "chroma", dtype)
    plain = their_pictures(pipeline, request, image=picture(*SIZE), strength=strength, **GUIDED)
    assert _close(flow_side.pictures(request), plain, dtype)


@pytest.mark.usefixtures("unpasted")
@AT_STRENGTHS
def test_a_masked_picture_equals_the_plain_pipelines(
    flow_side: Side, flow_models: Path, dtype: torch.dtype, strength: float
) -> None:
    request = from_picture(flow_side, flow_request("chroma"), strength, masked=True)
    pipeline = _pipeline(ChromaInpaintPipeline, flow_models / "chroma", dtype)
    plain = their_pictures(pipeline, request, **masked_inputs(strength), **GUIDED)
    assert _close(flow_side.pictures(request), plain, dtype)
