"""The dispatcher: one thread that keeps a worker alive, gives it the next job, and passes on what it says."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from webui.engine.event_hub import EventHub
from webui.engine.events import Event, Failed, Finished
from webui.engine.extension_watch import ExtensionWatch
from webui.engine.job_queue import MAX_ATTEMPTS, TELL_SECONDS, JobQueue
from webui.engine.jobs import Job, JobStatus
from webui.engine.look_desk import LookDesk
from webui.engine.looks import Answered, Question, Wanted
from webui.engine.messages import Answer, ExtensionFault, Interrupt, Report, Run, Skip, Stop, WarmUp, WorkerReport
from webui.engine.page_events import PageEvents
from webui.engine.process_host import log_unexpected
from webui.engine.worker_process import Lost, WorkerProcess
from webui.generation.request import GenerationRequest
from webui.library.database import StorageUnavailable

TICK_SECONDS = 1.0
MAX_FAILED_STARTS = 3
MAX_BACKOFF_SECONDS = 30.0
STOP_SECONDS = 2.0
RETIRE_SECONDS = 10.0
"""How long a worker that is to give way to another one may take to end its extensions."""
SAVE_AGAIN_SECONDS = 5.0
"""How often pictures are tried again that the disk would not take."""

Tell = Callable[[WorkerProcess, Report | Lost], None]
_log = logging.getLogger(__name__)


class Dispatcher:
    """Joins the queue and the worker.

    Args:
        jobs: where jobs come from.
        hub: who is told.
        page_events: makes worker events ready for the page.
        new_worker: makes a worker that reports to the function it is given.
        cancel_grace_s: how long a job that was asked to stop may take for it before its worker is killed, in seconds.
        watch: knows the extensions in the worker.
        record: what is recorded of the jobs that begin now.
        notes: what there is to tell of a request when its job begins, in sentences.
    """

    def __init__(
        self,
        *,
        jobs: JobQueue,
        hub: EventHub,
        page_events: PageEvents,
        new_worker: Callable[[Tell], WorkerProcess],
        cancel_grace_s: float,
        watch: ExtensionWatch,
        record: Callable[[], str] = lambda: "off",
        notes: Callable[[GenerationRequest], Iterable[str]] = lambda request: (),
    ) -> None:
        self._jobs = jobs
        self._hub = hub
        self._page_events = page_events
        self._new_worker = new_worker
        self._cancel_grace_s = cancel_grace_s
        self._watch = watch
        self._loaded: object = None
        """What extensions the worker has."""
        self._retired_at: float | None = None
        """When the worker was asked to give way to one with other extensions."""
        self._record = record
        self._notes = notes
        self._looks = LookDesk()
        self._inbox: queue.SimpleQueue[tuple[WorkerProcess, WorkerReport | ExtensionFault | Event | Lost] | None] = (
            queue.SimpleQueue()
        )
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)
        self._worker: WorkerProcess | None = None
        self._state: WorkerReport | None = None
        """What the worker said last; None until it takes jobs."""
        self._fruitless = 0
        """Workers in a row that died without having ended a job."""
        self._restart_at = 0.0
        self._saved_at = 0.0
        self._problem = ""
        self._told: Mapping[str, Any] = {}

    @property
    def worker_pid(self) -> int | None:
        """The worker's process id."""
        worker = self._worker
        return worker.pid if worker else None

    def start(self) -> None:
        """Begin; the worker is started in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Give the running job back to the queue and end the worker."""
        if self._thread.is_alive():
            self._stopping.set()
            self._inbox.put(None)
            self._thread.join()

    def wake(self) -> None:
        """There may be something to do."""
        self._inbox.put(None)

    def interrupt(self, job: str) -> None:
        """Ask the worker to end a job."""
        if self._worker is not None:
            self._worker.send(Interrupt(job=job))
        self.wake()

    def skip(self, job: str) -> None:
        """Ask the worker to go on with a job's next batch."""
        if self._worker is not None:
            self._worker.send(Skip(job=job))

    def look(self, question: Question, timeout_s: float, wanted: Wanted) -> Answered:
        """What the worker says to a question; see `LookDesk.ask`."""
        return self._looks.ask(self._worker, question, timeout_s, wanted)

    def status(self) -> dict[str, Any]:
        """The worker's state for the page; `worker` is "starting", "ready", "busy" or "down"."""
        report, running = self._state, self._jobs.running
        if report is None:
            state = "starting" if self._worker is not None and self._fruitless == 0 else "down"
        else:
            state = "busy" if running is not None else "ready"
        return {
            "worker": state,
            "device": report.device if report else None,
            "dtype": report.dtype if report else None,
            "model": report.model if report else None,
            "warming": report.warming if report else False,
            "problem": self._problem or (report.problem if report else ""),
            "queue": self._jobs.length,
        }

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look_after()
                self._handle_next()
            except Exception:
                # A fault of ours must not stop every job after this one.
                reference = log_unexpected(_log, "the dispatcher met an unexpected error")
                self._give_up_running(reference)
        self._shut_down()

    def _handle_next(self) -> None:
        try:
            item = self._inbox.get(timeout=TELL_SECONDS if self._jobs.has_news else TICK_SECONDS)
        except queue.Empty:
            return
        if item is None or item[0] is not self._worker:
            return
        said = item[1]
        if isinstance(said, Lost):
            self._on_lost(said)
        elif isinstance(said, WorkerReport):
            self._on_state(said)
        elif isinstance(said, ExtensionFault):
            self._watch.take_fault(said)
        else:
            self._on_event(said)

    def _look_after(self) -> None:
        """Whatever is due: write what could not be written, restart the worker, give it a job, tell the order."""
        self._save_waiting()
        try:
            self._jobs.write_waiting()
            self._kill_overdue()
            self._kill_hung()
            self._renew_extensions()
            if self._worker is None and time.monotonic() >= self._restart_at:
                self._start_worker()
            if self._state is not None and self._jobs.running is None:
                self._give_job()
            elif self._state is None and self._fruitless >= MAX_FAILED_STARTS:
                self._fail_next()
            self._jobs.publish_changes()
            if self._state is not None:
                self._problem = ""
        except StorageUnavailable as error:
            self._problem = str(error)
        self._publish_status()

    def _save_waiting(self) -> None:
        if time.monotonic() > self._saved_at + SAVE_AGAIN_SECONDS:
            self._page_events.save_waiting()
            self._saved_at = time.monotonic()

    def _start_worker(self) -> None:
        self._loaded, self._retired_at = self._watch.wanted(), None
        worker = self._new_worker(self._hear)
        try:
            worker.start()
        except OSError as error:
            self._worker_failed(f"it could not be started: {error.strerror}")
            return
        self._worker = worker

    def _hear(self, worker: WorkerProcess, said: Report | Lost) -> None:
        """What a worker said, in the thread that listens to it: answers go on at once, the rest in its turn."""
        if isinstance(said, Answer):
            self._looks.take(said)
            return
        if isinstance(said, Lost):
            self._looks.lose(worker, said.cause)
        self._inbox.put((worker, said))

    def _give_job(self) -> None:
        running = self._jobs.claim_next()
        if running is None or self._worker is None:
            return
        job = running.job
        for note in self._notes(job.request):
            self._hub.publish("noted", job=job.id, text=note)
        self._worker.send(Run(job=job.id, request=job.request.model_dump(mode="json"), record=self._record()))
        if running.cancelled_at is not None:  # asked before the worker knew the job
            self._worker.send(Interrupt(job=job.id))

    def _fail_next(self) -> None:
        """No worker can be started: tell those who wait, one job after each further attempt."""
        if self._worker is None and self._jobs.claim_next() is not None:
            self._fruitless = MAX_FAILED_STARTS - 1
            self._jobs.finish_running(JobStatus.FAILED, error=self._problem, hint="Look at the log for the details.")

    def _on_state(self, report: WorkerReport) -> None:
        if self._retired_at is not None:
            return
        first = self._state is None
        self._state = report
        if first and self._worker is not None and self._jobs.length == 0:
            self._worker.send(WarmUp(model=None))

    def _on_event(self, event: Event) -> None:
        running = self._jobs.running
        if running is None or event.job != running.job.id:
            _log.warning("the worker spoke of job %s, which does not run", event.job)
            return
        if isinstance(event, Finished | Failed):
            self._end_recordings(running.job)
        if isinstance(event, Finished):
            done = event.status == JobStatus.DONE
            self._jobs.finish_running(JobStatus.DONE if done else JobStatus.CANCELLED)
            self._fruitless = 0
        elif isinstance(event, Failed):
            self._jobs.finish_running(JobStatus.FAILED, error=event.error, hint=event.hint, at=event.field)
            self._fruitless = 0
        else:
            told = self._page_events.take(event, running)
            self._hub.publish(event.type, job=event.job, **told)

    def _on_lost(self, lost: Lost) -> None:
        planned = self._retired_at is not None
        _log.log(logging.INFO if planned else logging.WARNING, "the worker %s ended: %s", self.worker_pid, lost.cause)
        running = self._jobs.running
        blamed = self._watch.blame(self.worker_pid)
        if planned or blamed:
            self._worker = self._state = None
        else:
            self._worker_failed(lost.cause)
        if running is None:
            return
        job = running.job
        if running.cancelled_at is not None:
            self._end_recordings(job)
            self._jobs.finish_running(JobStatus.CANCELLED)
            return
        excused = bool(blamed) and self._watch.excuses(job.id)
        retrying = excused or job.attempt < MAX_ATTEMPTS
        where = f" in {blamed}" if blamed else ""
        message = f"The worker process stopped{where}: {lost.cause}."
        self._hub.publish("worker_lost", job=job.id, message=message, retrying=retrying)
        if retrying:
            self._jobs.requeue_running(uncount=excused)
        else:
            self._end_recordings(job)
            self._jobs.finish_running(
                JobStatus.FAILED,
                error=f"This job crashed the worker twice: {lost.cause}.",
                hint="Try a smaller size or another model; other jobs go on.",
            )

    def _end_recordings(self, job: Job) -> None:
        """Keep what a job recorded that nobody will go on with."""
        for told in self._page_events.end_recordings(job.id, job.owner):
            self._hub.publish("recorded", job=job.id, **told)

    def _worker_failed(self, cause: str) -> None:
        """Forget the worker and plan the next: at once the first time, then ever more slowly."""
        if self._state is None:
            self._problem = f"The worker process cannot start: {cause}."
        self._worker = self._state = None
        self._fruitless += 1
        pause = 0.0 if self._fruitless == 1 else min(2.0 ** (self._fruitless - 2), MAX_BACKOFF_SECONDS)
        self._restart_at = time.monotonic() + pause

    def _kill_overdue(self) -> None:
        """A job that was asked to stop and does not is ended with its worker."""
        running = self._jobs.running
        if running is None or running.cancelled_at is None or self._worker is None:
            return
        if time.monotonic() - running.cancelled_at > self._cancel_grace_s:
            _log.warning("job %s did not stop in %.0f s; its worker is killed", running.job.id, self._cancel_grace_s)
            self._worker.kill()

    def _kill_hung(self) -> None:
        """A worker that does not come back from an extension is ended; its job goes on without that."""
        sentence = self._watch.overdue(self.worker_pid) if self._worker is not None else ""
        if not sentence or self._worker is None:
            return
        _log.warning("%s The worker is killed", sentence)
        if self._jobs.running is not None:
            self._hub.publish("noted", job=self._jobs.running.job.id, text=sentence)
        self._worker.kill()

    def _renew_extensions(self) -> None:
        """Between two jobs, a worker whose extensions are not those that are wanted gives way to a new one."""
        if self._worker is None or self._jobs.running is not None:
            return
        if self._retired_at is None and self._loaded != self._watch.wanted():
            self._retired_at, self._state = time.monotonic(), None
            self._worker.send(Stop())
        elif self._retired_at is not None and time.monotonic() > self._retired_at + RETIRE_SECONDS:
            self._worker.kill()

    def _give_up_running(self, reference: str) -> None:
        if self._worker is not None:
            self._worker.kill()
        self._jobs.finish_running(
            JobStatus.FAILED,
            error="Something unexpected went wrong in the server.",
            hint=f"The details are in the log with the reference {reference}.",
        )
        time.sleep(TICK_SECONDS)

    def _publish_status(self) -> None:
        status = self.status()
        if {**status, "queue": 0} != {**self._told, "queue": 0}:
            self._hub.publish("status", **status)
        self._told = status

    def _shut_down(self) -> None:
        self._jobs.requeue_running(uncount=True)
        worker = self._worker
        if worker is None:
            return
        worker.send(Stop())
        if not worker.join(STOP_SECONDS):
            worker.kill()
            worker.join(STOP_SECONDS)
