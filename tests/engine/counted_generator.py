"""The product's own generator, slowed down, which writes down every call of the network: one byte in a file each."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from webui.diffusion.families.stable_diffusion import StableDiffusion
from webui.engine.generate import Generator
from webui.engine.generate import create as create_generator
from webui.engine.worker_extensions import WorkerExtensions

CALLS = "calls.txt"
FACTORY = "tests.engine.counted_generator:create"
SECONDS = 0.05


def create(models_dirs: Sequence[Path], data_dir: Path, *, extensions: WorkerExtensions | None = None) -> Generator:
    """The factory that the worker calls."""
    real = StableDiffusion.predict

    def predict(self: StableDiffusion, *args: Any, **options: Any) -> torch.Tensor:
        handle = os.open(data_dir / CALLS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, b".")
        os.close(handle)
        time.sleep(SECONDS)
        return real(self, *args, **options)

    StableDiffusion.predict = predict
    return create_generator(models_dirs, data_dir, extensions=extensions)


def counted(data_dir: Path) -> int:
    """How many calls there were so far."""
    path = data_dir / CALLS
    return path.stat().st_size if path.exists() else 0
