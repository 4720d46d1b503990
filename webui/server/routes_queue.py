"""`/api/v1/queue`: what waits and runs."""

from typing import Any

from fastapi import APIRouter, Request

from webui.engine.engine import Engine
from webui.engine.jobs import JobStatus
from webui.server.access.principals import principal_of
from webui.server.audience import audience_of


def queue_router(engine: Engine) -> APIRouter:
    """The routes of the queue."""
    router = APIRouter(prefix="/api/v1/queue")

    @router.get("")
    def queue(request: Request) -> dict[str, Any]:
        """How long it is, and in their order those of its jobs that whoever asks may see."""
        audience = audience_of(request, engine)
        active = [job for job in engine.jobs(audience.scope) if job.active]
        return {"length": engine.status()["queue"], "jobs": audience.jobs(active)}

    @router.delete("")
    def clear(request: Request) -> dict[str, int]:
        """Cancel all own jobs that wait; what runs goes on. Of an administrator, everybody's."""
        waiting = [job for job in engine.jobs(principal_of(request).scope) if job.status is JobStatus.QUEUED]
        for job in waiting:
            engine.cancel(job.id)
        return {"cancelled": len(waiting)}

    return router
