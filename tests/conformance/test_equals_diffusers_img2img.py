"""img2img equals diffusers' own pipeline: the same part of the schedule, the same draws in the same order."""

from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionInpaintPipeline
from PIL import Image

from tests.conformance.pipelines import BUNDLED, IN_EITHER, PROMISED, Side, difference, picture, theirs
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture


def _request(side: Side, sampler: str, schedule: str, strength: float, size: tuple[int, int], **fields: object):  # noqa: ANN202
    return GenerationRequest.parse(
        {
            "prompt": "the cat", "negative_prompt": "dog", "seed": 5, "steps": 6, "sampler": sampler,
            "schedule": schedule, "width": size[0], "height": size[1],
            "start": FromPicture(picture=side.inputs.add(picture(*size)), strength=strength), **fields,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("dtype", "strength"),
    [(torch.float32, 0.2), (torch.float32, 1.0), (torch.bfloat16, 0.6)],
    indirect=["dtype"],
    scope="module",
    ids=str,
)
@pytest.mark.parametrize(("sampler", "schedule"), [*PROMISED, ("Euler a", "Automatic")])
@pytest.mark.parametrize("model", ["tiny", "tiny-v"])
def test_a_batch_equals_the_plain_pipelines(
    ours: Side, tiny_models_dir: Path, dtype: torch.dtype, model: str, sampler: str, schedule: str, strength: float
) -> None:
    request = _request(ours, sampler, schedule, strength, (64, 96), model=model, batch_size=2)
    plain = theirs(
        StableDiffusionImg2ImgPipeline, tiny_models_dir / "checkpoints" / model, request, dtype,
        image=picture(64, 96), strength=strength,
    )  # fmt: skip
    assert difference(ours.pictures(request), plain) <= 1


@pytest.mark.parametrize(("sampler", "schedule"), PROMISED)
def test_an_inpainting_model_without_a_mask_equals_its_pipeline_with_everything_masked(
    ours: Side, tiny_models_dir: Path, dtype: torch.dtype, sampler: str, schedule: str
) -> None:
    request = _request(ours, sampler, schedule, 0.6, (64, 96), model="tiny-inpaint", batch_size=2)
    plain = theirs(
        StableDiffusionInpaintPipeline, tiny_models_dir / "checkpoints" / "tiny-inpaint", request, dtype,
        image=picture(64, 96), mask_image=Image.new("L", (64, 96), 255), strength=0.6, width=64, height=96,
    )  # fmt: skip
    assert difference(ours.pictures(request), plain) <= 1


@pytest.mark.parametrize(("dtype", "sampler", "schedule"), IN_EITHER, indirect=["dtype"], scope="module", ids=str)
def test_the_bundled_models_picture_equals_the_plain_pipelines(
    ours_bundled: Side, dtype: torch.dtype, sampler: str, schedule: str
) -> None:
    request = _request(ours_bundled, sampler, schedule, 0.6, (256, 256), prompt="a castle at night", model="postcard")
    plain = theirs(
        StableDiffusionImg2ImgPipeline, BUNDLED, request, dtype, image=picture(256, 256), strength=0.6
    )  # fmt: skip
    assert difference(ours_bundled.pictures(request), plain) <= 1
