"""The same request made by us and by diffusers' own pipeline, from the same folder, in the same dtype."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    StableDiffusionInpaintPipeline,
    UniPCMultistepScheduler,
)
from PIL import Image, ImageDraw

from webui.engine.events import ImageDone
from webui.engine.generate import create
from webui.engine.worker_control import JobControl
from webui.generation.request import GenerationRequest
from webui.library.inputs import InputStore

SCHEDULERS = {
    "DPM++ 2M": DPMSolverMultistepScheduler,
    "Euler": EulerDiscreteScheduler,
    "Euler a": EulerAncestralDiscreteScheduler,
    "DDIM": DDIMScheduler,
    "UniPC": UniPCMultistepScheduler,
}
SCHEDULES: dict[str, dict[str, Any]] = {
    "Automatic": {},
    "Karras": {"use_karras_sigmas": True},
    "SGM Uniform": {"timestep_spacing": "trailing"},
}
PROMISED = [("Euler", "Automatic"), ("DPM++ 2M", "Karras"), ("DDIM", "Automatic"), ("UniPC", "Automatic")]
BUNDLED = Path(__file__).parents[2] / "models" / "checkpoints" / "postcard"


class Side:
    """Our generator over models folders."""

    def __init__(self, models_dir: Path, data_dir: Path, *more: Path) -> None:
        self.inputs = InputStore(data_dir)
        self._generator = create([models_dir, *more], data_dir, device=torch.device("cpu"))

    def pictures(self, request: GenerationRequest) -> list[np.ndarray]:
        events = [event for event, _ in self._generator.run("job", request, JobControl())]
        pngs = [event.png for event in events if isinstance(event, ImageDone)]
        return [np.asarray(Image.open(io.BytesIO(png))).astype(int) for png in pngs]


def theirs(
    kind: type,
    folder: Path,
    request: GenerationRequest,
    dtype: torch.dtype,
    *,
    channels_last: bool = False,
    **inputs: Any,
) -> list[np.ndarray]:
    """The pipeline's pictures; each of the batch from its own generator, and of `inputs` each gets its own copy."""
    pipeline = kind.from_pretrained(folder, dtype=dtype, safety_checker=None)
    if channels_last:  # as diffusers' documentation on speed advises
        pipeline.unet.to(memory_format=torch.channels_last)
        pipeline.vae.to(memory_format=torch.channels_last)
    pipeline.set_progress_bar_config(disable=True)
    if (
        kind is StableDiffusionInpaintPipeline
        and pipeline.unet.config.in_channels == pipeline.vae.config.latent_channels
    ):
        # The inpainting pipeline knows a plain UNet by its 4 channels; the bundled model's latents have 8.
        pipeline.unet.register_to_config(in_channels=4)
    options = SCHEDULES[request.schedule]
    pipeline.scheduler = SCHEDULERS[request.sampler].from_config(pipeline.scheduler.config, **options)
    count = request.batch_size
    pictures = {name: [value] * count if isinstance(value, Image.Image) else value for name, value in inputs.items()}
    made = pipeline(
        [request.prompt] * count,
        negative_prompt=[request.negative_prompt] * count,
        num_inference_steps=request.steps,
        guidance_scale=request.cfg_scale,
        generator=[torch.Generator("cpu").manual_seed(request.seed + i) for i in range(count)],
        **pictures,
    ).images
    return [np.asarray(picture).astype(int) for picture in made]


def difference(ours: list[np.ndarray], others: list[np.ndarray]) -> int:
    """The largest difference in levels of 255."""
    return max(int(np.abs(a - b).max()) for a, b in zip(ours, others, strict=True))


def picture(width: int, height: int) -> Image.Image:
    """Colours that run across, with a disc in them."""
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    drawn = Image.fromarray(np.stack([across, down, 255 - across], axis=-1).astype(np.uint8))
    ImageDraw.Draw(drawn).ellipse((width // 8, height // 8, width // 2, height // 2), fill=(250, 240, 60))
    return drawn


def mask(width: int, height: int) -> Image.Image:
    """White where the picture may change: a hard-edged shape that does not keep to the latents' grid."""
    drawn = Image.new("L", (width, height))
    ImageDraw.Draw(drawn).ellipse((width * 0.3, height * 0.2, width * 0.9, height * 0.75), fill=255)
    return drawn
