"""Pictures of the exported model, as anybody gets them who has diffusers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import StableDiffusionPipeline

from bundled_model.drawing.canvas import Size
from bundled_model.drawing.painter import SQUARE
from bundled_model.learning.training import pick_device

BATCH = 16
PARTS = ("unet", "text_encoder", "vae", "tokenizer", "scheduler")
"""Folders of a model that its pictures depend on."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """The exported `model` (its folder), and how its pictures are made."""

    model: Path
    steps: int = 20
    guidance: float = 5.0


@dataclass(frozen=True, slots=True)
class Order:
    """A picture to be made: `size` is its width and height in pixels."""

    prompt: str
    seed: int
    size: Size = SQUARE


class Studio:
    """Makes pictures with a model that it holds in memory."""

    def __init__(self, sampling: Sampling) -> None:
        """Load the model in single precision; its network runs in 16 bits."""
        self.sampling = sampling
        self.pipeline = StableDiffusionPipeline.from_pretrained(sampling.model, dtype=torch.float32)
        self.pipeline.to(pick_device())
        self.pipeline.set_progress_bar_config(disable=True)

    def make(self, orders: Sequence[Order]) -> list[np.ndarray]:
        """The pictures, bytes (h, w, 3) each, in the order given. Those of one size walk together."""
        made: dict[int, np.ndarray] = {}
        for size in dict.fromkeys(order.size for order in orders):
            places = [place for place, order in enumerate(orders) if order.size == size]
            for start in range(0, len(places), BATCH):
                some = places[start : start + BATCH]
                made |= dict(zip(some, self._walk([orders[place] for place in some]), strict=True))
        return [made[place] for place in range(len(orders))]

    @torch.inference_mode()
    def _walk(self, orders: Sequence[Order]) -> np.ndarray:
        width, height = orders[0].size
        with torch.autocast(self.pipeline.device.type, dtype=torch.bfloat16):
            result = self.pipeline(
                [order.prompt for order in orders],
                num_inference_steps=self.sampling.steps,
                guidance_scale=self.sampling.guidance,
                width=width,
                height=height,
                # On the processor, so that a seed means the same noise on every machine.
                generator=[torch.Generator().manual_seed(order.seed) for order in orders],
                output_type="np",
            )
        return (np.asarray(result[0]) * 255).round().clip(0, 255).astype(np.uint8)


def weights_of(model: Path) -> str:
    """A name for all that the pictures of an exported model depend on: other weights have another one."""
    return digest_of(*(model / part for part in PARTS))


def digest_of(*places: Path) -> str:
    """A name for the contents of some files, and of all files in some folders."""
    digest = hashlib.sha256()
    for place in places:
        for file in sorted(place.iterdir()) if place.is_dir() else [place]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:24]
