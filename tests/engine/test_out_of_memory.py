"""Memory that runs out on purpose, in the middle of jobs: they go on where they were, and the next ones work."""

import io
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.one_precision import computed_in
from webui.engine.events import ImageDone, Noted, StepDone
from webui.engine.generate import Generator, create
from webui.engine.worker_control import JobControl
from webui.generation.request import GenerationRequest
from webui.model_manager.loading.load_model import exhausted

CPU = torch.device("cpu")
REQUEST = GenerationRequest(prompt="the cat", model="tiny", seed=3, steps=4, width=64, height=64, batch_size=2)
ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory"),
    MemoryError(),
]


@pytest.fixture
def generator(tiny_models_dir: Path, tmp_path: Path) -> Iterator[Generator]:
    with computed_in(torch.float32):
        yield create((tiny_models_dir,), tmp_path, device=CPU)


def _events(generator: Generator, request: GenerationRequest = REQUEST) -> list[Any]:
    return [event for event, _ in generator.run("job", request, JobControl(), record="off")]


def _pictures(events: list[Any]) -> list[np.ndarray]:
    done = [event for event in events if isinstance(event, ImageDone)]
    return [np.asarray(Image.open(io.BytesIO(event.png)).convert("RGB")).astype(int) for event in done]


def _notes(events: list[Any]) -> list[str]:
    return [event.text for event in events if isinstance(event, Noted)]


def _failing(call: Callable[..., Any], error: Exception, *, at: int, times: int = 1) -> Callable[..., Any]:
    calls = itertools.count()

    def failing(*arguments: Any, **more: Any) -> Any:
        if at <= next(calls) < at + times:
            raise error
        return call(*arguments, **more)

    return failing


def _part(generator: Generator, name: str) -> Any:
    return exhausted(generator._manager.load("tiny")).family.parts[name]


@pytest.mark.parametrize("error", ERRORS)
def test_a_walk_goes_on_at_the_step_where_memory_ran_out(
    generator: Generator, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _pictures(_events(generator))
    unet = _part(generator, "unet")
    monkeypatch.setattr(unet, "forward", _failing(unet.forward, error, at=2))
    events = _events(generator)
    assert [event.index for event in events if isinstance(event, StepDone)] == [1, 2, 3, 4]
    assert [note for note in _notes(events) if "one after the other" in note]
    made = _pictures(events)
    assert len(made) == 2
    assert all(np.abs(one - other).max() <= 1 for one, other in zip(made, expected, strict=True))


def test_a_picture_that_could_not_be_decoded_whole_is_decoded_in_tiles(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _pictures(_events(generator))
    vae = _part(generator, "vae")
    monkeypatch.setattr(vae.decoder, "forward", _failing(vae.decoder.forward, ERRORS[0], at=0))
    events = _events(generator)
    assert [note for note in _notes(events) if "in tiles" in note]
    assert all(np.abs(a - b).max() <= 1 for a, b in zip(_pictures(events), expected, strict=True))
    assert vae.use_tiling
    _events(generator)
    assert not vae.use_tiling  # the next job has memory again


def test_models_that_are_kept_for_later_are_given_up_first(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    exhausted(generator._manager.load("tiny-v"))
    unet = _part(generator, "unet")
    monkeypatch.setattr(unet, "forward", _failing(unet.forward, ERRORS[1], at=1))
    assert [note for note in _notes(_events(generator)) if "given up" in note]


def test_a_job_for_which_there_is_never_enough_memory_fails_and_the_next_one_works(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    unet = _part(generator, "unet")
    monkeypatch.setattr(unet, "forward", _failing(unet.forward, ERRORS[1], at=0, times=3))
    with pytest.raises(RuntimeError, match="allocate memory"):
        _events(generator)
    assert len(_pictures(_events(generator))) == 2
