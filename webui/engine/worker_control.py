"""What a generator looks at between two steps: whether to stop, and whether to go on with the next batch."""

import threading
from collections.abc import Iterator
from typing import Protocol

import numpy as np

from webui.engine.events import Event
from webui.generation.request import GenerationRequest


class Control(Protocol):
    """What the user wants of the job that runs."""

    @property
    def interrupted(self) -> bool:
        """The job is to end now."""
        ...

    def take_skip(self) -> bool:
        """Whether the current batch is to end now; asking takes the wish back."""
        ...


class Generates(Protocol):
    """What a worker drives. `webui.engine.generate` makes the real one; tests have one that needs no model."""

    def warm_up(self, model: str | None) -> None:
        """Load a model ahead of the first job."""
        ...

    def run(
        self, job: str, request: GenerationRequest, control: Control, *, record: str = "off"
    ) -> Iterator[tuple[Event, np.ndarray | None]]:
        """Make the pictures; yields what happens, with the preview pixels of a step.

        `record` says what is recorded of their walks (see `webui.settings.Record`).
        """
        ...


class JobControl:
    """A `Control` that other threads set."""

    def __init__(self) -> None:
        self._interrupted = threading.Event()
        self._skip = threading.Event()

    @property
    def interrupted(self) -> bool:
        """The job is to end now."""
        return self._interrupted.is_set()

    def take_skip(self) -> bool:
        """Whether the current batch is to end now; asking takes the wish back."""
        if self._skip.is_set():
            self._skip.clear()
            return True
        return False

    def interrupt(self) -> None:
        """End the job after its step."""
        self._interrupted.set()

    def skip(self) -> None:
        """End the current batch after its step."""
        self._skip.set()
