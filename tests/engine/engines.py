"""Engines with a real worker process and the fake generator, for tests."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.engine.fake_model import make_model
from webui.engine.engine import Engine
from webui.engine.jobs import Job
from webui.generation.request import GenerationRequest
from webui.library.library import Library
from webui.model_manager.catalogue import Catalogue
from webui.settings import Settings

FACTORY = "tests.engine.fake_generator:create"
LONG = 120.0
"""Seconds that a loaded machine may take for something short."""


@contextmanager
def running_engine(folder: Path, *, factory: str = FACTORY, models: bool = True, **options: Any) -> Iterator[Engine]:
    """An engine on `folder/data`, stopped at the end."""
    if models:
        make_model(folder / "models")
    settings = Settings(data_dir=folder / "data", models_dirs=(folder / "models",), open_browser=False)
    library = Library(settings.data_dir)
    engine = Engine(settings, Catalogue(settings.models_dirs), library, generator_factory=factory, **options)
    try:
        engine.start()
        yield engine
    finally:
        engine.stop()
        library.close()


def request(prompt: str = "a boat", **changes: Any) -> GenerationRequest:
    """A small request."""
    return GenerationRequest(**{"prompt": prompt, "seed": 7, "steps": 4, "width": 64, "height": 64, **changes})


def finished(engine: Engine, job: Job) -> Job:
    """Wait for a job's end."""
    wait_until(lambda: not engine.job(job.id).active)
    return engine.job(job.id)


def wait_until(happened: Callable[[], Any], seconds: float = LONG) -> None:
    """Wait until it is true, and fail when that takes too long."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "this took too long"
        time.sleep(0.02)


def events(engine: Engine, job: Job) -> list[dict[str, Any]]:
    """All events of a job, which has ended or will."""
    return [dict(event) for event in engine.hub.follow(job.id)]
