"""The model in the repository: plain diffusers loads it, it is small, and it listens to words."""

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import DiffusionPipeline, StableDiffusionPipeline

MODEL = Path(__file__).parents[2] / "models" / "checkpoints" / "postcard"


@pytest.fixture(scope="module")
def pipeline() -> StableDiffusionPipeline:
    loaded = DiffusionPipeline.from_pretrained(MODEL)
    loaded.set_progress_bar_config(disable=True)
    return loaded


def picture(pipeline: StableDiffusionPipeline, prompt: str, seed: int = 1, steps: int = 4) -> np.ndarray:
    generator = torch.Generator().manual_seed(seed)
    result = pipeline(prompt, num_inference_steps=steps, guidance_scale=5.0, generator=generator)
    return np.asarray(result.images[0]).astype(int)


def test_it_is_a_stable_diffusion_pipeline_of_256_pixels(pipeline: StableDiffusionPipeline) -> None:
    assert type(pipeline) is StableDiffusionPipeline
    assert picture(pipeline, "the sea", steps=1).shape == (256, 256, 3)


def test_two_prompts_of_one_seed_give_two_pictures(pipeline: StableDiffusionPipeline) -> None:
    night, day = (picture(pipeline, text) for text in ("the sea at night", "a desert by day"))
    assert day.mean() > night.mean() + 40


def test_the_same_prompt_and_seed_give_the_same_picture(pipeline: StableDiffusionPipeline) -> None:
    assert np.array_equal(picture(pipeline, "a red house", steps=2), picture(pipeline, "a red house", steps=2))


def test_the_noise_schedule_ends_without_signal(pipeline: StableDiffusionPipeline) -> None:
    assert pipeline.scheduler.config["prediction_type"] == "v_prediction"
    assert pipeline.scheduler.config["rescale_betas_zero_snr"]
    assert pipeline.scheduler.config["timestep_spacing"] == "trailing"


def test_the_folder_is_at_most_64_megabytes_and_holds_no_pickles() -> None:
    files = [file for file in MODEL.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < 64_000_000
    assert {file.suffix for file in files} <= {".json", ".safetensors", ".txt", ".md", ".png"}
