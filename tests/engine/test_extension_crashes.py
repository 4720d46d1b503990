"""A worker that an extension holds up or takes down: the job goes on in the next one, from what was recorded of it."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.engines import events, finished, wait_until
from tests.engine.small_extensions import write_extension
from webui.engine.engine import Engine
from webui.extensions.extensions import Extensions
from webui.generation.request import GenerationRequest
from webui.library.library import Library
from webui.model_manager.catalogue import Catalogue
from webui.settings import Settings

HANGING = """
@hookimpl
def on_step(step):
    if step.index == 1:
        time.sleep(600)
"""


@pytest.mark.slow
def test_a_job_that_hangs_in_an_extension_gives_the_picture_without_it(tiny_models_dir: Path, tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path / "data", models_dirs=(tiny_models_dir,), extensions_dir=tmp_path / "extensions",
        extension_deadline_s=3.0, open_browser=False,
    )  # fmt: skip
    write_extension(settings.extensions_dir, "hanging", HANGING, torch=False)
    request = GenerationRequest(prompt="the cat", seed=3, steps=4, width=64, height=64, model="tiny")
    extensions, library = Extensions(settings), Library(settings.data_dir)
    extensions.enable("hanging")
    engine = Engine(settings, Catalogue(settings.models_dirs), library, extensions=extensions)
    try:
        engine.start()
        job = engine.submit(request)
        happened = events(engine, job)
        first, again = finished(engine, job), finished(engine, engine.submit(request))
    finally:
        engine.stop()
        extensions.close()
        library.close()
    assert first.images == again.images != ()
    assert (first.attempt, again.attempt) == (1, 1)
    sentence = "hanging did not come back from on_step within 3 seconds."
    assert [_text(event, "noted") for event in happened if _text(event, "noted")] == [
        f"{sentence} It is switched off, and the job goes on without it."
    ]
    (lost,) = [_text(event, "worker_lost") for event in happened if _text(event, "worker_lost")]
    assert lost.startswith("The worker process stopped in the extension hanging, in on_step: ")
    card = extensions.card("hanging")
    assert (card.status, card.problem) == ("switched_off", f"It was switched off: {sentence}")


def _text(event: dict[str, Any], type_: str) -> str:
    return str(event.get("text") or event.get("message")) if event["type"] == type_ else ""


SWITCHED = """
@hookimpl
def wrap_prediction(prediction):
    return prediction * 0.5
"""


@pytest.mark.slow
def test_a_worker_takes_up_and_gives_up_extensions_between_two_jobs(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path / "data", models_dirs=(), extensions_dir=tmp_path / "extensions", open_browser=False
    )
    extensions, library = Extensions(settings), Library(settings.data_dir)
    engine = Engine(
        settings, Catalogue(settings.models_dirs), library, extensions=extensions,
        generator_factory="tests.engine.fake_generator:create_without_models",
    )  # fmt: skip
    try:
        engine.start()
        pids = [_ready(engine, None)]
        write_extension(settings.extensions_dir, "switched", SWITCHED, torch=False)
        extensions.refresh()
        extensions.enable("switched")
        pids.append(_ready(engine, pids[-1]))
        extensions.disable("switched")
        pids.append(_ready(engine, pids[-1]))
        assert len(set(pids)) == 3
    finally:
        engine.stop()
        extensions.close()
        library.close()


def _ready(engine: Engine, other_than: int | None) -> int | None:
    """The process of a worker that takes jobs, and is another one."""
    wait_until(lambda: engine.worker_pid not in (None, other_than) and engine.status()["worker"] == "ready")
    return engine.worker_pid
