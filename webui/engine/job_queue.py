"""Every change of a job's state: first on the disk, then said through the hub, one at a time."""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from webui.engine.event_hub import EventHub
from webui.engine.job_store import JobStore
from webui.engine.jobs import Job, JobStatus
from webui.errors import JobNotFound
from webui.generation.request import GenerationRequest
from webui.library.database import StorageUnavailable
from webui.library.pictures import Folder

MAX_ATTEMPTS = 2
RECENT_JOBS = 50
TELL_SECONDS = 0.1
"""The queue's order is told at most so often, however many jobs come at once."""
LISTED_JOBS = 100
"""How many places of the queue are told to the page."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class RunningJob:
    """The job that a worker has, with what is known of its progress. Changed by the dispatcher's thread only."""

    job: Job
    step: int = 0
    images: list[str] = field(default_factory=list)
    cancelled_at: float | None = None
    """When it was first asked to stop, on the monotonic clock."""

    def now(self) -> Job:
        """The job with its progress."""
        return replace(self.job, step=self.step, images=tuple(self.images))


class JobQueue:
    """Accepts jobs, gives them out in order, and ends them.

    Args:
        store: where jobs are kept.
        hub: who is told.
    """

    def __init__(self, store: JobStore, hub: EventHub) -> None:
        self._store = store
        self._hub = hub
        self._lock = threading.RLock()
        self._unwritten: dict[str, tuple[Job, Callable[[], None]]] = {}
        """What became of jobs, and how to write it, as long as the disk does not take it."""
        self._changed = False
        self._told_at = -TELL_SECONDS
        self.running: RunningJob | None = None
        self.length = 0
        """How many jobs are queued or running."""

    def recover(self) -> None:
        """After a start: what ran when the server died waits again, and everyone hears of what waits."""
        with self._lock:
            self._store.recover()
            for job in self._store.active():
                self._tell_queued(job)
            self._mark_changed()

    def submit(
        self,
        request: GenerationRequest,
        job: str | None = None,
        owner: str = "",
        folder: Folder = Folder.PICTURES,
    ) -> Job:
        """Accept a job of somebody, of this id if one is given; when this returns it is on the disk."""
        job = job or secrets.token_hex(8)
        with self._lock:
            self._store.add(job, request, owner, folder)
            accepted = self._store.find(job)
            assert accepted is not None
            self._tell_queued(accepted)
            self._mark_changed()
            return accepted

    def claim_next(self) -> RunningJob | None:
        """Take the next job to run it; None when none waits."""
        with self._lock:
            job = self._store.claim_next()
            if job is None:
                return None
            self.running = RunningJob(job)
            request = job.request.model_dump()
            self._hub.publish("started", job=job.id, owner=job.owner, attempt=job.attempt, request=request)
            self._mark_changed()
            return self.running

    def cancel(self, job: str) -> Job:
        """Cancel a job that waits, or note that the running one is to stop; others are left as they are.

        Raises:
            JobNotFound: there is no such job.
        """
        with self._lock:
            if self.running is not None and self.running.job.id == job:
                if self.running.cancelled_at is None:
                    self.running.cancelled_at = time.monotonic()
                return self.running.now()
            if self._store.cancel_queued(job):
                self._hub.publish("finished", job=job, status=JobStatus.CANCELLED.value, images=[])
                self._mark_changed()
            return self.find(job)

    def requeue_running(self, *, uncount: bool) -> None:
        """Put the running job back in its place."""
        with self._lock:
            if self.running is None:
                return
            job = replace(self.running.job, status=JobStatus.QUEUED, step=0)
            self._write(job, lambda: self._store.requeue(job.id, uncount=uncount))
            self.running = None
            self._mark_changed()

    def finish_running(
        self, status: JobStatus, *, error: str | None = None, hint: str = "", at: str | None = None
    ) -> None:
        """End the running job and say so; `at` is the request's field that was wrong.

        When the disk does not take it, it is kept in memory and written later by `write_waiting`.
        """
        with self._lock:
            if self.running is None:
                return
            ended = replace(
                self.running.now(), status=status, error=error, hint=hint, field=at, finished=time.time(), position=0
            )
            self._write(ended, lambda: self._store.finish(ended))
            self.running = None
            if status is JobStatus.FAILED:
                self._hub.publish("failed", job=ended.id, error=error, hint=hint, field=at)
            else:
                self._hub.publish("finished", job=ended.id, status=status.value, images=list(ended.images))
            self._mark_changed()

    def write_waiting(self) -> None:
        """Try again to write what the disk did not take; raises `StorageUnavailable` when it still does not."""
        with self._lock:
            for job, write in list(self._unwritten.values()):
                write()
                del self._unwritten[job.id]

    @property
    def has_news(self) -> bool:
        """Whether `publish_changes` still has to tell something."""
        return self._changed

    def find(self, job: str) -> Job:
        """The job of that id as it is now.

        Raises:
            JobNotFound: there is none.
        """
        with self._lock:
            if self.running is not None and self.running.job.id == job:
                return self.running.now()
            found = self._unwritten[job][0] if job in self._unwritten else self._store.find(job)
        if found is None:
            raise JobNotFound("There is no such job.", hint="Look at the list of jobs for those that are known.")
        return found

    def jobs(self, scope: str | None = None) -> list[Job]:
        """Running and queued jobs in their order, then those that ended, newest first: somebody's, or everybody's."""
        with self._lock:
            found = [*self._store.active(), *self._store.recent(RECENT_JOBS, scope)]
            return [self._as_known(job) for job in found if scope is None or job.owner == scope]

    def active(self, scope: str | None = None) -> list[Job]:
        """Running and queued jobs in their order: somebody's, or everybody's."""
        with self._lock:
            found = [self._as_known(job) for job in self._store.active()]
        return [job for job in found if job.active and (scope is None or job.owner == scope)]

    def counted(self, owner: str) -> tuple[int, int]:
        """How many jobs of somebody wait or run, and how many there ever were."""
        return self._store.counted(owner)

    def publish_changes(self) -> None:
        """Tell everyone the queue's order, if it has changed since the last time and that was long enough ago."""
        with self._lock:
            now = time.monotonic()
            if not self._changed or now < self._told_at + TELL_SECONDS:
                return
            self._changed = False
            self._told_at = now
            active = self.active()
            self.length = len(active)
            listed: list[dict[str, Any]] = [
                {"id": job.id, "owner": job.owner, "position": job.position, "prompt": job.request.prompt[:200]}
                for job in active[:LISTED_JOBS]
            ]
            self._hub.publish("queue", jobs=listed, length=len(active))

    def _tell_queued(self, job: Job) -> None:
        request = job.request.model_dump()
        self._hub.publish("queued", job=job.id, owner=job.owner, position=job.position, request=request)

    def _as_known(self, job: Job) -> Job:
        if self.running is not None and self.running.job.id == job.id:
            return self.running.now()
        return self._unwritten[job.id][0] if job.id in self._unwritten else job

    def _write(self, job: Job, write: Callable[[], None]) -> None:
        try:
            write()
        except StorageUnavailable as problem:
            _log.warning("that job %s is %s was not written yet: %s", job.id, job.status, problem)
            self._unwritten[job.id] = (job, write)

    def _mark_changed(self) -> None:
        self._changed = True
        try:
            self.length = self._store.waiting() - sum(not job.active for job, _ in self._unwritten.values())
        except StorageUnavailable:
            pass  # counted again when the queue's order is published
