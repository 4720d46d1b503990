"""What recording a walk costs: time beside the same job without it, memory for each step, and the size of the file."""

import gc
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.figure import Figure
from benchmarks.jobs import PROMPT
from tests.tiny_models import build_tiny_stable_diffusion
from webui.engine.events import Recorded, StepDone
from webui.engine.generate import Generator, create
from webui.engine.trajectory_file import load
from webui.engine.worker_control import JobControl
from webui.generation.request import GenerationRequest
from webui.library.trajectory_files import TrajectoryFiles
from webui.settings import Settings

PAIRS = 5
STEPS = 20
MANY_STEPS = 100
REPLAYED_STEPS = 50


def measure() -> list[Figure]:
    """The bundled model at its own size, then a tiny network at 512 x 512, where recording weighs most."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        bundled = create(Settings().models_dirs, data_dir)
        figures = list(_costs(bundled, GenerationRequest(prompt=PROMPT, steps=STEPS), "256 x 256, bundled model"))
        build_tiny_stable_diffusion(Path(folder) / "models" / "checkpoints" / "tiny")
        tiny = create([Path(folder) / "models"], data_dir)
        request = GenerationRequest(prompt="the cat", seed=0, model="tiny", steps=STEPS, width=512, height=512)
        figures += _costs(tiny, request, "512 x 512, tiny network")
        return [*figures, *_sizes(tiny, request, data_dir)]


def _costs(generator: Generator, request: GenerationRequest, where: str) -> Iterator[Figure]:
    """The same jobs with and without a recording, in turn, so that what else the machine does falls on both."""
    _seconds(generator, request.with_changes(seed=0), "steps")
    walls: list[float] = []
    processors: list[float] = []
    costs: list[float] = []
    for pair in range(PAIRS):
        order = ("off", "steps") if pair % 2 else ("steps", "off")
        took = {record: _seconds(generator, request.with_changes(seed=pair), record) for record in order}
        walls.append(100 * (took["steps"][0] / took["off"][0] - 1))
        processors.append(100 * (took["steps"][1] / took["off"][1] - 1))
        costs.append(1000 * (took["steps"][0] - took["off"][0]) / STEPS)
    yield Figure(name=f"recording, of a job's time, {where} (median)", value=statistics.median(walls), unit="%", goal=2)
    yield Figure(name="the same of its processor time", value=statistics.median(processors), unit="%", goal=2)
    yield Figure(name="the same in time a step", value=statistics.median(costs), unit="ms")


def _seconds(generator: Generator, request: GenerationRequest, record: str) -> tuple[float, float]:
    """Seconds of a job on the clock and of this process: on a busy machine the clock tells of others too."""
    gc.collect()
    job = f"{record}-{time.monotonic_ns()}"
    start, start_process = time.perf_counter(), time.process_time()
    for _ in generator.run(job, request, JobControl(), record=record):
        pass
    return time.perf_counter() - start, time.process_time() - start_process


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
