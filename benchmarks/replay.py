"""How long it takes to compute a recorded state again without the network: step 49 of 50 at SD 1.5's latents' size."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure
from tests.engine.recordings import write_recording
from webui.diffusion.trajectory import Trajectory, latents_at
from webui.engine.trajectory_file import load
from webui.generation.samplers import DEFAULT_SAMPLER, SAMPLERS

STEPS = 50
SIDE = 64
TIMES = 9
GOAL_MS = 50
BROWNIAN = "DPM++ SDE"
"""Its noise is that of a Brownian tree, which has to be grown again."""


def measure() -> list[Figure]:
    """The default sampler, the slowest of the others, and the one that stands alone."""
    with tempfile.TemporaryDirectory() as folder:
        took = dict(_all(Path(folder)))
    alone = (DEFAULT_SAMPLER, BROWNIAN)
    slowest = max((name for name in took if name not in alone), key=lambda name: took[name])
    return [
        Figure(name=f"replay to step 49 of {STEPS}, 4 x 64 x 64, {name}", value=took[name], unit="ms", goal=GOAL_MS)
        for name in (DEFAULT_SAMPLER, slowest, BROWNIAN)
    ]


def _all(folder: Path) -> Iterator[tuple[str, float]]:
    for sampler in SAMPLERS:
        if not sampler.flow:
            recording = load(write_recording(folder, sampler=sampler.name, steps=STEPS, side=SIDE))
            yield sampler.name, statistics.median(_milliseconds(recording) for _ in range(TIMES))


def _milliseconds(recording: Trajectory) -> float:
    start = time.perf_counter()
    latents_at(recording, round(recording.positions * (STEPS - 1) / STEPS))
    return 1000 * (time.perf_counter() - start)
