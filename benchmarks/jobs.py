"""What a job costs beside its model's calls, how long pictures take, and the web process's memory."""

import statistics
import tempfile
from pathlib import Path

import psutil

from benchmarks.figure import Figure
from benchmarks.served import served

PROMPT = "a sailboat on the sea at sunset, sun on the left"
JOBS = 7


def measure() -> list[Figure]:
    """Figures of whole jobs through the HTTP API, 20 steps of the bundled model at 256 x 256, batch 1."""
    walls: list[float] = []
    ratios: list[float] = []
    memory = 0.0
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server:
        for seed in range(JOBS):
            job = server.submit(prompt=PROMPT, seed=seed, steps=20)
            while server.job(job)["status"] == "queued":
                pass
            memory = max(memory, psutil.Process(server.pid).memory_info().rss / 1e6)
            done = server.finished(job)
            wall = done["finished"] - done["created"]
            walls.append(wall)
            ratios.append(wall / sum(server.times(job)["seconds"].values()))
    ratio = statistics.median(ratios[1:])
    return [
        Figure(name="first picture, warm model, from acceptance to saved", value=walls[0], unit="s", goal=10),
        Figure(name="later pictures (median)", value=statistics.median(walls[1:]), unit="s", goal=4),
        Figure(name="wall time of a job over its model calls (median)", value=ratio, unit="x", goal=1.03),
        Figure(name="the same, best of the jobs", value=min(ratios[1:]), unit="x"),
        Figure(name="web process, resident while a job runs", value=memory, unit="MB", goal=400),
    ]  # fmt: skip
