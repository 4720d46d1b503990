"""`Job`: what is known of one request on its way from the queue to its pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from webui.generation.request import GenerationRequest
from webui.library.pictures import Folder


class JobStatus(StrEnum):
    """Where a job is. The last three are for ever."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = (JobStatus.QUEUED, JobStatus.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job at one moment.

    Args:
        position: how many jobs come before it; 0 when it runs, is next, or has ended.
        step: steps done, over all batches, of `total`.
        images: ids of its pictures in the order they were finished.
        created: seconds since 1970, as are `started` and `finished`.
        attempt: how often a worker has begun it.
        owner: whose it is; "" is the house.
        folder: where its pictures go.
    """

    id: str
    request: GenerationRequest
    status: JobStatus
    position: int = 0
    step: int = 0
    total: int = 0
    error: str | None = None
    hint: str = ""
    field: str | None = None
    images: tuple[str, ...] = ()
    created: float = 0.0
    started: float | None = None
    finished: float | None = None
    attempt: int = 0
    owner: str = ""
    folder: Folder = Folder.PICTURES

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.status in ACTIVE

    def to_json(self) -> Mapping[str, Any]:
        """For the page and the API."""
        names = ("id", "owner", "position", "step", "total", "error", "hint", "field", "created", "started", "finished")
        return {
            **{name: getattr(self, name) for name in names},
            "status": self.status.value,
            "attempt": self.attempt,
            "images": list(self.images),
            "request": self.request.model_dump(),
        }
