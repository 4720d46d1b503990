"""What a job says while it works: one stream for the page, server-sent events, the command line and the logs.

A worker sends these over its pipe (see `webui.engine.messages`). The engine replaces bytes by addresses, adds what
only it knows (`queued`, `started`, `queue`, `worker_lost`, `status`) and publishes all through the event hub, by the
names that docs/api.md lists. `type` is the name there.
"""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events; `job` is the job's id."""

    type: ClassVar[str]
    job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """The job began. `attempt` is 1, or 2 after a worker died over it."""

    type: ClassVar[str] = "started"
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLoading(Event):
    """Weights are being read; `fraction` from 0 to 1, `detail` says which part."""

    type: ClassVar[str] = "model_loading"
    model: str
    fraction: float
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone(Event):
    """One call of the model is done.

    `index` counts from 1 to `total` within a batch, over all its passes; `batch` from 0 to `batch_count` - 1. `sigma`
    is the noise level that the call left. `previews` holds one JPEG for each picture of the batch (bytes on the pipe;
    the hub replaces them by addresses).
    """

    type: ClassVar[str] = "step_done"
    index: int
    total: int
    batch: int
    batch_count: int
    sigma: float
    seconds: float
    previews: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Event):
    """Something was done otherwise than asked, or taken for granted: a sentence for the user. The job goes on."""

    type: ClassVar[str] = "noted"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding(Event):
    """The walk of a batch has ended; the latents are being decoded into pictures."""

    type: ClassVar[str] = "decoding"
    batch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageDone(Event):
    """A picture is finished: `png` with its parameters inside (bytes on the pipe; an id and address at the hub).

    `request` is the JSON of the request that makes this picture alone, with everything in it that was drawn by lot.
    `trajectory` is the recording of its walk ("" without one), in which it is picture number `row`. `film` is the MP4
    that it is the first frame of (bytes on the pipe, an address at the hub), empty for a picture.
    """

    type: ClassVar[str] = "image_done"
    index: int
    seed: int
    width: int
    height: int
    infotext: str
    request: str
    png: bytes = field(repr=False)
    film: bytes = field(default=b"", repr=False)
    trajectory: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Event):
    """A recording is a file now. `complete` is false where its walk was interrupted.

    At the hub it has `pictures` too: the ids of those that it led to.
    """

    type: ClassVar[str] = "recorded"
    trajectory: str
    batch: int
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """The job has ended: `status` is "done" or "cancelled"."""

    type: ClassVar[str] = "finished"
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """The job could not be done: what went wrong, what to do next, and the request's field if one was wrong."""

    type: ClassVar[str] = "failed"
    error: str
    hint: str = ""
    field: str | None = None
