"""One of the programs that `benchmarks.generation` measures side by side, in a process of its own.

`python -m benchmarks.generation_variant NAME MODEL_FOLDER DATA_FOLDER SIDE STEPS`: loads, then makes pictures. After
each stretch of work it prints a line of JSON with the seconds that it took and waits for a line on its input, so that
whoever started it can let several of them take turns.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import torch

PROMPT, NEGATIVE = "the cat by the sea", "dog"
GUIDANCE, SEED = 7.5, 1


class Turns:
    """Says how long each stretch of work took, and waits for the next turn."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def done(self, stretch: str, **more: Any) -> None:
        """A stretch is over; the clock stands still until the next turn."""
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        seconds = time.perf_counter() - self._since
        print(json.dumps({"stretch": stretch, "seconds": seconds, **more}), flush=True)
        if not sys.stdin.readline():
            sys.exit(0)
        self._since = time.perf_counter()


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be made: a picture of so many pixels along each side, in so many steps."""

    folder: Path
    data_dir: Path
    side: int
    steps: int


Make = Callable[[int, Turns], None]
"""Makes a picture in so many steps, and says after each and at the end that it is there."""


def plain(job: Job) -> Make:
    """The pipeline as diffusers' documentation shows it: `from_pretrained`, then the call; on a GPU in 16 bits."""
    return _piped(job, _pipeline(job, _usual_dtype() if torch.cuda.is_available() else torch.float32))


def tuned(job: Job) -> Make:
    """The same with what diffusers' documentation on speed advises: 16 bits, channels-last memory, SDPA."""
    pipeline = _pipeline(job, _usual_dtype() if torch.cuda.is_available() else torch.bfloat16)
    if hasattr(pipeline, "unet"):
        pipeline.unet.to(memory_format=torch.channels_last)
    pipeline.vae.to(memory_format=torch.channels_last)
    return _piped(job, pipeline)


def ours(job: Job, **options: Any) -> Make:
    """This program through its whole job path: guidance, previews, recording, infotext and PNG."""
    from webui.engine.events import ImageDone, StepDone
    from webui.engine.generate import create
    from webui.engine.worker_control import JobControl
    from webui.generation.request import GenerationRequest

    generator = create([job.folder.parent.parent], job.data_dir)
    request = GenerationRequest(
        prompt=PROMPT, negative_prompt=NEGATIVE, seed=SEED, width=job.side, height=job.side, cfg_scale=GUIDANCE,
        model=job.folder.name, sampler="Euler (flow)" if _is_flow(job.folder) else "DDIM",
        **options,
    )  # fmt: skip
    if _is_flow(job.folder):
        request = request.with_changes(cfg_scale=1.0, negative_prompt="")
    from webui.model_manager.loading.load_model import exhausted

    exhausted(generator._manager.load(job.folder.name))

    def make(steps: int, turns: Turns) -> None:
        numbered = request.with_changes(steps=steps)
        name = f"job-{time.monotonic_ns()}"
        for event, _ in generator.run(name, numbered, JobControl(), record="steps"):
            if isinstance(event, StepDone):
                turns.done("step")
            elif isinstance(event, ImageDone):
                (job.data_dir / "picture.png").write_bytes(event.png)
        turns.done("decode", **_memory())

    return make


def ours_fast(job: Job) -> Make:
    """Ours with the quicker of the Fast presets."""
    return ours(job, fast="faster")


VARIANTS: dict[str, Callable[[Job], Make]] = {"plain": plain, "tuned": tuned, "ours": ours, "ours-fast": ours_fast}


def _usual_dtype() -> torch.dtype:
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def _is_flow(folder: Path) -> bool:
    return (folder / "transformer").is_dir()


def _pipeline(job: Job, dtype: torch.dtype) -> Any:
    from diffusers import DiffusionPipeline

    pipeline = DiffusionPipeline.from_pretrained(job.folder, torch_dtype=dtype)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to("cuda") if torch.cuda.is_available() else pipeline


def _piped(job: Job, pipeline: Any) -> Make:
    asked: dict[str, Any] = {} if _is_flow(job.folder) else {"negative_prompt": NEGATIVE, "guidance_scale": GUIDANCE}

    def make(steps: int, turns: Turns) -> None:
        def step_done(_pipeline: Any, _step: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            turns.done("step")
            return tensors

        picture = pipeline(
            PROMPT, num_inference_steps=steps, width=job.side, height=job.side, **asked,
            generator=torch.Generator("cpu").manual_seed(SEED), callback_on_step_end=step_done,
        ).images[0]  # fmt: skip
        picture.save(job.data_dir / "picture.png")
        turns.done("decode", **_memory())

    return make


def _memory() -> dict[str, float]:
    """Bytes that the process has now, in all and for itself alone (without programs and mapped files)."""
    now = psutil.Process().memory_info()
    peak = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else 0
    return {"resident": now.rss, "alone": now.rss - now.shared, "gpu_peak": peak}


def _peak() -> int:
    """The most bytes that the process has had since the count was begun."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Loads, and makes a picture for every line on the input that asks for one."""
    name, folder, data_dir, side, steps = sys.argv[1:]
    job = Job(Path(folder), Path(data_dir), int(side), int(steps))
    job.data_dir.mkdir(parents=True, exist_ok=True)
    import webui.engine.generate  # noqa: F401  what each of them imports is in memory before the count

    before = psutil.Process().memory_info().rss
    Path("/proc/self/clear_refs").write_text("5")
    turns = Turns()
    make = VARIANTS[name](job)
    turns.done("load", peak=_peak() - before, before=before)
    make(1, turns)
    while True:
        make(job.steps, turns)


if __name__ == "__main__":
    main()
