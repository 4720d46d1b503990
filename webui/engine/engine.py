"""The engine as the server, the page and the command line use it: submit, look, cancel, listen. No torch here."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from webui.access.kinds import Kind
from webui.access.principal import GUEST_PREFIX
from webui.engine.dispatcher import Dispatcher, Tell
from webui.engine.event_hub import EventHub
from webui.engine.extension_watch import ExtensionWatch
from webui.engine.frames import FrameStore
from webui.engine.guest_limits import GuestLimits
from webui.engine.instance_lock import InstanceLock
from webui.engine.job_queue import JobQueue
from webui.engine.job_store import JobStore
from webui.engine.jobs import Job
from webui.engine.looks import Answered, Question, Wanted, always
from webui.engine.page_events import PageEvents
from webui.engine.recording_policy import RecordingPolicy
from webui.engine.request_hooks import RequestHooks
from webui.engine.saved_pictures import SavedPictures
from webui.engine.series import SeriesKeeper
from webui.engine.series_store import SeriesStore
from webui.engine.step_start import check_step_start
from webui.engine.view_cache import ViewCache
from webui.engine.worker_process import WorkerProcess
from webui.errors import InvalidRequest, ModelNotFound, ModelUnusable, PictureNotFound
from webui.extensions.extensions import Extensions
from webui.generation.abilities import refuse_unsupported
from webui.generation.families import as_capabilities
from webui.generation.plot_axes import AxisType
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, FromStep
from webui.library.database import StorageUnavailable
from webui.library.inputs import InputStore, Upload
from webui.library.library import Library
from webui.library.ownership import HOUSE_OWNER
from webui.library.pictures import Folder
from webui.library.prompt_files import PromptFiles
from webui.library.sliders import SliderFiles
from webui.library.trajectories import Trajectories
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import VAE
from webui.readers.shelf import ReaderShelf
from webui.settings import Settings

GENERATOR = "webui.engine.generate:create"
CANCEL_GRACE_SECONDS = 60.0
LOOK_SECONDS = 60.0
"""How long a question may wait for a busy worker."""


class Engine:
    """Jobs from acceptance to their pictures, over a worker process that it keeps alive.

    Args:
        settings: where data and models are.
        catalogue: what models there are.
        library: where pictures go; its database holds the jobs too.
        generator_factory: "module:callable" that makes the generator in the worker.
        cancel_grace_s: how long a cancelled job may take to stop before its worker is killed, in seconds.
        extensions: which take part; None is none at all. They stay the caller's, who closes them.
        lock: that of the data folder, if it is held already.
    """

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        library: Library,
        *,
        generator_factory: str = GENERATOR,
        cancel_grace_s: float = CANCEL_GRACE_SECONDS,
        extensions: Extensions | None = None,
        lock: InstanceLock | None = None,
    ) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self.readers = ReaderShelf(catalogue, settings.models_dirs)
        self.library = library
        self.inputs = InputStore(settings.data_dir)
        self.prompt_files = PromptFiles(settings.data_dir)
        self.sliders = SliderFiles(settings.data_dir)
        self.frames = FrameStore()
        self.views = ViewCache()
        self.ownership = library.ownership
        self.trajectories = Trajectories(library.database, settings.data_dir, self.ownership)
        self.recording_policy = RecordingPolicy(settings, self.trajectories, needed=self._recordings_in_use)
        self._factory = generator_factory
        self.extensions = extensions or Extensions(settings, safe_mode=True, watched=False)
        self.request_hooks = RequestHooks(self.extensions, self.prompt_files, find_models=self._find_models)
        self._saved_pictures = SavedPictures(self.extensions.web, library)
        self._hub = EventHub()
        self._lock = lock or InstanceLock(settings.data_dir)
        self._jobs = JobQueue(JobStore(library.database), self._hub)
        self.job_limits = GuestLimits(self._jobs.counted)
        self._dispatcher = Dispatcher(
            jobs=self._jobs,
            hub=self._hub,
            page_events=PageEvents(
                library, self.frames, self.trajectories, self.recording_policy, self._saved_pictures
            ),
            new_worker=self._new_worker,
            cancel_grace_s=cancel_grace_s,
            watch=ExtensionWatch(self.extensions, settings.extension_deadline_s),
            record=lambda: self.recording_policy.record,
            notes=self.request_hooks.notes,
        )
        self.series = SeriesKeeper(desk=self, store=SeriesStore(library.database), library=library, hub=self._hub)
        self._started = False

    @property
    def hub(self) -> EventHub:
        """Where everything that happens is published."""
        return self._hub

    @property
    def started(self) -> bool:
        """Whether jobs can be accepted."""
        return self._started

    @property
    def worker_pid(self) -> int | None:
        """The worker's process id, or None while there is none."""
        return self._dispatcher.worker_pid

    def start(self) -> None:
        """Take up what an earlier process left, and start the worker in the background.

        Raises:
            StartFailed: another process has the data folder.
        """
        if not self._lock.held:
            self._lock.acquire()
        self.library.recover()
        self.inputs.recover()
        self._jobs.recover()
        self.trajectories.recover({job.id for job in self._jobs.active()})
        with suppress(StorageUnavailable):  # then it is done after the next recording, or at the next start
            self.ownership.adopt_recordings()
            self.recording_policy.enforce()
        self._dispatcher.start()
        self.extensions.on_change(self._dispatcher.wake)
        self.series.start()
        self._end_visits()
        self._started = True

    def stop(self) -> None:
        """End the worker, give its job back to the queue, and give up the data folder. Takes a few seconds at most."""
        self._started = False
        self.series.stop()
        self._dispatcher.stop()
        self._saved_pictures.stop()
        self._hub.close()
        self._lock.release()

    def submit(self, request: GenerationRequest, owner: str = HOUSE_OWNER) -> Job:
        """Accept somebody's job: its model exists, its seed is fixed, and it is on the disk when this returns.

        Raises:
            JobsRefused: a guest has too many already, or came by a link that has ended.
            ModelNotFound: there is no such model, or none at all.
            ModelUnusable: the model's files are damaged.
            InvalidRequest: there is no picture or recording of an id or no style of a name that the request has, or
                it is not theirs, the recording has no such step, or the model cannot do what is asked.
            TrajectoryUnreadable: the recording's file is damaged.
            SaveFailed: a picture of the library could not be put beside the inputs, as the disk is full.
            StorageUnavailable: the disk is full, or another program holds the database.
        """
        prepared = self.prepare(request, owner)
        with self.job_limits.room(owner):
            return self.enqueue(prepared, owner=owner)

    def prepare(self, request: GenerationRequest, owner: str = HOUSE_OWNER) -> GenerationRequest:
        """The request as a job has it: with what styles and extensions change in it, and as from `ready`.

        Raises:
            WebUIError: as from `submit`, which cannot accept it.
        """
        self.job_limits.check_words(owner, request)
        return self.ready(self.request_hooks.prepared(request), owner)

    def ready(self, request: GenerationRequest, owner: str = HOUSE_OWNER) -> GenerationRequest:
        """A request that was prepared before and changed since, as a job has it: the model's name and seeds fixed.

        Raises:
            WebUIError: as from `submit`, which cannot accept it.
        """
        self.job_limits.check(owner, request)
        model = self.catalogue.find(request.model)
        self._find_beside(request)
        if model.capabilities:
            refuse_unsupported(request, as_capabilities(model.capabilities), model=model.name)
        if isinstance(request.start, FromStep):
            check_step_start(request, request.start, self.trajectories, owner or None)
        self._take_pictures(request, owner)
        return request.with_changes(model=model.name).with_fixed_seed()

    def plot_axes(self) -> Sequence[AxisType]:
        """Everything that a plot can vary."""
        return self.request_hooks.plot_axes()

    def _find_models(self, request: GenerationRequest) -> None:
        """That every model is there which a request names."""
        self.catalogue.find(request.model)
        self._find_beside(request)

    def _find_beside(self, request: GenerationRequest) -> None:
        """That the models are there which a request names beside the one that walks first."""
        if request.vae is not None:
            self.catalogue.find(request.vae, VAE)
        if request.refiner is not None:
            try:
                self.catalogue.find(request.refiner.model)
            except (ModelNotFound, ModelUnusable) as error:
                raise type(error)(error.message, hint=error.hint, field="refiner.model") from error

    def enqueue(
        self,
        prepared: GenerationRequest,
        *,
        job: str | None = None,
        owner: str = HOUSE_OWNER,
        folder: Folder = Folder.PICTURES,
    ) -> Job:
        """Accept a request that was prepared, as somebody's job of this id if one is given.

        Raises:
            StorageUnavailable: the disk is full, or another program holds the database.
        """
        job = job or secrets.token_hex(8)
        self.ownership.remember(Kind.JOB, job, owner)  # before the first event that is judged by it
        accepted = self._jobs.submit(prepared, job, owner, folder)
        self._dispatcher.wake()
        return accepted

    def job(self, job_id: str) -> Job:
        """A job as it is now.

        Raises:
            JobNotFound: there is none of that id.
        """
        return self._jobs.find(job_id)

    def jobs(self, scope: str | None = None) -> list[Job]:
        """Running and queued jobs in their order, then those that ended, newest first: somebody's, or everybody's."""
        return self._jobs.jobs(scope)

    def active_jobs(self) -> list[Job]:
        """Everybody's running and queued jobs in their order."""
        return self._jobs.active()

    def cancel_owned(self, owner: str) -> None:
        """Cancel all series and jobs of somebody; what they made stays."""
        self.series.cancel_owned(owner)
        for job in self._jobs.active(owner):
            self.cancel(job.id)

    def cancel(self, job_id: str) -> Job:
        """Cancel a job: at once while it waits, after its current step while it runs. Does nothing to ended ones.

        Raises:
            JobNotFound: there is none of that id.
        """
        job = self._jobs.cancel(job_id)
        if job.active:
            self._dispatcher.interrupt(job_id)
        else:
            self._dispatcher.wake()
        return job

    def skip(self, job_id: str) -> None:
        """End the running job's current batch after its step, and go on with the next.

        Raises:
            JobNotFound: there is none of that id.
        """
        if self.job(job_id).active:
            self._dispatcher.skip(job_id)

    def look(self, question: Question, timeout_s: float = LOOK_SECONDS, wanted: Wanted = always) -> Answered:
        """What the worker answers to a question about a recording or a picture; waits for it, in any thread.

        Answers are kept in `views`. What is not `wanted` any more is given up, in the worker too.

        Raises:
            LookGivenUp: it is not wanted any more.
            LookFailed: there is no worker, it died over it, or it did not come to it in time.
            WebUIError: the recording, the picture or the model cannot be used for it.
        """
        return self.views.answer(question, lambda anyone: self._dispatcher.look(question, timeout_s, anyone), wanted)

    def status(self) -> dict[str, Any]:
        """The worker's state, where it computes and with what, and how long the queue is."""
        return self._dispatcher.status()

    def _end_visits(self) -> None:
        """Cancel what guests have left: the link that they came by ended with the process that had it open."""
        with suppress(StorageUnavailable):
            for owner in {each.owner for each in [*self._jobs.active(), *self.series.active()]}:
                if owner.startswith(GUEST_PREFIX):
                    self.cancel_owned(owner)

    def keep_picture(self, content: bytes, owner: str = HOUSE_OWNER) -> Upload:
        """Keep a picture file that somebody brings.

        Raises:
            JobsRefused: a guest has brought as much as guests may.
            PictureUnreadable: it is no picture, damaged, or too large.
            SaveFailed: the disk is full or refuses the file.
        """
        self.job_limits.check_upload(owner)
        upload = self.inputs.add_file(content)
        if not self.ownership.owns(owner or None, Kind.INPUT, upload.id):
            self.job_limits.count_upload(owner, self.inputs.path(upload.id).stat().st_size)
            self.ownership.note(owner, Kind.INPUT, upload.id)
        return upload

    def take_picture(self, picture: str, owner: str, *, field: str) -> None:
        """Make sure that the worker finds a picture that somebody names among the inputs.

        Raises:
            InvalidRequest: there is none of that id, or it is not theirs; `field` is what named it.
            SaveFailed: it could not be put beside the inputs, as the disk is full.
        """
        try:
            if not self.ownership.owns(owner or None, Kind.INPUT, picture):
                raise PictureNotFound("There is no such picture.")
            self.inputs.take(picture, self.library)
        except PictureNotFound as error:
            raise InvalidRequest(
                f"{field}: there is no picture {picture}.", hint="Choose the picture again.", field=field
            ) from error

    def _take_pictures(self, request: GenerationRequest, owner: str) -> None:
        """Make sure that the worker finds every picture of the request among the inputs."""
        start, mask = request.start, request.mask
        named = {
            "start.picture": start.picture if isinstance(start, FromPicture) else None,
            "start.toward": start.toward if isinstance(start, FromPicture) else None,
            "start.painting": start.painting if isinstance(start, FromStep) else None,
            "mask.picture": mask.picture if mask else None,
        }
        for field, picture in named.items():
            if picture is not None:
                self.take_picture(picture, owner, field=field)

    def _recordings_in_use(self) -> set[str]:
        """What jobs that wait or run start from."""
        starts = (job.request.start for job in self._jobs.active())
        return {start.trajectory for start in starts if isinstance(start, FromStep)}

    def _new_worker(self, tell: Tell) -> WorkerProcess:
        settings = self.settings
        return WorkerProcess(
            self._factory, settings.models_dirs, settings.data_dir, tell, self.extensions.worker_folders()
        )
