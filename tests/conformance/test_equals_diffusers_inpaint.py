"""Inpainting equals diffusers' own pipeline, for models with 4 and with 9 channels, before the result is pasted back.

The comparison is with a hard mask and the whole picture; pasting back, which the plain pipeline does not do, is looked
at by itself.
"""

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionInpaintPipeline

from tests.conformance.pipelines import BUNDLED, IN_EITHER, PROMISED, Side, difference, mask, picture, theirs
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Mask


def _request(side: Side, sampler: str, schedule: str, strength: float, size: tuple[int, int], **fields: object):  # noqa: ANN202
    return GenerationRequest.parse(
        {
            "prompt": "the cat", "negative_prompt": "dog", "seed": 5, "steps": 6, "sampler": sampler,
            "schedule": schedule, "width": size[0], "height": size[1],
            "start": FromPicture(picture=side.inputs.add(picture(*size)), strength=strength),
            "mask": Mask(picture=side.inputs.add(mask(*size)), blur=0), **fields,
        }
    )  # fmt: skip


def _theirs(folder: Path, request: GenerationRequest, dtype: torch.dtype, strength: float) -> list[np.ndarray]:
    size = request.width, request.height
    return theirs(
        StableDiffusionInpaintPipeline, folder, request, dtype, image=picture(*size), mask_image=mask(*size),
        strength=strength, width=size[0], height=size[1],
    )  # fmt: skip


@pytest.mark.usefixtures("unpasted")
@pytest.mark.parametrize(
    ("dtype", "strength"),
    [(torch.float32, 0.6), (torch.float32, 1.0), (torch.bfloat16, 0.6)],
    indirect=["dtype"],
    scope="module",
    ids=str,
)
@pytest.mark.parametrize(("sampler", "schedule"), PROMISED)
@pytest.mark.parametrize("model", ["tiny", "tiny-v", "tiny-inpaint"])
def test_a_batch_equals_the_plain_pipelines(
    ours: Side, tiny_models_dir: Path, dtype: torch.dtype, model: str, sampler: str, schedule: str, strength: float
) -> None:
    request = _request(ours, sampler, schedule, strength, (64, 96), model=model, batch_size=2)
    plain = _theirs(tiny_models_dir / "checkpoints" / model, request, dtype, strength)
    assert difference(ours.pictures(request), plain) <= 1


@pytest.mark.usefixtures("unpasted")
@pytest.mark.parametrize(("dtype", "sampler", "schedule"), IN_EITHER, indirect=["dtype"], scope="module", ids=str)
def test_the_bundled_models_picture_equals_the_plain_pipelines(
    ours_bundled: Side, dtype: torch.dtype, sampler: str, schedule: str
) -> None:
    request = _request(ours_bundled, sampler, schedule, 0.7, (256, 256), prompt="a castle at night", model="postcard")
    plain = _theirs(BUNDLED, request, dtype, 0.7)
    assert difference(ours_bundled.pictures(request), plain) <= 1


@pytest.mark.parametrize("model", ["tiny", "tiny-inpaint"])
def test_pasted_back_the_picture_is_theirs_inside_the_mask_and_the_input_itself_outside(
    ours: Side, tiny_models_dir: Path, dtype: torch.dtype, model: str
) -> None:
    request = _request(ours, "DDIM", "Automatic", 0.8, (64, 96), model=model)
    (made,), (plain,) = ours.pictures(request), _theirs(tiny_models_dir / "checkpoints" / model, request, dtype, 0.8)
    inside = np.asarray(mask(64, 96)) == 255
    assert np.abs(made - plain)[inside].max() <= 1
    assert np.array_equal(made[~inside], np.asarray(picture(64, 96))[~inside])
    assert not np.array_equal(made[inside], np.asarray(picture(64, 96))[inside])
