"""The fake generator, which writes down what it does in its order: one letter in a file each.

"p" is a call of the network for a picture of a point, of which it takes more than any test waits for, "j" a step of a
job.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.engine.fake_generator import FakeGenerator
from webui.engine.events import Event
from webui.engine.looks import Looking, LookPoints, Question
from webui.engine.worker_control import Control
from webui.generation.request import GenerationRequest

FACTORY = "tests.engine.background_generator:create"
DONE = "done.txt"


class Background(FakeGenerator):
    def __init__(self, data_dir: Path) -> None:
        super().__init__()
        self._done = data_dir / DONE

    def looking(self, question: Question) -> Looking:
        if not isinstance(question, LookPoints):
            return (yield from super().looking(question))
        while True:
            time.sleep(0.03)
            self._write("p")
            yield

    def run(
        self, job: str, request: GenerationRequest, control: Control, *, record: str = "off"
    ) -> Iterator[tuple[Event, np.ndarray | None]]:
        for event, pixels in super().run(job, request, control, record=record):
            if event.type == "step_done":
                self._write("j")
            yield event, pixels

    def _write(self, letter: str) -> None:
        handle = os.open(self._done, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, letter.encode())
        os.close(handle)


def create(models_dirs: tuple[Path, ...], data_dir: Path, *, extensions: Any = None) -> Background:
    """The factory that the worker calls."""
    return Background(data_dir)


def done(data_dir: Path) -> str:
    """What was done so far."""
    path = data_dir / DONE
    return path.read_text() if path.exists() else ""
