"""The worker's side of a job: from a request to events, over the model manager and the walks of its pictures. Torch."""

import warnings
from collections.abc import Generator as Steps
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import diffusers.utils.logging
import torch
import transformers.utils.logging

from webui.diffusion.families.pipeline import PipelineModel
from webui.diffusion.flow import predicts_flow
from webui.engine.batch import Files, Report, WalkingJob, walk_batch
from webui.engine.builtin_hooks.model_hashes import ModelHashes
from webui.engine.builtin_hooks.wildcards import Wildcards
from webui.engine.events import ModelLoading
from webui.engine.explore_looks import ExploreLooks
from webui.engine.group_recordings import GroupRecordings, root_request
from webui.engine.latent_vectors import LatentVectors
from webui.engine.looking import Looker
from webui.engine.looks import Answered, Looking, Question
from webui.engine.point_walks import PointTools
from webui.engine.reading_looks import ReadingLooks
from webui.engine.refining import Refining, check_refines
from webui.engine.source_picture import SourcePicture, source_picture
from webui.engine.worker_control import Control, JobControl
from webui.engine.worker_extensions import WorkerExtensions
from webui.engine.worker_hooks import WorkerHooks
from webui.errors import InvalidRequest, PictureNotFound, PictureUnreadable
from webui.generation.abilities import refuse_unsupported, unheard
from webui.generation.field_needs import abilities_of
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromStep
from webui.library.inputs import InputStore
from webui.library.prompt_files import PromptFiles
from webui.library.trajectory_files import TrajectoryFiles
from webui.model_manager.embeddings import EmbeddingFiles
from webui.model_manager.loading.load_model import LoadingProgress, exhausted
from webui.model_manager.manager import LoadedModel, ModelManager
from webui.model_manager.memory.freed_memory import computing
from webui.model_manager.memory.memory_policy import Need
from webui.model_manager.networks import NetworkFiles
from webui.readers.shelf import ReaderShelf


class Generator:
    """Owns the device and does one job at a time."""

    def __init__(self, manager: ModelManager, files: Files, looker: Looker, hooks: WorkerHooks) -> None:
        self._manager = manager
        self._hooks = hooks
        self._files = files
        self._looker = looker

    def warm_up(self, model: str | None = None) -> None:
        """Loads a model and runs it once, ahead of the first job.

        Raises:
            WebUIError: there is no model, or it cannot be loaded.
        """
        self._looker.let_go()
        loaded = exhausted(self._manager.load(model))
        if isinstance(loaded.family, PipelineModel):
            return  # it has no single steps, and a whole film would take too long
        side = loaded.family.info.default_size
        request = GenerationRequest(seed=0, steps=2, width=side, height=side)
        for _ in walk_batch(self._walking("", request, loaded, JobControl()), batch=0):
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
        return exhausted(self.looking(question))

    def looking(self, question: Question) -> Looking:
        """Works on the answer to a question, which it returns; yields between two calls of the model.

        Meanwhile jobs may run and other questions be answered, also with other models.

        Raises:
            WebUIError: as from `look`.
        """
        return self._looker.answer(question)

    def run(
        self,
        job: str,
        request: GenerationRequest,
        control: Control,
        *,
        record: str = "off",
        record_to: Path | None = None,
    ) -> Iterator[Report]:
        """Does a job and says how it goes; the request's seed is fixed already.

        Args:
            job: its id. One that was begun before goes on from what was recorded of it.
            request: what to make.
            control: what the user wants of it meanwhile.
            record: "off", "steps" or "guidance" (see `webui.settings.Record`).
            record_to: a file for the recording, in the place of one in the data folder; where there are several,
                -1, -2 ... are put before the ending.

        Raises:
            WebUIError: the model cannot be loaded, what is asked does not fit it, a picture or a recording, or the walk
                failed.
        """
        self._looker.make_way(request)
        source = self._source(request)
        need = _need(request)
        # The refiner first, so that the model itself is the one that is ready when the walk begins.
        refiner = yield from self._refiner(job, request, need)
        loading = self._manager.load(request.model, vae=request.vae, need=need)
        loaded = yield from _reported(job, request.model, loading)
        _check(request, loaded, source)
        running = self._walking(job, request, loaded, control, source=source, record=record, record_to=record_to)
        running.refining = self._refining(request, loaded, refiner, need)
        yield from running.notes([*(source.notes if source else ()), *loaded.notes, *_unheard(request, loaded)])
        with computing():
            yield from _walked(running)

    def _walking(
        self,
        job: str,
        request: GenerationRequest,
        model: LoadedModel,
        control: Control,
        *,
        source: SourcePicture | None = None,
        record: str = "off",
        record_to: Path | None = None,
    ) -> WalkingJob:
        recordings = GroupRecordings(
            files=self._files.trajectories,
            inputs=self._files.inputs,
            job=job,
            record=record,
            target=record_to,
            model=model,
        )
        return WalkingJob(
            id=job, request=request, model=model, source=source, control=control, files=self._files,
            recordings=recordings, hooks=self._hooks,
        )  # fmt: skip

    def _refiner(self, job: str, request: GenerationRequest, need: Need) -> Steps[Report, None, LoadedModel | None]:
        """The refiner in memory, if the request asks for one."""
        if request.refiner is None:
            return None
        return (yield from _reported(job, request.refiner.model, self._manager.load(request.refiner.model, need=need)))

    def _refining(
        self, request: GenerationRequest, first: LoadedModel, refiner: LoadedModel | None, need: Need
    ) -> Refining | None:
        """How the two models of a job take turns.

        Raises:
            InvalidRequest: the second one cannot go on with what the first one makes.
        """
        if request.refiner is None or refiner is None:
            return None
        check_refines(refiner.family, first.family, name=request.refiner.model)
        return Refining(
            family=refiner.family,
            switch_at=request.refiner.switch_at,
            use=lambda: self._manager.use(refiner, need=need),
            use_first=lambda: self._manager.use(first, need=need),
        )

    def _source(self, request: GenerationRequest) -> SourcePicture | None:
        """What the request starts from; of a recorded step, what the recorded walk started from, if that is there."""
        if not isinstance(request.start, FromStep):
            return source_picture(request, self._files.inputs)
        root = root_request(request.start, self._files.trajectories)
        with suppress(PictureNotFound, PictureUnreadable):
            return source_picture(root, self._files.inputs) if root is not None else None
        return None


