"""The picture for a request equals the one that diffusers' own pipeline makes from the same folder."""

from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionInpaintPipeline, StableDiffusionPipeline
from PIL import Image

from tests.conformance.pipelines import BUNDLED, IN_EITHER, PROMISED, SCHEDULERS, Side, difference, picture, theirs
from webui.generation.request import GenerationRequest

CASES = [
    *((sampler, "Automatic") for sampler in SCHEDULERS),
    *((sampler, "Karras") for sampler in ("DPM++ 2M", "Euler", "UniPC")),
    *((sampler, "SGM Uniform") for sampler in ("Euler a", "DDIM")),
]


@pytest.mark.parametrize(("sampler", "schedule"), CASES)
@pytest.mark.parametrize("model", ["tiny", "tiny-v"])
def test_a_batch_equals_the_plain_pipelines(
    ours: Side, tiny_models_dir: Path, dtype: torch.dtype, model: str, sampler: str, schedule: str
) -> None:
    request = GenerationRequest(
        prompt="the cat", negative_prompt="dog", seed=5, steps=5, sampler=sampler, schedule=schedule,
        width=64, height=96, batch_size=2, model=model,
    )  # fmt: skip
    folder = tiny_models_dir / "checkpoints" / model
    plain = theirs(StableDiffusionPipeline, folder, request, dtype, width=64, height=96)
    made = ours.pictures(request)
    assert len(made) == 2
    assert difference(made, plain) <= 1


@pytest.mark.parametrize("cfg_scale", [0.0, 1.0, 7.5])
def test_every_guidance_scale_equals_the_plain_pipelines(
    ours: Side, tiny_models_dir: Path, dtype: torch.dtype, cfg_scale: float
) -> None:
    request = GenerationRequest(
        prompt="a", seed=1, steps=4, sampler="DDIM", cfg_scale=cfg_scale, width=64, height=64, model="tiny"
    )
    folder = tiny_models_dir / "checkpoints" / "tiny"
    plain = theirs(StableDiffusionPipeline, folder, request, dtype, width=64, height=64)
    assert difference(ours.pictures(request), plain) <= 1


@pytest.mark.parametrize(("sampler", "schedule"), PROMISED)
def test_an_inpainting_model_without_a_picture_equals_its_pipeline_with_everything_masked(
    ours: Side, tiny_models_dir: Path, dtype: torch.dtype, sampler: str, schedule: str
) -> None:
    request = GenerationRequest(
        prompt="the cat", negative_prompt="dog", seed=5, steps=4, sampler=sampler, schedule=schedule,
        width=64, height=96, batch_size=2, model="tiny-inpaint",
    )  # fmt: skip
    folder = tiny_models_dir / "checkpoints" / "tiny-inpaint"
    everything = {"image": picture(64, 96), "mask_image": Image.new("L", (64, 96), 255), "strength": 1.0}
    plain = theirs(StableDiffusionInpaintPipeline, folder, request, dtype, width=64, height=96, **everything)
    assert difference(ours.pictures(request), plain) <= 1


@pytest.mark.parametrize(
    ("dtype", "sampler", "schedule"), [*IN_EITHER, (torch.float32, "Euler a", "Automatic")],
    indirect=["dtype"], scope="module", ids=str,
)  # fmt: skip
def test_the_bundled_models_picture_equals_the_plain_pipelines(
    ours_bundled: Side, dtype: torch.dtype, sampler: str, schedule: str
) -> None:
    request = GenerationRequest(
        prompt="a sailboat on the sea at sunset, sun on the left", seed=7, steps=5, sampler=sampler,
        schedule=schedule, model="postcard",
    )  # fmt: skip
    plain = theirs(StableDiffusionPipeline, BUNDLED, request, dtype, width=256, height=256)
    assert difference(ours_bundled.pictures(request), plain) <= 1
