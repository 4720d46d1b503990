"""How close pictures of the bundled model stay to exact ones where weights or arithmetic are made smaller."""

import io
import json
import math
import statistics
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.figure import Figure
from benchmarks.jobs import PROMPT
from webui.diffusion.forward_process import psnr
from webui.engine.events import ImageDone
from webui.engine.generate import create
from webui.engine.worker_control import JobControl
from webui.generation.request import GenerationRequest
from webui.settings import Settings

SEEDS = 5
STEPS = 20
SMALLER = {
    "weights in int8": {"precision": "float32", "quantisation": "int8"},
    "weights in fp8": {"precision": "float32", "quantisation": "fp8"},
    "bfloat16": {"precision": "bfloat16"},
}
"""The settings by what they are called here. The Fast presets are for families that the bundled model is none of."""


def measure() -> list[Figure]:
    """The middle and the worst of five pictures, in dB beside those in float32 with the weights as they are."""
    exact = _pictures({"precision": "float32"})
    figures: list[Figure] = []
    for name, settings in SMALLER.items():
        ratios = [psnr(one, other) or math.inf for one, other in zip(_pictures(settings), exact, strict=True)]
        figures.append(Figure(name=f"{name}: PSNR (median of {SEEDS})", value=statistics.median(ratios), unit="dB"))
        figures.append(Figure(name=f"{name}: PSNR (worst of {SEEDS})", value=min(ratios), unit="dB"))
    return figures


def _pictures(settings: dict[str, str]) -> list[np.ndarray]:
    """The pictures (height, width, 3) of all seeds, with these model settings."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        generator = create(Settings().models_dirs, Path(folder))
        return [
            np.asarray(Image.open(io.BytesIO(event.png)))
            for seed in range(SEEDS)
            for event, _ in generator.run("exactness", _request(seed), JobControl())
            if isinstance(event, ImageDone)
        ]


def _request(seed: int) -> GenerationRequest:
    return GenerationRequest(prompt=PROMPT, seed=seed, steps=STEPS)
