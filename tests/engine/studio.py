"""Walks with the tiny models that are recorded, for tests of what can be seen of them."""

from pathlib import Path
from typing import Any

import torch

from webui.engine.call_again import CallAgain
from webui.engine.events import ImageDone
from webui.engine.generate import Generator, create
from webui.engine.open_recordings import OpenRecording
from webui.engine.trajectory_file import load
from webui.engine.worker_control import JobControl
from webui.generation.request import GenerationRequest
from webui.library.inputs import InputStore
from webui.library.trajectory_files import TrajectoryFiles
from webui.model_manager.loading.load_model import exhausted
from webui.model_manager.manager import ModelManager

STEPS = 5


class Studio:
    """Walks with the tiny models, recorded with guidance, and their calls again."""

    def __init__(self, models_dir: Path, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.inputs = InputStore(data_dir)
        self.generator = create([models_dir], data_dir)
        self._manager = ModelManager(models_dirs=(models_dir,), data_dir=data_dir, device=torch.device("cpu"))
        self._jobs = 0

    def walked(self, **asked: Any) -> OpenRecording:
        fields = {
            "prompt": "the cat", "seed": 3, "steps": STEPS, "width": 64, "height": 64, "model": "tiny",
            "cfg_scale": 5.0, **asked,
        }  # fmt: skip
        return self.recorded(self.generator, GenerationRequest(**fields))

    def recorded(self, generator: Generator, request: GenerationRequest) -> OpenRecording:
        self._jobs += 1
        events = generator.run(f"job{self._jobs}", request, JobControl(), record="guidance")
        (trajectory,) = {event.trajectory for event, _ in events if isinstance(event, ImageDone)}
        return OpenRecording(load(TrajectoryFiles(self.data_dir).path(trajectory)))

    def again(self, recording: OpenRecording, step: int, picture: int = 0, model: str | None = None) -> CallAgain:
        family = exhausted(self._manager.load(model or recording.trajectory.header.model.name)).family
        return CallAgain(recording, picture, step, family=family, embeddings=lambda name: None)

    def words(self, recording: OpenRecording, step: int) -> list[str]:
        """The words of the prompt that hold at a step."""
        return [word.text for part in self.again(recording, step).words for word in part]