def create(
    models_dirs: Sequence[Path],
    data_dir: Path,
    *,
    extensions: WorkerExtensions | None = None,
    trajectories: TrajectoryFiles | None = None,
    device: torch.device | None = None,
) -> Generator:
    """The generator of a worker process; the one place where its parts are joined.

    Args:
        models_dirs: where models are looked for.
        data_dir: where inputs and recordings are.
        extensions: what else takes part in making pictures.
        trajectories: where recordings are instead.
        device: where models run; None is the first GPU, else the CPU.
    """
    _keep_libraries_quiet()
    manager = ModelManager(models_dirs=tuple(models_dirs), data_dir=data_dir, device=device)
    files = Files(
        inputs=InputStore(data_dir),
        trajectories=trajectories or TrajectoryFiles(data_dir),
        embeddings=EmbeddingFiles(manager.catalogue),
        networks=NetworkFiles(manager.catalogue),
    )
    extensions = extensions or WorkerExtensions()
    extensions.host.add_builtin("wildcards", Wildcards(PromptFiles(data_dir).wildcard))
    extensions.host.add_builtin("model_hashes", ModelHashes(manager.catalogue, files.networks))
    hooks = WorkerHooks(extensions.host, extensions.fresh_faults)
    tools = PointTools(inputs=files.inputs, embeddings=files.embeddings, hooks=hooks)
    looker = Looker(
        manager, inputs=files.inputs, embeddings=files.embeddings, recordings=files.trajectories,
        extensions=extensions, explored=ExploreLooks(tools, data_dir), vectors=LatentVectors(data_dir),
        reading=ReadingLooks(ReaderShelf(manager.catalogue, tuple(models_dirs)), files.inputs),
    )  # fmt: skip
    return Generator(manager, files, looker, hooks)


def _keep_libraries_quiet() -> None:
    """Progress is told by events, and what the libraries would advise is decided here already."""
    for logging in (diffusers.utils.logging, transformers.utils.logging):
        logging.set_verbosity_error()
        logging.disable_progress_bar()
    warnings.filterwarnings("ignore", category=FutureWarning, module="diffusers")  # what it deprecates of its own


def _walked(job: WalkingJob) -> Iterator[Report]:
    """All batches, up to an interruption or a failure, and all pictures that were made by then."""
    try:
        for batch in range(job.request.batch_count):
            yield from walk_batch(job, batch=batch)
            if job.control.interrupted:
                break
    except Exception:
        yield from job.pictures.rest()
        raise
    yield from job.pictures.rest()
    yield from job.notes(job.hooks.take_notes())


def _unheard(request: GenerationRequest, loaded: LoadedModel) -> tuple[str, ...]:
    family = loaded.family
    abilities = abilities_of(
        family.info.traits.capabilities, family=family.info.name,
        prediction="flow" if predicts_flow(family.scheduler_config) else None,
    )  # fmt: skip
    return unheard(request, abilities, model=loaded.entry.name)


def _check(request: GenerationRequest, loaded: LoadedModel, source: SourcePicture | None) -> None:
    refuse_unsupported(request, loaded.family.info.traits.capabilities, model=loaded.entry.name)
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


def _need(request: GenerationRequest) -> Need:
    """What a request asks of the memory: of its largest pass, guided."""
    hires, pixels = request.hires, request.width * request.height
    if hires is not None:
        pixels = int(max(pixels * hires.scale**2, hires.width * hires.height))
    return Need(pixels=pixels, pictures=request.batch_size, rows=2 * request.batch_size)


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
