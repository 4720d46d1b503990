"""How long a picture takes on this machine, and how much room the model does."""

import os
import time
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline

from bundled_model.judging.generating import Sampling
from bundled_model.learning.training import pick_device

_PROMPT = "a red lighthouse by the sea at sunset"
_TRIES = 3


@torch.inference_mode()
def seconds_per_picture(sampling: Sampling) -> float:
    """The time of one picture of 256x256 pixels with guidance, decoding included: the best of three, after a first one.

    The whole pipeline is in bfloat16, and runs in as many threads as torch takes by itself.
    """
    pipeline = StableDiffusionPipeline.from_pretrained(sampling.model, dtype=torch.bfloat16).to(pick_device())
    pipeline.set_progress_bar_config(disable=True)

    def seconds() -> float:
        begun = time.perf_counter()
        pipeline(_PROMPT, num_inference_steps=sampling.steps, guidance_scale=sampling.guidance, width=256, height=256)
        return time.perf_counter() - begun

    seconds()
    return round(min(seconds() for _ in range(_TRIES)), 2)


def megabytes(folder: Path) -> float:
    """What all files of a folder take, in units of 1,000,000 bytes."""
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6, 1)


def machine() -> dict[str, object]:
    """What the time was measured on."""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "processor"
    return {"device": device, "cores": os.cpu_count() or 1, "threads": torch.get_num_threads()}
