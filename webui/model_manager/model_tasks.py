"""Long work on models' files (downloads, merges, conversions): one after the other, told, cancelled, remembered."""

import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from webui.errors import TaskNotFound, WebUIError
from webui.model_manager.kept_json import read_kept

TELL_SECONDS = 0.25
"""How often progress is told."""
KEPT = 20
"""Ended tasks that are remembered."""
ACTIVE = ("queued", "running")


class Cancelled(Exception):
    """Raised by work that ends because `Work.cancelled` said so."""


@dataclass(slots=True, kw_only=True)
class Task:
    """One piece of work. `wanted` is what was asked, as JSON; `done` and `total` are bytes, or parts of 1.

    `status` is queued, running, done, failed or cancelled; `result` names the model that came of it. `changes` grows
    with each that is told, so that who hears two out of their order knows the later one.
    """

    id: str
    work: str
    title: str
    wanted: Mapping[str, Any]
    status: str = "queued"
    done: float = 0
    total: float | None = None
    words: str = ""
    error: str = ""
    hint: str = ""
    result: str = ""
    created: float = field(default_factory=time.time)
    changes: int = 0

    def to_json(self) -> dict[str, Any]:
        """What the page is told: everything but what was asked, as a link may hold somebody's key."""
        told = asdict(self)
        del told["wanted"]
        return told


@dataclass(frozen=True, slots=True)
class Work:
    """What work hears and says: `tell(done, total, words)`, and `cancelled()` to be asked often."""

    task: str
    wanted: Mapping[str, Any]
    tell: Callable[[float, float | None, str], None]
    cancelled: Callable[[], bool]


class TaskDesk:
    """Takes tasks of one kind of work and does them in a thread of its own, in their order.

    Args:
        work: the name of the work ("download").
        folder: where tasks are remembered, one JSON file each.
        run: does one; returns the name of what came of it. Raises `WebUIError`, or `Cancelled`.
        publish: hears each change of a task.
        resumable: tasks that were not done when the program ended are done after the next start; else they failed.
        discard: called with a task that will not be gone on with, to tidy up.
    """

    def __init__(
        self,
        work: str,
        folder: Path,
        run: Callable[[Work], str],
        *,
        publish: Callable[[Task], None],
        resumable: bool = False,
        discard: Callable[[Task], None] = lambda task: None,
    ) -> None:
        self._work = work
        self._folder = folder
        self._run = run
        self._publish = publish
        self._resumable = resumable
        self._discard = discard
        self._tasks: dict[str, Task] = {}
        self._waiting: deque[str] = deque()
        self._cancelled: set[str] = set()
        self._changed = threading.Condition(threading.RLock())
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take up what an earlier process left."""
        for path in sorted(self._folder.glob("*.json"), key=lambda path: path.name):
            task = _read(path)
            if task is None or task.work != self._work:
                continue
            if task.status in ACTIVE and self._resumable:
                task.status = "queued"
                self._waiting.append(task.id)
            elif task.status in ACTIVE:
                task.status, task.error = "failed", "The program was stopped while this was done."
                task.hint = "Start it again."
                self._keep(task)
            self._tasks[task.id] = task
        self._thread = threading.Thread(target=self._serve, name=f"model-{self._work}", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """End the thread; what runs is interrupted and stays to be taken up."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(seconds)

    def add(self, title: str, wanted: Mapping[str, Any]) -> Task:
        """Accept a task."""
        number = f"{time.time_ns():019d}-{secrets.token_hex(4)}"
        task = Task(id=number, work=self._work, title=title, wanted=wanted)
        with self._changed:
            self._tasks[task.id] = task
            self._keep(task)
            self._waiting.append(task.id)
            self._changed.notify_all()
        self._tell(task)
        return task

    def tasks(self) -> list[Task]:
        """All that are known, the newest first."""
        with self._changed:
            return sorted(self._tasks.values(), key=lambda task: task.id, reverse=True)

    def find(self, task: str) -> Task:
        """A task by its id.

        Raises:
            TaskNotFound: there is none.
        """
        with self._changed:
            found = self._tasks.get(task)
        if found is None:
            raise TaskNotFound(
                "There is no such task.", hint="It may have been forgotten: only the last ones are kept."
            )
        return found

    def cancel(self, task_id: str) -> Task:
        """Cancel a task that waits or runs; forget one that has ended.

        Raises:
            TaskNotFound: there is none of that id.
        """
        with self._changed:
            task = self.find(task_id)
            if task.status == "running":
                self._cancelled.add(task_id)
                return task
            if task.status == "queued":
                self._waiting.remove(task_id)
                self._end(task, "cancelled")
            else:
                self._forget(task)
        self._discard(task)
        self._tell(task)
        return task

    def retry(self, task_id: str) -> Task:
        """Queue a task again that failed or was cancelled; it goes on with what it has.

        Raises:
            TaskNotFound: there is none of that id.
        """
        with self._changed:
            task = self.find(task_id)
            if task.status not in ("failed", "cancelled"):
                return task
            task.status, task.error, task.hint, task.words = "queued", "", "", ""
            self._keep(task)
            self._waiting.append(task_id)
            self._changed.notify_all()
        self._tell(task)
        return task

    def _tell(self, task: Task) -> None:
        task.changes += 1
        self._publish(task)

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    return
                task = self._tasks[self._waiting.popleft()]
                task.status = "running"
                self._keep(task)
            self._tell(task)
            self._do(task)
            self._tell(task)

    def _do(self, task: Task) -> None:
        told = 0.0

        def tell(done: float, total: float | None, words: str = "") -> None:
            nonlocal told
            task.done, task.total, task.words = done, total, words
            if time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                self._tell(task)

        cancelled = lambda: self._stopping or task.id in self._cancelled  # noqa: E731
        try:
            task.result = self._run(Work(task.id, task.wanted, tell, cancelled))
            self._end(task, "done")
        except Cancelled:
            self._interrupted(task)
        except WebUIError as error:
            task.error, task.hint = error.message, error.hint
            self._end(task, "failed")
        except Exception as error:
            task.error, task.hint = f"Something unexpected went wrong: {type(error).__name__}: {error}"[:400], ""
            self._end(task, "failed")

    def _interrupted(self, task: Task) -> None:
        with self._changed:
            if task.id not in self._cancelled:  # the program stops: the next start goes on with it
                return
            self._cancelled.discard(task.id)
        self._end(task, "cancelled")
        self._discard(task)

    def _end(self, task: Task, status: str) -> None:
        with self._changed:
            task.status, task.words = status, ""
            self._keep(task)
            ended = [known for known in self.tasks() if known.status not in ACTIVE]
            for old in ended[KEPT:]:
                self._forget(old)
                self._discard(old)

    def _forget(self, task: Task) -> None:
        self._tasks.pop(task.id, None)
        task.status = "forgotten"
        with suppress(OSError):
            self._path(task).unlink()

    def _keep(self, task: Task) -> None:
        """Remember it; where the disk takes nothing it is only not taken up after a restart."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary = self._path(task).with_suffix(".saving")
            temporary.write_text(json.dumps(asdict(task)), encoding="utf-8")
            temporary.replace(self._path(task))

    def _path(self, task: Task) -> Path:
        return self._folder / f"{task.id}.json"


def _read(path: Path) -> Task | None:
    known = {each.name for each in fields(Task)}
    try:
        return Task(**{name: value for name, value in read_kept(path).items() if name in known})
    except TypeError:
        return None
