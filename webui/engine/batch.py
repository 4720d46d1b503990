"""The pictures of a batch: their walks with what was recorded of them before, as events. Torch."""

import time
from collections.abc import Generator as Steps
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Protocol

import numpy as np
import torch
from PIL import Image

from webui.diffusion.families.pipeline import PipelineModel
from webui.diffusion.fast_walk import fast_walk
from webui.diffusion.text_encoder import EmbeddingLookup
from webui.diffusion.trajectory import Trajectory
from webui.engine.closeness import closeness_notes
from webui.engine.events import Decoding, Event, ImageDone, Noted, Recorded, StepDone
from webui.engine.group_recordings import Begun, GroupRecordings, recorded_model
from webui.engine.groups import Group, groups
from webui.engine.overlap import Overlap
from webui.engine.past import Past, past_of
from webui.engine.pipeline_walk import PipelineWalk
from webui.engine.refining import Refining
from webui.engine.source_picture import SourcePicture
from webui.engine.trajectory_file import load
from webui.engine.walk import Walk
from webui.engine.worker_control import Control
from webui.engine.worker_hooks import WorkerHooks
from webui.engine.written_infotext import infotext_of
from webui.errors import GenerationFailed
from webui.generation.networks import take_networks
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromStep, Video
from webui.generation.wildcards import wildcard_notes
from webui.library.encoding import encode_png
from webui.library.inputs import InputStore
from webui.library.trajectory_files import TrajectoryFiles
from webui.model_manager.manager import LoadedModel
from webui.model_manager.networks import NetworkFiles

_PATIENCE = 0.02
"""For how much of a batch's walk its pictures are waited for before the next batch begins: they are shown at once where
a step takes long, and hold nothing up where it is quick."""
Report = tuple[Event, np.ndarray | None]
"""An event and, for a step, its preview pictures: uint8 (batch, height / 8, width / 8, 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What requests name beside the model: pictures, recordings, textual inversions, networks."""

    inputs: InputStore
    trajectories: TrajectoryFiles
    embeddings: EmbeddingLookup
    networks: NetworkFiles


@dataclass(kw_only=True)
class WalkingJob:
    """A job while it runs.

    `told` are the notes that the user has read already; `pictures` are on their way to be reported.
    """

    id: str
    request: GenerationRequest
    model: LoadedModel
    source: SourcePicture | None
    control: Control
    files: Files
    recordings: GroupRecordings
    hooks: WorkerHooks
    refining: Refining | None = None
    told: set[str] = field(default_factory=set)
    pictures: Overlap[Report] = field(default_factory=Overlap)

    @cached_property
    def parent(self) -> Trajectory | None:
        """The recording that the job takes up, if it does; it is read when it is first needed.

        Raises:
            TrajectoryNotFound: it is gone.
            TrajectoryUnreadable: its file is damaged.
        """
        start = self.request.start
        return load(self.files.trajectories.path(start.trajectory)) if isinstance(start, FromStep) else None

    def notes(self, texts: Iterable[str]) -> Iterator[Report]:
        """Each sentence once."""
        for text in texts:
            if text not in self.told:
                self.told.add(text)
                yield Noted(job=self.id, text=text), None


@dataclass(frozen=True, slots=True, kw_only=True)
class _GroupWalk:
    """A group of pictures, how its walk begins, and what there is to say of it before."""

    group: Group
    begun: Begun
    walk: Walk | PipelineWalk
    notes: list[str]


class _Shown(Protocol):
    """What there is to tell of a step, whoever made it; None is not known."""

    @property
    def latents(self) -> torch.Tensor | None: ...

    @property
    def clean(self) -> torch.Tensor | None: ...

    @property
    def sigma_next(self) -> float: ...


