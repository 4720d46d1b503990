"""One generator of the tiny model, with an extension that registers something of every kind, for tests of hooks."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.engine.small_extensions import enabled, loadable, write_extension
from webui.diffusion.trajectory import Trajectory
from webui.engine.events import Event, ImageDone, Noted
from webui.engine.generate import create
from webui.engine.trajectory_file import load
from webui.engine.worker_control import JobControl
from webui.engine.worker_extensions import WorkerExtensions
from webui.generation.request import GenerationRequest
from webui.library.trajectory_files import TrajectoryFiles

STEPS = 3
REGISTERING = """
class Straight(SigmaScheduler):
    def move(self, latents, clean, sigma, sigma_next, noise):
        return clean + (latents - clean) * (sigma_next / sigma)

class Lost(SigmaScheduler):
    def move(self, latents, clean, sigma, sigma_next, noise):
        raise RuntimeError("an order to break")

class Grainy(SigmaScheduler):
    def move(self, latents, clean, sigma, sigma_next, noise):
        return clean + noise() * sigma_next

@hookimpl
def register_samplers():
    return [NewSampler(name="Straight", make=Straight), NewSampler(name="Lost", make=Lost),
            NewSampler(name="Grainy", make=Grainy, aliases=("grain",))]

@hookimpl
def register_schedules():
    def even(steps, least, most):
        return [most - (most - least) * step / max(steps - 1, 1) for step in range(steps)] + [0.0]
    def rising(steps, least, most):
        return range(steps + 1)
    return [NewSchedule(name="Even", sigmas=even), NewSchedule(name="Rising", sigmas=rising)]

@hookimpl
def register_upscalers():
    def upscale(picture, width, height):
        return Image.new("RGB", (width, height), (255, 0, 0))
    def left(picture, width, height):
        return picture
    return [Upscaler(name="Red", upscale=upscale), Upscaler(name="Small", upscale=left)]

@hookimpl
def register_preprocessors():
    def tint(picture, values):
        return Image.new("RGB", picture.size, (values["red"], 0, 0))
    return [Preprocessor(name="Negative", process=lambda picture, values: ImageOps.invert(picture)),
            Preprocessor(name="Tinted", process=tint, controls=(Slider("red", "Red", 0, 255, 1, 100),)),
            Preprocessor(name="Textual", process=lambda picture, values: "a text")]

@hookimpl
def register_prompt_syntax():
    def resolve(text, picture):
        if "@break" in text:
            raise RuntimeError("an order to break")
        return text.replace("@place", f"cat {picture.index} of {picture.count}")
    return [PromptSyntax(name="place", resolve=resolve)]
"""


class Bench:
    """One generator with the model in memory; extensions come and go."""

    def __init__(self, models_dir: Path, folder: Path) -> None:
        self.folder, self.data_dir = folder, folder / "data"
        own = write_extension(folder / "extensions", "registering", REGISTERING)
        self.extensions = WorkerExtensions([enabled(own, self.data_dir)], self.data_dir)
        self.generator = create([models_dir], self.data_dir, extensions=self.extensions)
        self._count = 0
        self.plain = self.made()

    @contextmanager
    def with_extension(self, worker: str) -> Iterator[str]:
        """While an extension with this source is loaded; its name."""
        self._count += 1
        name = f"extension_{self._count}"
        own = write_extension(self.folder / "extensions", name, worker)
        assert self.extensions.host.load(loadable(own, self.data_dir))
        try:
            yield name
        finally:
            self.extensions.host.unload(name)

    def events(self, **asked: Any) -> list[Event]:
        fields = {"prompt": "the cat", "seed": 3, "steps": STEPS, "width": 64, "height": 64, "model": "tiny", **asked}
        self._count += 1
        running = self.generator.run(f"job{self._count}", GenerationRequest.parse(fields), JobControl(), record="steps")
        return [event for event, _ in running]

    def made(self, **asked: Any) -> list[np.ndarray]:
        """The pictures."""
        return pictures(self.events(**asked))

    def recorded(self, events: list[Event]) -> Trajectory:
        """The recording of a job's last picture."""
        done = [event for event in events if isinstance(event, ImageDone)][-1]
        return load(TrajectoryFiles(self.data_dir).path(done.trajectory))


def pictures(events: list[Event]) -> list[np.ndarray]:
    return [np.asarray(Image.open(BytesIO(event.png))) for event in events if isinstance(event, ImageDone)]


def notes(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Noted)]
