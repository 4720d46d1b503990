"""Walks with the guidance extras end at the latents that diffusers' own pipelines end at."""

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler, StableDiffusionPAGPipeline, StableDiffusionPipeline

from webui.diffusion.denoise import denoise
from webui.diffusion.families.base import PromptOptions
from webui.diffusion.families.stable_diffusion import StableDiffusion
from webui.diffusion.guidance import make_guide
from webui.diffusion.noise import draw_noise, picture_generators
from webui.diffusion.samplers import NoiseSchedule
from webui.generation.request import GenerationRequest
from webui.generation.samplers import Schedule
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import exhausted, load_family

SEEDS = [5, 6]
PROMPT, NEGATIVE = "the cat, a dog", "rain"


@pytest.fixture(scope="module", params=["tiny", "tiny-v"])
def family(request: pytest.FixtureRequest, tiny_models_dir: Path) -> StableDiffusion:
    entry = Catalogue((tiny_models_dir,)).find(request.param)
    return exhausted(load_family(entry, device=torch.device("cpu"), dtype=torch.float32))


@pytest.fixture(scope="module")
def folder(family: StableDiffusion, tiny_models_dir: Path) -> Path:
    model = "tiny-v" if family.scheduler_config["prediction_type"] == "v_prediction" else "tiny"
    return tiny_models_dir / "checkpoints" / model


def _ours(family: StableDiffusion, **changes: Any) -> torch.Tensor:
    request = GenerationRequest(
        prompt=PROMPT, negative_prompt=NEGATIVE, steps=4, sampler="DDIM", cfg_scale=6.0
    ).with_changes(**changes)
    schedule = NoiseSchedule(
        sampler="DDIM", schedule=Schedule.AUTOMATIC, steps=4, config=family.scheduler_config, device=family.device
    )
    guide = make_guide(
        family, schedule=schedule,
        readings=[PromptOptions(request=request, embeddings={}.get, width=64, height=64)],
    )  # fmt: skip
    generators = picture_generators(SEEDS)
    noise = draw_noise(seeds=SEEDS, generators=generators, shape=(4, 8, 8), dtype=torch.float32)
    return list(denoise(guide, schedule, schedule.start_from_noise(noise), generators=generators))[-1].latents


def _theirs(pipeline: Any, **options: Any) -> torch.Tensor:
    pipeline.set_progress_bar_config(disable=True)
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    return pipeline(
        [PROMPT] * 2, negative_prompt=[NEGATIVE] * 2, num_inference_steps=4, guidance_scale=options.pop("cfg", 6.0),
        width=64, height=64, generator=picture_generators(SEEDS), output_type="latent", **options,
    ).images  # fmt: skip


def _distance(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    return float((ours - theirs).abs().max() / theirs.abs().max())


def test_rescaled_guidance_equals_the_plain_pipelines(family: StableDiffusion, folder: Path) -> None:
    theirs = _theirs(StableDiffusionPipeline.from_pretrained(folder), guidance_rescale=0.7)
    assert _distance(_ours(family, cfg_rescale=0.7), theirs) < 1e-4
    assert _distance(_ours(family), theirs) > 1e-3


def test_clip_skip_equals_the_plain_pipelines(family: StableDiffusion, folder: Path) -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(folder)
    # diffusers 0.42 looks for the final norm where transformers 4 had it.
    object.__setattr__(pipeline.text_encoder, "text_model", pipeline.text_encoder)
    # They count from 0, A1111 from 1, and they skip nothing of the negative prompt, so that it is left out here.
    theirs = _theirs(pipeline, clip_skip=1, cfg=1.0)
    assert _distance(_ours(family, clip_skip=2, cfg_scale=1.0), theirs) < 1e-4
    assert _distance(_ours(family, cfg_scale=1.0), theirs) > 1e-4


@pytest.mark.parametrize("cfg_scale", [1.0, 6.0])
def test_perturbed_attention_equals_the_pipeline_for_it(
    family: StableDiffusion, folder: Path, cfg_scale: float
) -> None:
    pipeline = StableDiffusionPAGPipeline.from_pretrained(folder, pag_applied_layers=["mid"])
    theirs = _theirs(pipeline, pag_scale=10.0, cfg=cfg_scale)
    assert _distance(_ours(family, cfg_scale=cfg_scale, pag_scale=10.0), theirs) < 1e-4
    assert _distance(_ours(family, cfg_scale=cfg_scale), theirs) > 1e-3
