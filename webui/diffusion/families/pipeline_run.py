"""One call of a pipeline of diffusers, in a thread of its own, step by step."""

import queue
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from webui.diffusion.families.pipeline_steps import StepTeller
from webui.errors import GenerationFailed, InvalidRequest

_RESULTS = ("images", "frames", "image", "video")


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineStep:
    """One step of a pipeline; `latents` are as it keeps them, None where it does not tell."""

    index: int
    latents: torch.Tensor | None


class PipelineRun:
    """One call of a pipeline, in a thread of its own: iterate over its steps, then ask for its `result`.

    The pipeline waits after each step until the next one is asked for; who stops iterating ends it.
    """

    def __init__(self, pipeline: Any, arguments: Mapping[str, Any]) -> None:
        self._pipeline = pipeline
        self._arguments = arguments
        self._news: queue.SimpleQueue[PipelineStep | None] = queue.SimpleQueue()
        self._go = threading.Semaphore(0)
        self._stopped = False
        self._begun = False
        self._error: BaseException | None = None
        self._output: Any = None

    def __iter__(self) -> Iterator[PipelineStep]:
        """Each step when it is done.

        Raises:
            InvalidRequest: the pipeline refuses its arguments, in its own words.
            GenerationFailed: it failed on the way.
            MemoryError, torch.OutOfMemoryError: there is not enough memory.
        """
        thread = threading.Thread(target=self._run, name="pipeline", daemon=True)
        thread.start()
        try:
            while (step := self._news.get()) is not None:
                yield step
                self._go.release()
        finally:
            self._stopped = True
            self._go.release()
            thread.join()
        if self._error is not None:
            raise _told(self._error, begun=self._begun) from self._error

    @property
    def result(self) -> list[list[Image.Image]]:
        """What was made: for each picture its one frame, for each film its frames (RGB)."""
        made = next((found for name in _RESULTS if (found := getattr(self._output, name, None)) is not None), None)
        if made is None:
            raise RuntimeError(f"the pipeline gave neither pictures nor films but {type(self._output).__name__}")
        return [[frame.convert("RGB") for frame in (each if isinstance(each, list) else [each])] for each in made]

    def _run(self) -> None:
        teller = StepTeller(self._pipeline, self._tell)
        try:
            with teller.told() as callbacks:
                self._output = self._pipeline(**self._arguments, **callbacks)
        except _Stopped:
            pass
        except BaseException as error:
            self._error = error
        finally:
            self._news.put(None)

    def _tell(self, index: int, latents: torch.Tensor | None) -> None:
        self._begun = True
        self._news.put(PipelineStep(index=index, latents=latents))
        self._go.acquire()
        if self._stopped:
            raise _Stopped


def _told(error: BaseException, *, begun: bool) -> BaseException:
    """What went wrong in a pipeline, in a sentence around its own words."""
    said = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")[:300]
    if isinstance(error, ValueError) and not begun:  # it looks at its arguments first: sizes that do not fit, and such
        return InvalidRequest(f"The model's pipeline cannot do this: {said}.")
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or not isinstance(error, Exception):
        return error
    hint = "Try another size or number of frames, or choose another model; the log has the details."
    return GenerationFailed(f"The model's pipeline failed: {said}.", hint=hint)


class _Stopped(BaseException):
    """Nobody asks for the next step. No `Exception`, so that no pipeline's own handling of errors takes it."""
