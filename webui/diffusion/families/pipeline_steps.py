"""How a pipeline of diffusers tells of its steps: by the callback of today, that of older ones, or its progress bar."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

Tell = Callable[[int, torch.Tensor | None], None]
"""Called after each step with its number from 0, and the latents if the pipeline shows them; may raise to end it."""


class StepTeller:
    """Calls `tell` after each step of a pipeline, in the pipeline's own thread.

    Args:
        pipeline: the pipeline.
        tell: see `Tell`.
    """

    def __init__(self, pipeline: Any, tell: Tell) -> None:
        self._pipeline = pipeline
        self._tell = tell
        self._count = 0

    @contextmanager
    def told(self) -> Iterator[Mapping[str, Any]]:
        """The arguments that the pipeline is to be called with while this is entered."""
        parameters = inspect.signature(self._pipeline.__call__).parameters
        if "callback_on_step_end" in parameters:
            yield {"callback_on_step_end": self._step_end}
        elif "callback" in parameters and "callback_steps" in parameters:
            yield {"callback": self._older, "callback_steps": 1}
        else:
            # Every pipeline of diffusers moves a progress bar, also those that have no callback yet.
            self._pipeline.progress_bar = self._bar
            try:
                yield {}
            finally:
                del self._pipeline.progress_bar

    def _next(self, latents: torch.Tensor | None) -> None:
        self._tell(self._count, latents)
        self._count += 1

    def _step_end(self, pipeline: Any, index: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        latents = tensors.get("latents")
        self._next(latents if isinstance(latents, torch.Tensor) else None)
        return tensors

    def _older(self, index: int, timestep: Any, latents: torch.Tensor) -> None:
        self._next(latents)

    def _bar(self, iterable: Iterable[Any] | None = None, total: int | None = None) -> "_Bar":
        return _Bar(iterable, lambda: self._next(None))


class _Bar:
    """Stands in for tqdm's bar, as far as pipelines use one."""

    def __init__(self, iterable: Iterable[Any] | None, moved: Callable[[], None]) -> None:
        self._iterable = iterable
        self._moved = moved

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        for each in self._iterable or ():
            yield each
            self._moved()

    def update(self, count: int = 1) -> None:
        """One step is done."""
        self._moved()

    def set_postfix(self, *_: object, **__: object) -> None:
        """Nothing is shown here."""

    def close(self) -> None:
        """Nothing is open here."""
