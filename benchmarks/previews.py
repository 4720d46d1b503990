"""What previews cost beside the denoising that they show: the map to colours, and the JPEG."""

import statistics
import tempfile
import time
from pathlib import Path

import torch

from benchmarks.figure import Figure
from benchmarks.jobs import PROMPT
from webui.engine.events import StepDone
from webui.engine.generate import Generator, create
from webui.engine.preview_encoding import encode_previews
from webui.engine.worker_control import JobControl
from webui.generation.request import GenerationRequest
from webui.model_manager.loading.load_model import exhausted
from webui.model_manager.manager import LoadedModel, ModelManager
from webui.settings import Settings

RUNS = 3
STEPS = 20


def measure() -> list[Figure]:
    """All previews of a walk, made one after the other, over the walk's own steps."""
    models_dirs = Settings().models_dirs
    with tempfile.TemporaryDirectory() as folder:
        loaded = exhausted(ModelManager(models_dirs=models_dirs, data_dir=Path(folder)).load(None))
        generator = create(models_dirs, Path(folder))
        generator.warm_up()
        shares = [_share(generator, loaded, seed) for seed in range(RUNS)]
    percent = 100 * statistics.median(shares)
    return [Figure(name="all previews over the denoising time (median)", value=percent, unit="%", goal=3)]


def _share(generator: Generator, loaded: LoadedModel, seed: int) -> float:
    request = GenerationRequest(prompt=PROMPT, seed=seed, steps=STEPS)
    denoising, encoding = 0.0, 0.0
    for event, pixels in generator.run("previews", request, JobControl()):
        if isinstance(event, StepDone) and pixels is not None:
            denoising += event.seconds
            start = time.perf_counter()
            encode_previews(pixels)
            encoding += time.perf_counter() - start
    return (encoding + _mapping_seconds(loaded)) / denoising


def _mapping_seconds(loaded: LoadedModel) -> float:
    """Seconds of the map from latents to colours, for all steps."""
    info = loaded.family.info
    side = info.default_size // info.latent_scale
    clean = torch.randn(1, info.latent_channels, side, side)
    start = time.perf_counter()
    for _ in range(STEPS):
        loaded.preview.pixels(clean)
    return time.perf_counter() - start
