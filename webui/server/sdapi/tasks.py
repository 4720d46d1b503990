"""A1111's tasks: names that clients give to their requests, to ask how far they are at `/internal/progress`."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from webui.access.principal import Principal

MAX_TASKS = 200


@dataclass(frozen=True, slots=True)
class Task:
    """A named request: whose it is, its job once there is one, and whether it has ended."""

    owner: str
    job: str | None = None
    ended: bool = False


class Tasks:
    """The last tasks. Threads may share it."""

    def __init__(self) -> None:
        self._tasks: OrderedDict[str, Task] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def waiting(self, name: str | None, principal: Principal) -> Iterator[Callable[[Mapping[str, Any]], None]]:
        """A task from now to the end of the block; gives what is to be told of the events of its job."""
        job: str | None = None

        def hear(event: Mapping[str, Any]) -> None:
            nonlocal job
            if job != event["job"]:
                job = event["job"]
                self._put(name, Task(principal.owner, job))

        self._put(name, Task(principal.owner))
        try:
            yield hear
        finally:
            self._put(name, Task(principal.owner, job, ended=True))

    def find(self, name: str | None, principal: Principal) -> Task | None:
        """The task of that name, if it is somebody's own."""
        task = self._tasks.get(name or "")
        return task if task is not None and principal.scope in (None, task.owner) else None

    def pending(self, principal: Principal) -> list[str]:
        """The names of somebody's tasks that have not ended, the oldest first."""
        with self._lock:
            tasks = list(self._tasks.items())
        return [name for name, task in tasks if not task.ended and principal.scope in (None, task.owner)]

    def _put(self, name: str | None, task: Task) -> None:
        if not name:
            return
        with self._lock:
            self._tasks[name] = task
            self._tasks.move_to_end(name)
            while len(self._tasks) > MAX_TASKS:
                self._tasks.popitem(last=False)
