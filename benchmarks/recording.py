"""What recording a walk costs: time beside the same job without it, memory for each step, and the size of the file."""

import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks.figure import Figure
from benchmarks.jobs import PROMPT
from webui.engine.events import Recorded, StepDone
from webui.engine.generate import Generator, create
from webui.engine.group_recordings import GroupRecordings
from webui.engine.recording import Recorder
from webui.engine.trajectory_file import load
from webui.engine.worker_control import JobControl
from webui.generation.request import GenerationRequest
from webui.library.trajectory_files import TrajectoryFiles
from webui.settings import Settings
from webui.testing.tiny_model import build_tiny_stable_diffusion

PAIRS = 5
STEPS = 20
MANY_STEPS = 100
REPLAYED_STEPS = 50


def measure() -> list[Figure]:
    """The bundled model at its own size, then a tiny network at 512 x 512, where recording weighs most."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        bundled = create(Settings().models_dirs, data_dir)
        figures = list(
            _costs(bundled, GenerationRequest(prompt=PROMPT, seed=0, steps=STEPS), "256 x 256, bundled model")
        )
        build_tiny_stable_diffusion(Path(folder) / "models" / "checkpoints" / "tiny")
        tiny = create([Path(folder) / "models"], data_dir)
        request = GenerationRequest(prompt="the cat", seed=0, model="tiny", steps=STEPS, width=512, height=512)
        figures += _costs(tiny, request, "512 x 512, tiny network")
        return [*figures, *_sizes(tiny, request, data_dir)]


def _costs(generator: Generator, request: GenerationRequest, where: str) -> Iterator[Figure]:
    """The same jobs with and without a recording, in turn, so that what else the machine does falls on both.

    On a busy machine two such jobs differ by more than recording costs; so the time inside the recording's own code is
    taken too, which other programs can only make longer.
    """
    _seconds(generator, request, "steps")
    ratios: list[float] = []
    shares: list[float] = []
    steps: list[float] = []
    for pair in range(PAIRS):
        order = ("off", "steps") if pair % 2 else ("steps", "off")
        took = {record: _seconds(generator, request.with_changes(seed=pair), record) for record in order}
        whole, inside = took["steps"]
        ratios.append(100 * (whole / took["off"][0] - 1))
        shares.append(100 * inside / (whole - inside))
        steps.append(1000 * inside / STEPS)
    yield Figure(
        name=f"recording, of a job's time, {where} (median)", value=statistics.median(shares), unit="%", goal=2
    )
    yield Figure(name="the same a step", value=statistics.median(steps), unit="ms")
    yield Figure(name="a recorded job beside one that is not", value=statistics.median(ratios), unit="%", goal=2)


def _seconds(generator: Generator, request: GenerationRequest, record: str) -> tuple[float, float]:
    """Seconds of a job, and those of them inside the recording's own code."""
    gc.collect()
    job = f"{record}-{time.monotonic_ns()}"
    with _timed_recording() as inside:
        start = time.perf_counter()
        for _ in generator.run(job, request, JobControl(), record=record):
            pass
        return time.perf_counter() - start, sum(inside)


@contextmanager
def _timed_recording() -> Iterator[list[float]]:
    """Collects the seconds of every call of what records."""
    seconds: list[float] = []
    places = [(Recorder, name) for name in ("begin_pass", "turn", "moved", "finish")] + [(GroupRecordings, "begin")]
    real = [(owner, name, getattr(owner, name)) for owner, name in places]
    for owner, name, call in real:
        setattr(owner, name, _timed(call, seconds))
    try:
        yield seconds
    finally:
        for owner, name, call in real:
            setattr(owner, name, call)


def _timed(call: Callable[..., Any], seconds: list[float]) -> Callable[..., Any]:
    def timed(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return call(*arguments, **options)
        finally:
            seconds.append(time.perf_counter() - start)

    return timed


def _sizes(generator: Generator, request: GenerationRequest, data_dir: Path) -> Iterator[Figure]:
    yield Figure(
        name="memory that recording takes a step, 512 x 512",
        value=_memory(generator, request, "steps") - _memory(generator, request, "off"), unit="MB", goal=1,
    )  # fmt: skip
    path = _recorded(generator, request.with_changes(seed=1, steps=30), data_dir)
    yield Figure(name="file of 30 steps at 512 x 512 in float32", value=path.stat().st_size / 1e6, unit="MB", goal=2.2)
    path = _recorded(generator, request.with_changes(seed=2, steps=REPLAYED_STEPS), data_dir)
    load(path)
    start = time.perf_counter()
    load(path)
    took = (time.perf_counter() - start) * 1000
    yield Figure(name=f"reading a recording of {REPLAYED_STEPS} steps at 512 x 512", value=took, unit="ms")


def _memory(generator: Generator, request: GenerationRequest, record: str) -> float:
    """How much the process grows over a long walk, in MB a step, from its fifth step to its last."""
    process = psutil.Process(os.getpid())
    grown, first = 0.0, 0.0
    job = f"memory-{record}-{time.monotonic_ns()}"
    for event, _ in generator.run(job, request.with_changes(steps=MANY_STEPS), JobControl(), record=record):
        if isinstance(event, StepDone):
            used = process.memory_info().rss / 1e6
            first = used if event.index == 5 else first
            grown = used - first
    return grown / (MANY_STEPS - 5)


def _recorded(generator: Generator, request: GenerationRequest, data_dir: Path) -> Path:
    job = f"file-{time.monotonic_ns()}"
    events = [event for event, _ in generator.run(job, request, JobControl(), record="steps")]
    (recorded,) = [event for event in events if isinstance(event, Recorded)]
    return TrajectoryFiles(data_dir).path(recorded.trajectory)
