"""What a page needs that has just come: active jobs, the current job so far, the state, as its audience may know it."""

from typing import Any

from webui.engine.engine import Engine
from webui.engine.event_hub import Published
from webui.server.audience import Audience

MAX_EVENTS = 2_000


def snapshot(engine: Engine, audience: Audience, until: int) -> dict[str, Any]:
    """The fields of a `snapshot` event.

    Args:
        engine: whose jobs.
        audience: who is told.
        until: the last event that may be among those of the current job; the page is sent the later ones.
    """
    active = engine.active_jobs()
    running = next((job.id for job in active if job.status == "running" and audience.scope in (None, job.owner)), None)
    current = running or engine.hub.latest_job(lambda job: _is_heard(engine, audience, job))
    past = [event for event in engine.hub.past(current) if event.seq <= until] if current else []
    told = [said for event in _shortened(past) if (said := audience.told(event)) is not None]
    return {"jobs": audience.jobs(active), "current": told, "status": audience.status(engine.status())}


def _is_heard(engine: Engine, audience: Audience, job: str) -> bool:
    return audience.scope is None or engine.ownership.owner_of_job(job) == audience.scope


def _shortened(events: list[Published]) -> list[Published]:
    """The events of a very long job without its oldest steps."""
    extra = len(events) - MAX_EVENTS
    if extra <= 0:
        return events
    steps = [event.seq for event in events if event.type == "step_done"]
    dropped = set(steps[:extra])
    return [event for event in events if event.seq not in dropped]
