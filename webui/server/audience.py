"""Who hears what: each event as somebody may know it, or not at all.

Everything that is not named here is told to those alone who see everything: an event that is added later leaks nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from starlette.requests import HTTPConnection

from webui.access.principal import Principal
from webui.access.roles import Role
from webui.engine.engine import Engine
from webui.engine.event_hub import Published
from webui.engine.jobs import Job
from webui.library.database import StorageUnavailable
from webui.server.access.principals import principal_of
from webui.server.link_entrance import link_of
from webui.server.untold_paths import UntoldPaths

Told = Mapping[str, Any]
NEVER = float("inf")

_SHAPE = ("steps", "width", "height", "batch_size", "batch_count")
"""What those who look on learn of a request."""
_STEP = ("index", "total", "batch", "batch_count", "seconds")


class Audience(Protocol):
    """Somebody, or many of one kind, who hears what happens."""

    @property
    def scope(self) -> str | None:
        """Whose jobs are told; None is everybody's."""
        ...

    def told(self, event: Published) -> Told | None:
        """The event as it is told: its own payload where nothing is changed in it, None where it is not told."""
        ...

    def jobs(self, active: Sequence[Job]) -> list[Told]:
        """Those of the jobs which wait or run that are told to a newcomer."""
        ...

    def status(self, status: Told) -> Told:
        """The state of the worker as it is told."""
        ...

    def in_words(self, told: Told) -> Told:
        """The fields of an answer, with the sentences among them as they are told."""
        ...


class Everybody:
    """Who sees everything."""

    scope: str | None = None

    def told(self, event: Published) -> Told | None:
        """See `Audience`."""
        return event.payload

    def jobs(self, active: Sequence[Job]) -> list[Told]:
        """See `Audience`."""
        return [job.to_json() for job in active]

    def status(self, status: Told) -> Told:
        """See `Audience`."""
        return status

    def in_words(self, told: Told) -> Told:
        """See `Audience`."""
        return told


class Owner:
    """Who hears of their own jobs and series, and how long the queue is."""

    def __init__(self, engine: Engine, scope: str) -> None:
        self.scope: str | None = scope
        self._ownership = engine.ownership
        self._paths = UntoldPaths(engine.settings)

    def told(self, event: Published) -> Told | None:
        """See `Audience`."""
        if event.type == "queue":
            own = [job for job in event.payload["jobs"] if self._is_own_job(job["id"])]
            return {**event.payload, "jobs": own}
        if event.type == "status":
            return self.status(event.payload)
        if event.type == "share_changed":
            return _link_state(event)
        if event.type == "sliders_changed":
            return {name: event.payload[name] for name in ("seq", "type")}  # who may use them asks which there are
        if event.job is not None:
            own = self._is_own_job(event.job)
        else:
            own = event.type == "series" and self._is_own_series(event.payload["series"])
        return self._paths.without(event.payload) if own else None

    def jobs(self, active: Sequence[Job]) -> list[Told]:
        """See `Audience`."""
        return [self._paths.without(job.to_json()) for job in active if job.owner == self.scope]

    def status(self, status: Told) -> Told:
        """See `Audience`. Which model is in memory is somebody's doing, and problems are the administrator's."""
        return {**status, "model": None, "problem": ""}

    def in_words(self, told: Told) -> Told:
        """See `Audience`. Without the paths of this computer."""
        return self._paths.without(told)

    def _is_own_job(self, job: str) -> bool:
        try:
            return self._ownership.owner_of_job(job) == self.scope
        except StorageUnavailable:
            return False

    def _is_own_series(self, series: str) -> bool:
        try:
            return self._ownership.owner_of_series(series) == self.scope
        except StorageUnavailable:
            return False


class Onlooker:
    """Who looks on: sees pictures come to be, and is told nothing of what they are made of and by whom.

    Args:
        since: when the link was opened that they came by, in seconds since 1970. What was before is not told.
    """

    scope: str | None = None

    def __init__(self, since: float) -> None:
        self._since = since

    def told(self, event: Published) -> Told | None:
        """See `Audience`."""
        if event.type == "share_changed":
            return _link_state(event)
        if event.at < self._since:
            return None
        if event.type == "queue":
            return {**event.payload, "jobs": []}
        if event.type == "status":
            return self.status(event.payload)
        said = _shown(event) if event.job is not None else None
        return None if said is None else {"seq": event.seq, "type": event.type, "job": event.job, **said}

    def jobs(self, active: Sequence[Job]) -> list[Told]:
        """See `Audience`."""
        running = [job for job in active if job.status == "running"]
        return [{"id": job.id, "status": "running", "position": 0, "request": _shape(job.request)} for job in running]

    def status(self, status: Told) -> Told:
        """See `Audience`."""
        return {**status, "model": None, "device": None, "dtype": None, "problem": ""}

    def in_words(self, told: Told) -> Told:
        """See `Audience`. They are told none."""
        return {}


def audience_of(request: HTTPConnection, engine: Engine) -> Audience:
    """Who listens to a request's answer."""
    principal = principal_of(request)
    if principal.sees_everything:
        return Everybody()
    if principal.role is Role.VIEWER:
        return Onlooker(shown_since(request))
    return Owner(engine, principal.owner)


def shown_since(request: HTTPConnection) -> float:
    """From when on is shown what others make, in seconds since 1970, to who came by a link."""
    link = link_of(request.scope)
    return link.opened if link else NEVER


def may_be_shown(engine: Engine, principal: Principal, job: str, *, kind: str, since: float) -> list[Published]:
    """The events of a kind of a job that somebody may be shown: all of an own job, else what happened since then."""
    past = [event for event in engine.hub.past(job) if event.type == kind]
    if engine.ownership.owner_of_job(job) == principal.owner or principal.sees_everything:
        return past
    return [event for event in past if event.at >= since] if principal.role is Role.VIEWER else []


def _link_state(event: Published) -> Told:
    return {name: event.payload[name] for name in ("seq", "type", "open") if name in event.payload}


def _shown(event: Published) -> Told | None:
    """The fields of a job's event that say nothing of the request."""
    told = event.payload
    if event.type == "started":
        request = told["request"]
        return {"attempt": told["attempt"], "request": {name: request[name] for name in _SHAPE}}
    if event.type == "step_done":
        address = f"/api/v1/shown/{event.job}/frames/{told['batch']}/{told['index']}"
        previews = [f"{address}/{picture}.jpg" for picture in range(len(told["previews"]))]
        return {**{name: told[name] for name in _STEP}, "previews": previews}
    if event.type == "image_done":
        url = f"/api/v1/shown/{event.job}/pictures/{told['index']}.jpg"
        shape = {name: told[name] for name in ("index", "width", "height")}
        return {**shape, "url": url, "image": "", "infotext": "", "saved": True, "warning": "", "film": ""}
    if event.type == "decoding":
        return {"batch": told["batch"]}
    if event.type == "finished":
        return {"status": told["status"]}
    return {"error": "This picture could not be made.", "hint": ""} if event.type == "failed" else None


def _shape(request: Any) -> Told:
    return {name: getattr(request, name) for name in _SHAPE}
