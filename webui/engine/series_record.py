"""`Series`: what is known of a series of pictures on its way from acceptance to its grid or plot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from webui.generation.request import GenerationRequest
from webui.generation.series import SeriesRequest


class SeriesStatus(StrEnum):
    """Where a series is. The last three are for ever."""

    RUNNING = "running"
    CANCELLING = "cancelling"
    """Its jobs are being cancelled: gone on with when the server starts again."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One job of a series.

    Args:
        labels: what is special about it, in words: one for each axis of a plot.
        request: what its job makes; None when nothing can.
        place: where it is in a plot, counted from 0 along x, y and z; of a journey, which of its frames it makes.
        job: the id that its job has or will have.
        problem: why there is no job.
        pictures: how many it counts for.
    """

    labels: tuple[str, ...]
    request: GenerationRequest | None
    place: tuple[int, ...] = ()
    job: str | None = None
    problem: str = ""
    pictures: int = 1

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "labels": list(self.labels),
            "request": self.request.model_dump(mode="json") if self.request else None,
            "place": list(self.place),
            "job": self.job,
            "problem": self.problem,
            "pictures": self.pictures,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Cell":
        """As it was kept."""
        request = values["request"]
        return cls(
            labels=tuple(values["labels"]),
            request=GenerationRequest.parse(request) if request is not None else None,
            place=tuple(values["place"]),
            job=values["job"],
            problem=values["problem"],
            pictures=values.get("pictures", 1),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series at one moment.

    Args:
        wanted: the request with its seed fixed and its model named, and the options.
        cells: in the order of their jobs; a loopback's grow loop by loop, a journey's may when it is measured.
        total: how many pictures there will be.
        said: what the grid's infotext says of the series, beside the request.
        picture: the id of the grid or plot, once it is made.
        result: numbers and sentences that came of it.
        created: seconds since 1970, as is `finished`.
        owner: whose it is, and so are its jobs and pictures; "" is the house.
    """

    id: str
    wanted: SeriesRequest
    cells: Sequence[Cell]
    total: int
    said: Mapping[str, str] = field(default_factory=dict)
    status: SeriesStatus = SeriesStatus.RUNNING
    picture: str | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    hint: str = ""
    created: float = 0.0
    finished: float | None = None
    owner: str = ""

    @property
    def active(self) -> bool:
        """Whether something is still to be done for it."""
        return self.status in (SeriesStatus.RUNNING, SeriesStatus.CANCELLING)

    @property
    def jobs(self) -> list[str]:
        """The ids of its jobs so far."""
        return [cell.job for cell in self.cells if cell.job is not None]

    def to_json(self) -> dict[str, Any]:
        """For lists, and for the page."""
        names = ("id", "owner", "total", "picture", "error", "hint", "created", "finished")
        return {
            **{name: getattr(self, name) for name in names},
            "kind": self.wanted.options.kind,
            "title": self.wanted.title,
            "status": self.status.value,
            "url": f"/api/v1/images/{self.picture}" if self.picture else None,
            "result": dict(self.result),
        }
