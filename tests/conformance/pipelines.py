"""The same request made by us and by diffusers' own pipeline, from the same folder, in the same dtype."""

import inspect
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    DiffusionPipeline,
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
IN_EITHER = [*((torch.float32, *each) for each in PROMISED), (torch.bfloat16, "DPM++ 2M", "Karras")]
"""The promised ones in single precision, and one in half: what a sampler does there is shown by the tiny models."""
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


def their_pipeline(kind: Any, folder: Path, dtype: torch.dtype, *, layout: str = "", **absent: None) -> Any:
    """A pipeline that says nothing while it works. All kinds of a folder share its parts, which are loaded once.

    Args:
        kind: the pipeline's class.
        folder: the model.
        dtype: of its parts.
        layout: names parts that are changed and so are no others' (a memory format).
        absent: parts that are not to be loaded, beside those that the folder says it lacks.
    """
    wanted = inspect.signature(kind).parameters
    parts = {name: part for name, part in _parts(folder, dtype, layout, tuple(absent)).items() if name in wanted}
    pipeline = kind(**parts)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@cache
def _parts(folder: Path, dtype: torch.dtype, layout: str, absent: tuple[str, ...]) -> dict[str, Any]:
    described = json.loads((folder / "model_index.json").read_text())
    lacking = [name for name, value in described.items() if value == [None, None]]
    loaded = DiffusionPipeline.from_pretrained(folder, dtype=dtype, **dict.fromkeys((*lacking, *absent)))
    return {**loaded.config, **loaded.components}


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
    pipeline = their_pipeline(kind, folder, dtype, layout="channels last" if channels_last else "")
    if channels_last:  # as diffusers' documentation on speed advises
        pipeline.unet.to(memory_format=torch.channels_last)
        pipeline.vae.to(memory_format=torch.channels_last)
    options = SCHEDULES[request.schedule]
    pipeline.scheduler = SCHEDULERS[request.sampler].from_config(pipeline.scheduler.config, **options)
    count = request.batch_size
    pictures = {name: [value] * count if isinstance(value, Image.Image) else value for name, value in inputs.items()}
    with _known_as_plain(pipeline):
        made = pipeline(
            [request.prompt] * count,
            negative_prompt=[request.negative_prompt] * count,
            num_inference_steps=request.steps,
            guidance_scale=request.cfg_scale,
            generator=[torch.Generator("cpu").manual_seed(request.seed + i) for i in range(count)],
            **pictures,
        ).images
    return [np.asarray(picture).astype(int) for picture in made]


@contextmanager
def _known_as_plain(pipeline: Any) -> Iterator[None]:
    """The inpainting pipeline knows a plain UNet by its 4 channels; the bundled model's latents have 8."""
    channels = pipeline.unet.config.in_channels
    if isinstance(pipeline, StableDiffusionInpaintPipeline) and channels == pipeline.vae.config.latent_channels:
        pipeline.unet.register_to_config(in_channels=4)
    try:
        yield
    finally:
        pipeline.unet.register_to_config(in_channels=channels)


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
