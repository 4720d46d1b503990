"""The other samplers' pictures equal those of diffusers' pipeline with the same scheduler."""

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from tests.conformance.pipelines import Side, difference
from webui.generation.request import GenerationRequest

SCHEDULERS: dict[str, tuple[str, dict[str, Any]]] = {
    "DPM++ SDE": ("DPMSolverSDEScheduler", {"noise_sampler_seed": [5, 6]}),
    "DPM++ 2M SDE": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "LMS": ("LMSDiscreteScheduler", {}),
    "Heun": ("HeunDiscreteScheduler", {}),
    "DPM2 a": ("KDPM2AncestralDiscreteScheduler", {}),
    "DDPM": ("DDPMScheduler", {}),
    "PLMS": ("PNDMScheduler", {"skip_prk_steps": True}),
    "DEIS": ("DEISMultistepScheduler", {}),
    "SA-Solver": ("SASolverScheduler", {}),
    "LCM": ("LCMScheduler", {}),
}


@pytest.mark.parametrize("dtype", [torch.float32], indirect=True, scope="module", ids=["fp32"])
@pytest.mark.parametrize("sampler", list(SCHEDULERS))
def test_a_batch_equals_the_plain_pipelines(
    ours: Side, tiny_models_dir: Path, dtype: torch.dtype, sampler: str
) -> None:
    """In float32 alone: these schedulers step in the model's own precision, where the roundings of 16 bits add up."""
    request = GenerationRequest(
        prompt="the cat", negative_prompt="dog", seed=5, steps=4, sampler=sampler, width=64, height=64, batch_size=2,
        model="tiny",
    )  # fmt: skip
    folder = tiny_models_dir / "checkpoints" / "tiny"
    pipeline: Any = diffusers.StableDiffusionPipeline.from_pretrained(folder, dtype=dtype, safety_checker=None)
    pipeline.set_progress_bar_config(disable=True)
    name, options = SCHEDULERS[sampler]
    pipeline.scheduler = getattr(diffusers, name).from_config(pipeline.scheduler.config, **options)
    plain = pipeline(
        [request.prompt] * 2,
        negative_prompt=[request.negative_prompt] * 2,
        num_inference_steps=request.steps,
        guidance_scale=request.cfg_scale,
        width=64,
        height=64,
        generator=[torch.Generator("cpu").manual_seed(seed) for seed in (5, 6)],
    ).images
    assert difference(ours.pictures(request), [np.asarray(picture).astype(int) for picture in plain]) <= 1
