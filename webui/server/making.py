"""Making pictures for a caller that waits for them, as the compatible APIs and the tools of a model context do.

A client that hangs up does not want its pictures any more: its job is cancelled, so that nobody waits behind it. A job
that somebody else follows by its own stream of events goes on, as that one still wants it.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.engine.event_hub import Subscription
from webui.engine.jobs import Job, JobStatus
from webui.engine.looks import Wanted, always
from webui.errors import GenerationFailed, InvalidRequest, WebUIError
from webui.generation.request import GenerationRequest
from webui.library.index import Picture

_LOOK_WHETHER_WANTED_SECONDS = 0.2


class NotMade(WebUIError):
    """Nobody waits any more, or the server stops; the job may go on without the caller."""


@dataclass(frozen=True, slots=True)
class Made:
    """A job that has ended, with its pictures in the order they were finished; of a cancelled one those it had."""

    job: Job
    pictures: tuple[Picture, ...]


Tell = Callable[[Mapping[str, Any]], None]
"""Is given an event of a job, as it is published."""


def _to_nobody(_event: Mapping[str, Any]) -> None:
    """Nobody listens."""


def make(
    engine: Engine,
    request: GenerationRequest,
    principal: Principal,
    wanted: Wanted = always,
    tell: Tell = _to_nobody,
) -> Made:
    """Submit a request and wait until its job has ended. Blocks its thread as long as that takes.

    Args:
        engine: does it; `engine.library.read(picture.id)` gives the bytes of what was made.
        request: what to make.
        principal: for whom.
        wanted: whether the caller still waits; asked a few times a second. `Askers.run` has one for a client.
        tell: is given each event of the job from its beginning, in this thread.

    Raises:
        NotMade: the caller does not wait any more, or the server stops.
        GenerationFailed: the job failed, in its own sentence.
        InvalidRequest: the job failed because of a field of the request, or cannot be accepted.
        WebUIError: as from `Engine.submit`, which cannot accept it.
    """
    if not wanted():
        raise NotMade("Nobody waits for these pictures any more.")
    job = engine.submit(request, principal.owner)
    _wait(engine, job.id, wanted, tell)
    ended = engine.job(job.id)
    if ended.status is JobStatus.FAILED:
        kind = InvalidRequest if ended.field else GenerationFailed
        raise kind(ended.error or "The job failed.", hint=ended.hint, field=ended.field)
    return Made(ended, tuple(engine.library.find(picture) for picture in ended.images))


def _wait(engine: Engine, job: str, wanted: Wanted, tell: Tell) -> None:
    """Return when the job has ended; cancel it when nobody waits for it any more."""
    news = threading.Event()
    subscription = engine.hub.subscribe(news.set, job=job)
    try:
        while not _told(subscription, tell):
            if subscription.ended:
                raise NotMade("The server stops.", hint=f"The job {job} goes on when it is started again.")
            if not wanted():
                break
            news.wait(_LOOK_WHETHER_WANTED_SECONDS)
            news.clear()
        else:
            return
    finally:
        engine.hub.unsubscribe(subscription)
    if not engine.hub.followed(job):
        engine.cancel(job)
    raise NotMade("Nobody waits for these pictures any more.")


def _told(subscription: Subscription, tell: Tell) -> bool:
    """Tell what has happened since the last time; whether the job has ended with it."""
    events = subscription.take()
    for event in events:
        tell(event.payload)
    return any(event.ends_job for event in events)