def walk_batch(job: WalkingJob, *, batch: int) -> Iterator[Report]:
    """The pictures of a batch, walking together if they can; ends early when interrupted or skipped.

    Raises:
        WebUIError: what is asked does not fit the model or a recording, or the walk failed.
    """
    walks = _walks(job, batch)
    steps = _StepCounter(total=sum(each.walk.calls for each in walks), batch=batch)
    with _tiled(job):
        for each in walks:
            yield from job.notes(each.notes)
            with each.begun.recorder or nullcontext(), fast_walk(job.model.family, job.request.fast) as computed:
                ended = yield from _walk(job, each, steps)
                trajectory = _kept(each.begun, complete=ended)
            yield from _recorder_notes(job, each.begun)
            yield from job.notes([computed.note] if computed.note else [])
            if ended:
                yield from _pictures(job, each, trajectory, batch)
            if trajectory:
                job.pictures.then((Recorded(job=job.id, trajectory=trajectory, batch=batch, complete=ended), None))
            yield from job.pictures.ready(patience=_PATIENCE * steps.seconds)
            if not ended:
                return
            steps.resume()


@contextmanager
def _tiled(job: WalkingJob) -> Iterator[None]:
    """While it is entered, the models of a job make seamless textures, if it asks for that."""
    with ExitStack() as stack:
        if job.request.tiling:
            for family in (job.model.family, job.refining.family if job.refining else None):
                stack.enter_context(family.tiled() if family else nullcontext())
        yield


def _walks(job: WalkingJob, batch: int) -> list[_GroupWalk]:
    """The walks of a batch, up to one that the user skipped in an earlier attempt."""
    request, files = job.request, job.files
    places = range(batch * request.batch_size, (batch + 1) * request.batch_size)
    found = groups(request, places, job.hooks.resolved)
    alone = len(found) == request.batch_count == 1
    walks: list[_GroupWalk] = []
    for number, group in enumerate(found):
        if isinstance(job.model.family, PipelineModel):
            whole = PipelineWalk(group, model=job.model.family, source=job.source)
            notes = [*_prompt_notes(group, files), *whole.notes]
            walks.append(_GroupWalk(group=group, begun=Begun(), walk=whole, notes=notes))
            continue
        begun = job.recordings.begin(group, batch=batch, number=number, alone=alone)
        if begun.skipped:
            break
        branch = past_of(group, job.parent, files.inputs) if begun.past is None and job.parent is not None else None
        walk = Walk(
            group, family=job.model.family, source=job.source, embeddings=files.embeddings,
            networks=job.model.networks, refining=job.refining, hooks=job.hooks, past=begun.past or branch,
            recorder=begun.recorder,
        )  # fmt: skip
        notes = [*_prompt_notes(group, files), *walk.notes, *_branch_notes(job, branch)]
        walks.append(_GroupWalk(group=group, begun=begun, walk=walk, notes=notes))
    return walks


def _walk(job: WalkingJob, each: _GroupWalk, steps: "_StepCounter") -> Steps[Report, None, bool]:
    """The steps of a group; returns whether it came to the end."""
    for step in each.walk:
        _check_finite(step, steps.done + 1)
        yield steps.event(job, step), _previews(job, step, each.group)
        yield from job.pictures.ready()
        yield from job.notes([*job.model.memory.take_notes(), *job.hooks.take_notes()])
        if job.control.interrupted or job.control.take_skip():
            return False
        steps.resume()
    return True


def _pictures(job: WalkingJob, each: _GroupWalk, trajectory: str, batch: int) -> Iterator[Report]:
    yield Decoding(job=job.id, batch=batch), None
    films = each.walk.films() if isinstance(each.walk, PipelineWalk) else []
    for row, picture in enumerate(each.walk.pictures()):
        frames = films[row] if films else []
        job.pictures.later(partial(_finished, job, each.group, picture, frames, trajectory=trajectory, row=row))
    yield from job.notes(job.model.memory.take_notes())


def _filmed(done: ImageDone, frames: list[Image.Image], request: GenerationRequest) -> ImageDone:
    """The picture with the film that it is the first frame of."""
    # FFmpeg's libraries take a moment to load, which who makes no film should not wait for.
    from webui.imaging.mp4_stream import encode_mp4

    fps = (request.video or Video()).fps
    return replace(done, film=encode_mp4(frames, fps=fps, comment=done.infotext))


def _kept(begun: Begun, *, complete: bool) -> str:
    """Make a recording of what was walked; its id, or an empty text where there is none."""
    recorder = begun.recorder
    if recorder is None:
        return begun.trajectory
    return recorder.trajectory if recorder.finish(complete=complete) else ""


