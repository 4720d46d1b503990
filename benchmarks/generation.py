"""How fast a model of real size makes pictures, side by side in one run: plain diffusers, tuned diffusers, and ours.

`python -m benchmarks.generation [--json] [--size small|sd15|sdxl|flux] [--steps N] [--rounds N]`. The programs take
turns at every single step, so that what else the machine does falls on all of them alike.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import torch

from benchmarks.figure import Figure, machine, report
from benchmarks.random_models import SIZES, build, weight_bytes

STEPS, ROUNDS = 4, 1
SIDES = {"small": 256, "sd15": 512, "sdxl": 1024, "flux": 1024}
NAMES = {
    "plain": "plain diffusers",
    "tuned": "tuned diffusers",
    "ours": "ours",
    "ours-fast": "ours, Faster preset",
}
_GB = 1e9


def measure(sizes: Sequence[str] | None = None, *, steps: int = STEPS, rounds: int = ROUNDS) -> list[Figure]:
    """The figures of some sizes; by default SD 1.5, and with a GPU also SDXL and FLUX.1."""
    gpu = torch.cuda.is_available()
    chosen = sizes or (("sd15", "sdxl", "flux") if gpu else ("sd15",))
    return [figure for size in chosen for figure in _measured(size, steps=steps, rounds=rounds, gpu=gpu)]


class Program:
    """A process of `benchmarks.generation_variant`, and what it has told so far."""

    def __init__(self, name: str, model: Path, data_dir: Path, *, side: int, steps: int) -> None:
        self.name = name
        self.told: dict[str, list[dict[str, Any]]] = defaultdict(list)
        command = [sys.executable, "-m", "benchmarks.generation_variant", name, model, data_dir, side, steps]
        # Threads that spin while they wait would slow the programs down whose turn it is.
        self._process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"OMP_WAIT_POLICY": "PASSIVE"},
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def hear(self) -> dict[str, Any]:
        """What it says at the end of its turn.

        Raises:
            RuntimeError: it ended instead.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the program '{self.name}' ended while it was measured")
        told = json.loads(line)
        self.told[told["stretch"]].append(told)
        return told

    def turn(self) -> dict[str, Any]:
        """Let it do its next stretch; returns what it says at the end."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self.hear()

    def forget(self) -> None:
        """What was told of steps and decoding so far does not count."""
        self.told["step"].clear()
        self.told["decode"].clear()

    def seconds(self, stretch: str) -> float:
        """The median of a stretch. The first step of a picture has the reading of its prompt in it and is left out."""
        told = self.told[stretch]
        if stretch == "step":
            pictures = len(self.told["decode"])
            first = range(0, len(told), max(len(told) // pictures, 1))
            told = [each for number, each in enumerate(told) if number not in first] or told
        return statistics.median(each["seconds"] for each in told)

    def whole(self) -> float:
        """Seconds of a warm job: the mean over all of them."""
        jobs = len(self.told["decode"])
        return sum(each["seconds"] for stretch in ("step", "decode") for each in self.told[stretch]) / jobs

    def last(self, stretch: str, key: str) -> float:
        """What was told last."""
        return self.told[stretch][-1][key]


def _measured(size: str, *, steps: int, rounds: int, gpu: bool) -> Iterator[Figure]:
    """Builds a model and measures it; the folder is removed again."""
    with tempfile.TemporaryDirectory(prefix="darkroom-benchmark-") as folder:
        model = build(Path(folder) / "models" / "checkpoints" / size, size)
        names = ["plain", "tuned", "ours", *(["ours-fast"] if gpu and size == "flux" else [])]
        programs: dict[str, Program] = {}
        with Program("ours", model, Path(folder) / "ours", side=SIDES[size], steps=steps) as first:
            first.hear()  # measures and fits what the later loads find remembered
        where = f"{size}, {'GPU' if gpu else 'CPU'}"
        yield Figure(name=f"first load of all, ours, {where}", value=first.last("load", "seconds"), unit="s")
        try:
            for name in names:  # they load one after the other: peaks of memory are then their own
                started = Program(name, model, Path(folder) / name, side=SIDES[size], steps=steps)
                programs[name] = started
                started.hear()
            _take_turns(list(programs.values()), 1)
            for program in programs.values():
                program.forget()
            for _ in range(rounds):
                _take_turns(list(programs.values()), steps)
        finally:
            for program in programs.values():
                program.__exit__()
        yield from _figures(size, programs, model, steps=steps, gpu=gpu)


def _take_turns(programs: Sequence[Program], steps: int) -> None:
    """Each program makes a picture, a step at a time."""
    for _ in range(steps + 1):  # the last turn is the decoding
        for program in programs:
            program.turn()


def _figures(size: str, programs: dict[str, Program], model: Path, *, steps: int, gpu: bool) -> Iterator[Figure]:
    where = f"{size}, {'GPU' if gpu else 'CPU'}"
    for name, program in programs.items():
        told = f"{NAMES[name]}, {where}"
        yield Figure(name=f"a step, {told}", value=program.seconds("step"), unit="s")
        yield Figure(name=f"VAE decode and PNG, {told}", value=program.seconds("decode"), unit="s")
        goal = 33.0 if (size, name, gpu, steps) == ("sd15", "ours", False, STEPS) else None
        yield Figure(name=f"whole warm job of {steps} steps, {told}", value=program.whole(), unit="s", goal=goal)
        yield Figure(name=f"loading, {told}", value=program.last("load", "seconds"), unit="s")
        yield from _memory(program, told, model, gpu=gpu)
    step = {name: program.seconds("step") for name, program in programs.items()}
    decode = {name: program.seconds("decode") for name, program in programs.items()}
    yield Figure(name=f"a step, ours over plain, {where}", value=step["ours"] / step["plain"], unit="x",
                 goal=None if gpu else 0.55)  # fmt: skip
    yield Figure(name=f"a step, ours over tuned, {where}", value=step["ours"] / step["tuned"], unit="x",
                 goal=1.02 if gpu else 1.03)  # fmt: skip
    yield Figure(name=f"decode, ours over tuned, {where}", value=decode["ours"] / decode["tuned"], unit="x")
    if "ours-fast" in step:
        yield Figure(name=f"a step, Fast over tuned, {where}", value=step["ours-fast"] / step["tuned"], unit="x",
                     goal=0.45)  # fmt: skip
    if gpu:
        peak = {name: program.last("decode", "gpu_peak") for name, program in programs.items()}
        yield Figure(name=f"GPU memory, ours over tuned, {where}", value=peak["ours"] / peak["tuned"], unit="x", goal=1)


def _memory(program: Program, told: str, model: Path, *, gpu: bool) -> Iterator[Figure]:
    ours = program.name == "ours"
    file = weight_bytes(model)
    yield Figure(name=f"peak memory while loading over the file's size, {told}", unit="x",
                 value=program.last("load", "peak") / file, goal=1.15 if ours else None)  # fmt: skip
    if gpu:
        yield Figure(
            name=f"peak of the GPU's memory, {told}", value=program.last("decode", "gpu_peak") / _GB, unit="GB"
        )
        return
    computed = file * (2 if program.name == "plain" else 1)
    yield Figure(name=f"resident after a job, {told}", value=program.last("decode", "resident") / _GB, unit="GB")
    yield Figure(name=f"resident over the weights as computed, {told}", unit="x",
                 value=program.last("decode", "resident") / computed, goal=1.2 if ours else None)  # fmt: skip
    yield Figure(name=f"the same without programs and mapped files, {told}", unit="x",
                 value=program.last("decode", "alone") / computed)  # fmt: skip


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="benchmarks.generation", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--size", choices=list(SIZES), action="append")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    where = machine()
    figures = measure(options.size, steps=options.steps, rounds=options.rounds)
    print(report(where, figures, as_json=options.json))
    return 0


if __name__ == "__main__":
    sys.exit(main())
