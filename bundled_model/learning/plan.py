"""What a training run is to do. Imports nothing heavy: the command line shows these defaults."""

from dataclasses import dataclass
from pathlib import Path

STAGES = ("drawings", "autoencoder", "words", "latents", "denoiser", "reader", "classifier")
"""All stages, each after those that it builds on."""
PICTURES = 24_000
"""Drawings that the model learns from."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Stages by name, and limits that replace the defaults: `minutes` or `steps` of each stage that trains."""

    folder: Path
    stages: tuple[str, ...] = STAGES
    minutes: float | None = None
    steps: int | None = None
    pictures: int = PICTURES