def _recorder_notes(job: WalkingJob, begun: Begun) -> Iterator[Report]:
    if begun.recorder is not None and begun.recorder.note:
        yield from job.notes([begun.recorder.note])


def _prompt_notes(group: Group, files: Files) -> list[str]:
    """What of a group's prompts is not known, in sentences."""
    return [
        note for text in group.texts for note in (*wildcard_notes(text), *files.networks.notes(take_networks(text)[1]))
    ]


def _branch_notes(job: WalkingJob, branch: Past | None) -> list[str]:
    if branch is None:
        return []
    family = job.model.family
    dtype = str(family.dtype).removeprefix("torch.")
    model = recorded_model(job.model)
    return closeness_notes(branch.trajectory.header, model=model, device=family.device.type, dtype=dtype)


class _StepCounter:
    """Counts a batch's steps and times each; what happens between `event` and `resume` is not part of a step."""

    def __init__(self, *, total: int, batch: int) -> None:
        self.done = 0
        self._total = total
        self._batch = batch
        self._since = time.perf_counter()
        self.seconds = 0.0
        """What all steps took so far."""

    def event(self, job: WalkingJob, step: _Shown) -> StepDone:
        self.done += 1
        self._total = max(self._total, self.done)  # a pipeline may make more steps than were asked for
        took = time.perf_counter() - self._since
        self.seconds += took
        return StepDone(
            job=job.id, index=self.done, total=self._total, batch=self._batch, batch_count=job.request.batch_count,
            sigma=step.sigma_next, seconds=took,
        )  # fmt: skip

    def resume(self) -> None:
        self._since = time.perf_counter()


def _previews(job: WalkingJob, step: _Shown, group: Group) -> np.ndarray | None:
    """A small picture for each of the batch, if the latents can be shown; black for those that do not walk now."""
    if step.clean is None:
        return None
    pixels = job.model.preview.pixels(step.clean)
    size = job.request.batch_size
    if len(pixels) == size:
        return pixels
    whole = np.zeros((size, *pixels.shape[1:]), pixels.dtype)
    whole[[place % size for place in group.places]] = pixels
    return whole


def _finished(
    job: WalkingJob,
    group: Group,
    picture: Image.Image,
    frames: list[Image.Image],
    *,
    trajectory: str,
    row: int,
) -> Report:
    """A picture with its parameters inside: the infotext, and the request that makes this picture alone.

    It is made in a thread, while the next pictures walk.
    """
    vae = None if isinstance(job.model.family, PipelineModel) else group.request.vae  # whole pipelines take no other
    place = group.places[row]
    alone = group.alone[row].with_changes(model=job.model.entry.name, vae=vae)
    alone = _from_own_row(alone, place, job)
    frames = [job.hooks.finished(frame, alone, keep_size=True) for frame in frames]
    picture = frames[0] if frames else job.hooks.finished(picture, alone)
    infotext = infotext_of(job.hooks.host, alone, group.templates[row])
    written = alone.model_dump_json()
    done = ImageDone(
        job=job.id, index=place, seed=alone.seed, width=picture.width, height=picture.height, infotext=infotext,
        request=written, png=encode_png(np.asarray(picture), infotext, written), trajectory=trajectory, row=row,
    )  # fmt: skip
    return _filmed(done, frames, job.request) if frames else done, None


def _from_own_row(alone: GenerationRequest, place: int, job: WalkingJob) -> GenerationRequest:
    """The request with the recorded picture that this one took up."""
    start = alone.start
    if not isinstance(start, FromStep) or start.painting or not place:
        return alone
    row = start.picture + place
    recorded = len(job.parent.header.seeds) if job.parent is not None else 0
    return alone.with_changes(start=start.model_copy(update={"picture": row})) if row < recorded else alone


def _check_finite(step: _Shown, number: int) -> None:
    if step.latents is not None and not torch.isfinite(step.latents).all():
        raise GenerationFailed(
            f"The picture was lost at step {number}: the latents are no longer numbers.",
            hint="Lower the CFG scale, or choose another sampler or model.",
        )
