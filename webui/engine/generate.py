"""The worker's side of a job: from a request to events, over the model manager and the walks of its pictures. Torch."""

import time
from collections.abc import Generator as Steps
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import diffusers.utils.logging
import numpy as np
import torch
import transformers.utils.logging
from PIL import Image

from webui.diffusion.denoise import Step
from webui.diffusion.prompt_encoding import EmbeddingLookup
from webui.engine.events import Decoding, Event, ImageDone, ModelLoading, Noted, StepDone
from webui.engine.groups import Group, groups
from webui.engine.looking import Looker
from webui.engine.looks import Answered, Question
from webui.engine.source_picture import SourcePicture, source_picture
from webui.engine.walk import Walk
from webui.engine.worker_control import Control, JobControl
from webui.errors import GenerationFailed, InvalidRequest
from webui.generation.infotext import write_infotext
from webui.generation.networks import take_networks
from webui.generation.request import GenerationRequest
from webui.generation.wildcards import Lookup, wildcard_notes
from webui.library.encoding import encode_png
from webui.library.inputs import InputStore
from webui.library.prompt_files import PromptFiles
from webui.library.trajectory_files import TrajectoryFiles
from webui.model_manager.embeddings import EmbeddingFiles
from webui.model_manager.loading import LoadingProgress, exhausted
from webui.model_manager.manager import LoadedModel, ModelManager
from webui.model_manager.networks import NetworkFiles

Report = tuple[Event, np.ndarray | None]
"""An event and, for a step, its preview pictures: uint8 (batch, height / 8, width / 8, 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What requests name beside the model: pictures, lists of words, textual inversions, networks."""

    inputs: InputStore
    wildcards: Lookup
    embeddings: EmbeddingLookup
    networks: NetworkFiles


@dataclass(slots=True, kw_only=True)
class _Job:
    """A job while it runs. `told` are the notes that the user has read already."""

    id: str
    request: GenerationRequest
    model: LoadedModel
    source: SourcePicture | None
    control: Control
    told: set[str] = field(default_factory=set)

    def notes(self, texts: Iterable[str]) -> Iterator[Report]:
        """Each sentence once."""
        for text in texts:
            if text not in self.told:
                self.told.add(text)
                yield Noted(job=self.id, text=text), None


class Generator:
    """Owns the device and does one job at a time."""

    def __init__(self, manager: ModelManager, files: Files, looker: Looker) -> None:
        self._manager = manager
        self._files = files
        self._looker = looker

    def warm_up(self, model: str | None = None) -> None:
        """Loads a model and runs it once, ahead of the first job.

        Raises:
            WebUIError: there is no model, or it cannot be loaded.
        """
        loaded = exhausted(self._manager.load(model))
        side = loaded.family.info.default_size
        request = GenerationRequest(seed=0, steps=2, width=side, height=side)
        job = _Job(id="", request=request, model=loaded, source=None, control=JobControl())
        for _ in self._batch(job, batch=0):
            pass

    def describe(self) -> dict[str, str | None]:
        """The device, the dtype and the model in memory, for the status line."""
        loaded = self._manager.loaded
        return {
            "device": self._manager.device.type,
            "dtype": str(loaded.family.dtype).removeprefix("torch.") if loaded else None,
            "model": loaded.entry.name if loaded else None,
        }

    def look(self, question: Question) -> Answered:
        """The answer to a question about a recording or a picture.

        Raises:
            WebUIError: the recording, the picture or the model cannot be used for it.
        """
        return self._looker.answer(question)

    def run(self, job: str, request: GenerationRequest, control: Control) -> Iterator[Report]:
        """Does a job and says how it goes; the request's seed is fixed already.

        Raises:
            WebUIError: the model cannot be loaded, what is asked does not fit it or a picture, or the walk failed.
        """
        source = source_picture(request, self._files.inputs)
        loaded = yield from _reported(job, request.model, self._manager.load(request.model))
        _check(request, loaded, source)
        running = _Job(id=job, request=request, model=loaded, source=source, control=control)
        yield from running.notes(source.notes if source else ())
        for batch in range(request.batch_count):
            yield from self._batch(running, batch=batch)
            if control.interrupted:
                return

    def _batch(self, job: _Job, *, batch: int) -> Iterator[Report]:
        """The pictures of a batch, walking together if they can; ends early when interrupted or skipped."""
        request, family = job.request, job.model.family
        places = range(batch * request.batch_size, (batch + 1) * request.batch_size)
        found = groups(request, places, self._files.wildcards)
        walks = [Walk(group, family=family, source=job.source, embeddings=self._files.embeddings) for group in found]
        steps = _StepCounter(total=sum(walk.calls for walk in walks), batch=batch)
        with family.tiled() if request.tiling else nullcontext():
            for group, walk in zip(found, walks, strict=True):
                yield from job.notes([*self._prompt_notes(group), *walk.notes])
                for step in walk:
                    _check_finite(step, steps.done + 1)
                    yield steps.event(job, step), _previews(job, step, group)
                    if job.control.interrupted or job.control.take_skip():
                        return
                    steps.resume()
                yield Decoding(job=job.id, batch=batch), None
                for place, picture in zip(group.places, walk.pictures(), strict=True):
                    yield _finished(job, group, picture, place), None
                steps.resume()

    def _prompt_notes(self, group: Group) -> list[str]:
        """What of a group's prompts is not known, in sentences."""
        return [
            note
            for text in group.texts
            for note in (*wildcard_notes(text), *self._files.networks.notes(take_networks(text)[1]))
        ]


