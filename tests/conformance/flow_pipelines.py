"""Requests made by diffusers' pipelines of flow-matching models, from the same folder, in the same dtype."""

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.conformance.pipelines import Side, mask, picture
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Mask

SIZE = (64, 96)
IN_FP32 = pytest.mark.parametrize("dtype", [torch.float32], ids=["fp32"], indirect=True, scope="module")
"""For what half precision shows nothing new of."""
AT_STRENGTHS = pytest.mark.parametrize(
    ("dtype", "strength"), [(torch.float32, 0.4), (torch.float32, 1.0), (torch.bfloat16, 0.7)],
    ids=["fp32-0.4", "fp32-1.0", "bf16-0.7"], indirect=["dtype"], scope="module",
)  # fmt: skip


def flow_request(model: str, **fields: Any) -> GenerationRequest:
    """Two pictures by Euler's method, guided, of a few steps."""
    values = {
        "prompt": "the cat", "negative_prompt": "dog", "seed": 5, "steps": 3, "sampler": "Euler (flow)",
        "cfg_scale": 4.0, "width": SIZE[0], "height": SIZE[1], "batch_size": 2, "model": model,
    }  # fmt: skip
    return GenerationRequest.parse(values | fields)


def from_picture(side: Side, request: GenerationRequest, strength: float, *, masked: bool = False) -> GenerationRequest:
    """The same from a picture, of which all or what is masked may change."""
    start = FromPicture(picture=side.inputs.add(picture(*SIZE)), strength=strength)
    shown = Mask(picture=side.inputs.add(mask(*SIZE)), blur=0) if masked else None
    return request.with_changes(start=start, mask=shown)


def their_pictures(pipeline: Any, request: GenerationRequest, **inputs: Any) -> list[np.ndarray]:
    """The pipeline's pictures; each of the batch from its own generator, and of pictures each gets its own copy."""
    count = request.batch_size
    given = {name: [value] * count if isinstance(value, Image.Image) else value for name, value in inputs.items()}
    made = pipeline(
        prompt=[request.prompt] * count,
        num_inference_steps=request.steps,
        width=request.width,
        height=request.height,
        generator=[torch.Generator("cpu").manual_seed(request.seed + i) for i in range(count)],
        **given,
    ).images
    return [np.asarray(each).astype(int) for each in made] if isinstance(made, list) else made


def masked_inputs(strength: float) -> dict[str, Any]:
    """A picture and a mask, as inpainting pipelines take them."""
    return {"image": picture(*SIZE), "mask_image": mask(*SIZE), "strength": strength}
