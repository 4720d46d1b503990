"""The product's own generator with a stopwatch in it: a factory for the worker, as `webui.engine.generate` has one."""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from webui.engine.events import StepDone
from webui.engine.generate import Generator, Report
from webui.engine.generate import create as create_generator
from webui.engine.looks import Looking, Question
from webui.engine.worker_control import Control
from webui.engine.worker_extensions import WorkerExtensions
from webui.generation.request import GenerationRequest

LOG_VARIABLE = "BENCHMARK_LOG"


class TimedGenerator:
    """Writes, for each job, the seconds inside the model's calls and the moment of each step to a file."""

    def __init__(self, generator: Generator, log: Path) -> None:
        self._generator = generator
        self._log = log
        self._seconds: dict[str, float] = {}

    def warm_up(self, model: str | None) -> None:
        """As the generator's."""
        self._generator.warm_up(model)
        loaded = self._generator._manager.loaded
        assert loaded is not None
        family = loaded.family
        for name in ("read_prompts", "predict", "decode"):
            setattr(family, name, self._timed(name, getattr(family, name)))

    def describe(self) -> dict[str, str | None]:
        """As the generator's."""
        return self._generator.describe()

    def run(self, job: str, request: GenerationRequest, control: Control, *, record: str = "off") -> Iterator[Report]:
        """As the generator's, with the times written down at the end."""
        self._seconds.clear()
        steps: list[float] = []
        for event, preview in self._generator.run(job, request, control, record=record):
            if isinstance(event, StepDone):
                steps.append(time.time())
            yield event, preview
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"job": job, "seconds": self._seconds, "steps": steps}) + "\n")

    def looking(self, question: Question) -> Looking:
        """As the generator's."""
        return self._generator.looking(question)

    def _timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **options: Any) -> Any:
            start = time.perf_counter()
            result = call(*arguments, **options)
            self._seconds[name] = self._seconds.get(name, 0.0) + time.perf_counter() - start
            return result

        return timed


def create(
    models_dirs: Sequence[Path], data_dir: Path, *, extensions: WorkerExtensions | None = None
) -> TimedGenerator:
    """The factory that the worker calls."""
    generator = create_generator(models_dirs, data_dir, extensions=extensions)
    return TimedGenerator(generator, Path(os.environ[LOG_VARIABLE]))