class _StepCounter:
    """Counts a batch's steps and times each; what happens between `event` and `resume` is not part of a step."""

    def __init__(self, *, total: int, batch: int) -> None:
        self.done = 0
        self._total = total
        self._batch = batch
        self._since = time.perf_counter()

    def event(self, job: _Job, step: Step) -> StepDone:
        self.done += 1
        return StepDone(
            job=job.id, index=self.done, total=self._total, batch=self._batch, batch_count=job.request.batch_count,
            sigma=step.sigma_next, seconds=time.perf_counter() - self._since,
        )  # fmt: skip

    def resume(self) -> None:
        self._since = time.perf_counter()


def create(models_dirs: Sequence[Path], data_dir: Path) -> Generator:
    """The generator of a worker process; the one place where its parts are joined."""
    _keep_libraries_quiet()
    files = Files(
        inputs=InputStore(data_dir),
        wildcards=PromptFiles(data_dir).wildcard,
        embeddings=EmbeddingFiles(models_dirs),
        networks=NetworkFiles(models_dirs),
    )
    manager = ModelManager(models_dirs=tuple(models_dirs), data_dir=data_dir)
    looker = Looker(manager, inputs=files.inputs, embeddings=files.embeddings, recordings=TrajectoryFiles(data_dir))
    return Generator(manager, files, looker)


def _keep_libraries_quiet() -> None:
    """Progress is told by events, and what the libraries would advise is decided here already."""
    for logging in (diffusers.utils.logging, transformers.utils.logging):
        logging.set_verbosity_error()
        logging.disable_progress_bar()


def _previews(job: _Job, step: Step, group: Group) -> np.ndarray:
    """A small picture for each of the batch; black for those that do not walk now."""
    pixels = job.model.preview.pixels(step.clean)
    size = job.request.batch_size
    if len(pixels) == size:
        return pixels
    whole = np.zeros((size, *pixels.shape[1:]), pixels.dtype)
    whole[[place % size for place in group.places]] = pixels
    return whole


def _finished(job: _Job, group: Group, picture: Image.Image, place: int) -> ImageDone:
    """A picture with its parameters inside: the infotext, and the request that makes this picture alone."""
    alone = group.request.for_picture(place).with_changes(model=job.model.entry.name)
    infotext = write_infotext(alone, group.templates)
    written = alone.model_dump_json()
    return ImageDone(
        job=job.id, index=place, seed=alone.seed, width=picture.width, height=picture.height, infotext=infotext,
        request=written, png=encode_png(np.asarray(picture), infotext, written),
    )  # fmt: skip


def _check(request: GenerationRequest, loaded: LoadedModel, source: SourcePicture | None) -> None:
    multiple = loaded.family.info.size_multiple
    for field_name, side in (("width", request.width), ("height", request.height)):
        if side % multiple:
            raise InvalidRequest(
                f"{field_name}: {side} does not fit the model '{loaded.entry.name}'.",
                hint=f"It must be a multiple of {multiple}.",
                field=field_name,
            )
    if request.hires is not None and source is not None and source.area is not None:
        raise InvalidRequest(
            "hires: a picture of which only a part is made anew has no second pass.",
            hint="Remove the mask and the margins, or turn the hires fix off.", field="hires",
        )  # fmt: skip


def _check_finite(step: Step, number: int) -> None:
    if not torch.isfinite(step.latents).all():
        raise GenerationFailed(
            f"The picture was lost at step {number}: the latents are no longer numbers.",
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
