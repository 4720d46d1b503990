"""In bfloat16 another memory format is another order of sums: it is compared with diffusers in the same one."""

from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline

from tests.conformance.pipelines import BUNDLED, Side, difference, theirs
from tests.one_precision import computed_in
from webui.generation.request import GenerationRequest

BF16 = torch.bfloat16


@pytest.mark.parametrize("model", ["tiny", "tiny-v"])
def test_a_batch_equals_the_pipelines_in_channels_last(tiny_models_dir: Path, tmp_path: Path, model: str) -> None:
    request = GenerationRequest(
        prompt="the cat", negative_prompt="dog", seed=5, steps=5, sampler="DPM++ 2M", width=64, height=96,
        batch_size=2, model=model,
    )  # fmt: skip
    folder = tiny_models_dir / "checkpoints" / model
    plain = theirs(StableDiffusionPipeline, folder, request, BF16, channels_last=True, width=64, height=96)
    with computed_in(BF16, channels_last=True):
        made = Side(tiny_models_dir, tmp_path).pictures(request)
    assert difference(made, plain) <= 1


def test_the_bundled_models_picture_equals_the_pipelines_in_channels_last(tmp_path: Path) -> None:
    request = GenerationRequest(prompt="a sailboat on the sea", seed=7, steps=4, sampler="Euler", model="postcard")
    plain = theirs(StableDiffusionPipeline, BUNDLED, request, BF16, channels_last=True, width=256, height=256)
    with computed_in(BF16, channels_last=True):
        made = Side(BUNDLED.parents[1], tmp_path).pictures(request)
    assert difference(made, plain) <= 1
