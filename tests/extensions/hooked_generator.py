"""The generator without a model, which calls the hooks of a walk. Without torch, so that its process begins at once."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from tests.engine.fake_generator import FakeGenerator
from webui.engine.events import Event, Noted
from webui.engine.worker_control import Control
from webui.engine.worker_extensions import WorkerExtensions
from webui.extensions.contributions import StepInfo, WalkInfo
from webui.generation.request import GenerationRequest

FACTORY = "tests.extensions.hooked_generator:create"


class HookedGenerator(FakeGenerator):
    def __init__(self, extensions: WorkerExtensions) -> None:
        super().__init__()
        self._extensions = extensions
        self._host = extensions.host

    def run(
        self, job: str, request: GenerationRequest, control: Control, *, record: str = "off"
    ) -> Iterator[tuple[Event, np.ndarray | None]]:
        walk = WalkInfo(request=request, steps=request.steps, width=request.width, height=request.height)
        self._host.fold("process_latents", "latents", latents=0.0, walk=walk)
        for event, pixels in super().run(job, request, control, record=record):
            yield event, pixels
            if event.type == "step_done":
                step = StepInfo(
                    index=event.index - 1, total=event.total, sigma=1.0, sigma_next=0.5, timestep=1.0, request=request
                )
                self._host.fold("wrap_prediction", "prediction", prediction=1.0, latents=None, step=step)
                self._host.observe("on_step", step=step, clean=lambda: None)
            elif event.type == "decoding":
                picture = Image.new("RGB", (8, 8))
                self._host.fold("finish_image", "image", image=picture, request=request, seed=request.seed)
            for fault in self._extensions.fresh_faults():
                yield Noted(job=job, text=fault.sentence), None


def create(
    models_dirs: tuple[Path, ...], data_dir: Path, *, extensions: WorkerExtensions | None = None
) -> HookedGenerator:
    """The factory that the worker calls."""
    return HookedGenerator(extensions or WorkerExtensions())
