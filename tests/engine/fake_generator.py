"""A generator without a model, for tests of everything around it. It does what words in the prompt say.

"slow": 0.2 s a step; "die at 3": kill this process at step 3; "fail": a sentence; "break": an unexpected error;
"out of memory"; "hang": step 2 never ends; "garbage": write nonsense into the pipe's report; "die once FILE": die at
step 2 unless FILE exists, which is made then; "model": say that a model is loaded first.
"""

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from webui.engine.events import Decoding, Event, ImageDone, ModelLoading, StepDone
from webui.engine.looks import (
    Answered,
    LookAttention,
    LookEnlarge,
    Looking,
    LookLatents,
    LookNearestLatents,
    LookPoints,
    LookPreprocess,
    LookRead,
    LookStep,
    LookStrip,
    Question,
)
from webui.engine.worker_control import Control
from webui.errors import GenerationFailed, ModelNotFound
from webui.generation.request import GenerationRequest
from webui.imaging.strips import encode_picture
from webui.library.encoding import encode_png


class FakeGenerator:
    def __init__(self) -> None:
        self._model: str | None = None

    def describe(self) -> dict[str, str | None]:
        return {"device": "cpu", "dtype": "float32", "model": self._model}

    def warm_up(self, model: str | None) -> None:
        self._model = model or "fake"

    def looking(self, question: Question) -> Looking:
        match question:
            case LookStrip():
                return Answered(values={"view": question.view}, parts=(b"a strip",))
            case LookStep(model="die"):
                os.kill(os.getpid(), signal.SIGKILL)
            case LookStep(model="break"):
                raise RuntimeError("an order to break")
            case LookStep(model="gone"):
                raise ModelNotFound("There is no model 'gone'.", hint="Choose another one.", field="model")
            case LookPreprocess():
                return Answered(parts=(encode_png(_pixels(16, 8, 0, len(question.values)), "", ""),))
            case LookEnlarge():
                return Answered(parts=(encode_png(_pixels(question.width, question.height, 0, 0), "", ""),))
            case LookRead():
                labels = [{"label": "fishing_boat", "score": 0.9}, {"label": "none", "score": 0.1}]
                subject = {"name": "subject", **labels[0], "labels": labels}
                told = {"reader": question.reader, "kind": "clip", "sentence": "a boat", "attributes": [subject]}
                return Answered(values=told)
            case LookPoints():
                return _points(question)
            case LookLatents():
                files = tuple(encode_picture(_pixels(16, 16, len(question.edits), 0), "png") for _ in range(2))
                return Answered(values={"channels": []}, parts=files)
            case LookNearestLatents():
                return Answered(values={"nearest": [], "compared": len(question.among)})
            case LookAttention():
                while True:
                    time.sleep(0.01)
                    yield
            case _:
                time.sleep(0.05)
                self._model = question.needs_model
        return Answered(values={"at": time.time(), "model": question.needs_model})

    def run(
        self, job: str, request: GenerationRequest, control: Control, *, record: str = "off"
    ) -> Iterator[tuple[Event, np.ndarray | None]]:
        self._model = request.model
        if "model" in request.prompt:
            for part in range(3):
                yield ModelLoading(job=job, model="fake", fraction=part / 2, detail="weights"), None
        for batch in range(request.batch_count):
            if control.interrupted:
                return
            yield from self._batch(job, request, control, batch)

    def _batch(
        self, job: str, request: GenerationRequest, control: Control, batch: int
    ) -> Iterator[tuple[Event, np.ndarray | None]]:
        for step in range(1, request.steps + 1):
            started = time.monotonic()
            self._obey(request.prompt, step)
            time.sleep(0.2 if "slow" in request.prompt else 0.01)
            yield (
                StepDone(
                    job=job,
                    index=step,
                    total=request.steps,
                    batch=batch,
                    batch_count=request.batch_count,
                    sigma=float(request.steps - step),
                    seconds=time.monotonic() - started,
                ),
                np.stack([_pixels(32, 32, request.seed + i, step) for i in range(request.batch_size)]),
            )
            if control.interrupted or control.take_skip():
                return
        yield Decoding(job=job, batch=batch), None
        for picture in range(request.batch_size):
            index = batch * request.batch_size + picture
            seed = request.seed + index
            infotext = f"{request.prompt}\nSteps: {request.steps}, Seed: {seed}"
            png = encode_png(_pixels(request.width, request.height, seed, 0), infotext, request.model_dump_json())
            yield (
                ImageDone(
                    job=job,
                    index=index,
                    seed=seed,
                    width=request.width,
                    height=request.height,
                    infotext=infotext,
                    request=request.for_picture(index).model_dump_json(),
                    png=png,
                ),
                None,
            )

    def _obey(self, prompt: str, step: int) -> None:
        if f"die at {step} " in prompt + " ":
            os.kill(os.getpid(), signal.SIGKILL)
        once = re.search(r"die once (\S+)", prompt)
        if once and step == 2 and not Path(once[1]).exists():
            Path(once[1]).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if step != 2:
            return
        if "hang" in prompt:
            time.sleep(3600)
        if "fail" in prompt:
            raise GenerationFailed("The latents are not numbers at step 2.", hint="Lower the CFG scale.")
        if "break" in prompt:
            raise RuntimeError("an order to break")
        if "out of memory" in prompt:
            raise MemoryError


class NoModels(FakeGenerator):
    def warm_up(self, model: str | None) -> None:
        raise ModelNotFound("There are no models yet.", hint="Put one there.")


def _pixels(width: int, height: int, seed: int, step: int) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    noise[: height // 2] = (step * 12) % 256
    return noise


def create(models_dirs: tuple[Path, ...], data_dir: Path, *, extensions: Any = None) -> FakeGenerator:
    return FakeGenerator()


def create_without_models(models_dirs: tuple[Path, ...], data_dir: Path, *, extensions: Any = None) -> FakeGenerator:
    return NoModels()


def create_broken(models_dirs: tuple[Path, ...], data_dir: Path, *, extensions: Any = None) -> FakeGenerator:
    raise RuntimeError("this machine cannot compute")


def _points(question: LookPoints) -> Answered:
    """A picture of one colour for each point, by its seed."""
    alone = [question.request.for_picture(index) for index in range(question.request.image_count)]
    told = [
        {"seed": each.seed, "width": 16, "height": 16, "lost": False, "strangeness": 1.0, "statistics": {"mean": 0.0}}
        for each in alone
    ]
    files = tuple(encode_picture(_pixels(16, 16, each.seed, 0), question.format) for each in alone)
    return Answered(values={"pictures": told}, parts=files)
