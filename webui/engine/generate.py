"""The worker's side of a job: from a request to events, over the model manager and the one denoise loop. Torch."""

import time
from collections.abc import Generator as Steps
from collections.abc import Iterator, Sequence
from pathlib import Path

import diffusers.utils.logging
import numpy as np
import torch
import transformers.utils.logging

from webui.diffusion.denoise import Step, denoise
from webui.diffusion.guidance import make_guide
from webui.diffusion.noise import draw_noise, picture_generators
from webui.diffusion.samplers import NoiseSchedule
from webui.engine.events import Decoding, Event, ImageDone, ModelLoading, StepDone
from webui.engine.worker_control import Control, JobControl
from webui.errors import GenerationFailed, InvalidRequest
from webui.generation.infotext import write_infotext
from webui.generation.request import GenerationRequest
from webui.generation.samplers import Schedule
from webui.library.encoding import encode_png
from webui.model_manager.loading import LoadingProgress, exhausted
from webui.model_manager.manager import LoadedModel, ModelManager

Report = tuple[Event, np.ndarray | None]
"""An event and, for a step, its preview pictures: uint8 (batch, height / 8, width / 8, 3)."""


class Generator:
    """Owns the device and does one job at a time."""

    def __init__(self, manager: ModelManager) -> None:
        self._manager = manager

    def warm_up(self, model: str | None = None) -> None:
        """Loads a model and runs it once, ahead of the first job.

        Raises:
            WebUIError: there is no model, or it cannot be loaded.
        """
        loaded = exhausted(self._manager.load(model))
        side = loaded.family.info.default_size
        request = GenerationRequest(seed=0, steps=2, width=side, height=side)
        for _ in self._batch("", request, loaded, seeds=[0], batch=0, control=JobControl()):
            pass

    def describe(self) -> dict[str, str | None]:
        """The device, the dtype and the model in memory, for the status line."""
        loaded = self._manager.loaded
        return {
            "device": self._manager.device.type,
            "dtype": str(loaded.family.dtype).removeprefix("torch.") if loaded else None,
            "model": loaded.entry.name if loaded else None,
        }

    def run(self, job: str, request: GenerationRequest, control: Control) -> Iterator[Report]:
        """Does a job and says how it goes; the request's seed is fixed already.

        Raises:
            WebUIError: the model cannot be loaded, the size does not fit it, or the walk failed.
        """
        loaded = yield from _reported(job, request.model, self._manager.load(request.model))
        _check_size(request, loaded)
        for batch in range(request.batch_count):
            first = batch * request.batch_size
            seeds = [request.seed + first + i for i in range(request.batch_size)]
            yield from self._batch(job, request, loaded, seeds=seeds, batch=batch, control=control)
            if control.interrupted:
                return

    def _batch(
        self,
        job: str,
        request: GenerationRequest,
        loaded: LoadedModel,
        *,
        seeds: list[int],
        batch: int,
        control: Control,
    ) -> Iterator[Report]:
        """One walk for a batch of pictures; ends early, without pictures, when interrupted or skipped."""
        latents = None
        started = time.perf_counter()
        for step in _walk(request, loaded, seeds):
            _check_finite(step)
            event = StepDone(
                job=job, index=step.index + 1, total=request.steps, batch=batch, batch_count=request.batch_count,
                sigma=step.sigma_next, seconds=time.perf_counter() - started,
            )  # fmt: skip
            yield event, loaded.preview.pixels(step.clean)
            if control.interrupted or control.take_skip():
                return
            latents = step.latents
            started = time.perf_counter()
        yield Decoding(job=job, batch=batch), None
        assert latents is not None
        for i, pixels in enumerate(loaded.family.decode(latents)):
            yield _finished(job, request, loaded, pixels, index=batch * request.batch_size + i), None


def create(models_dirs: Sequence[Path], data_dir: Path) -> Generator:
    """The generator of a worker process; the one place where its parts are joined."""
    _keep_libraries_quiet()
    return Generator(ModelManager(models_dirs=tuple(models_dirs), data_dir=data_dir))


def _keep_libraries_quiet() -> None:
    """Progress is told by events, and what the libraries would advise is decided here already."""
    for logging in (diffusers.utils.logging, transformers.utils.logging):
        logging.set_verbosity_error()
        logging.disable_progress_bar()


def _walk(request: GenerationRequest, loaded: LoadedModel, seeds: list[int]) -> Iterator[Step]:
    family = loaded.family
    schedule = NoiseSchedule(
        sampler=request.sampler,
        schedule=Schedule(request.schedule),
        steps=request.steps,
        config=family.scheduler_config,
        device=family.device,
    )
    guide = make_guide(
        family, prompt=request.prompt, negative_prompt=request.negative_prompt, count=len(seeds), schedule=schedule,
        request=request, embeddings=lambda name: None,
    )  # fmt: skip
    generators = picture_generators(seeds)
    scale = family.info.latent_scale
    shape = (family.info.latent_channels, request.height // scale, request.width // scale)
    noise = draw_noise(seeds=seeds, generators=generators, shape=shape, dtype=family.dtype)
    start = schedule.start_from_noise(noise.to(family.device))
    return denoise(guide, schedule, start, generators=generators)


def _finished(
    job: str, request: GenerationRequest, loaded: LoadedModel, pixels: np.ndarray, *, index: int
) -> ImageDone:
    """A picture with its parameters inside: the infotext, and the request that makes this picture alone."""
    alone = request.for_picture(index).with_changes(model=loaded.entry.name)
    infotext = write_infotext(alone)
    png = encode_png(pixels, infotext, alone.model_dump_json())
    return ImageDone(
        job=job, index=index, seed=alone.seed, width=pixels.shape[1], height=pixels.shape[0], infotext=infotext, png=png
    )


def _check_size(request: GenerationRequest, loaded: LoadedModel) -> None:
    multiple = loaded.family.info.size_multiple
    for field, side in (("width", request.width), ("height", request.height)):
        if side % multiple:
            raise InvalidRequest(
                f"{field}: {side} does not fit the model '{loaded.entry.name}'.",
                hint=f"It must be a multiple of {multiple}.",
                field=field,
            )


def _check_finite(step: Step) -> None:
    if not torch.isfinite(step.latents).all():
        raise GenerationFailed(
            f"The picture was lost at step {step.index + 1}: the latents are no longer numbers.",
            hint="Lower the CFG scale, or choose another sampler or model.",
        )


def _reported(
    job: str, model: str | None, loading: Steps[LoadingProgress, None, LoadedModel]
) -> Steps[Report, None, LoadedModel]:
    """The progress of loading as events; returns what was loaded."""
    while True:
        try:
            progress = next(loading)
        except StopIteration as end:
            return end.value
        yield ModelLoading(job=job, model=model or "", fraction=progress.fraction, detail=progress.detail), None
