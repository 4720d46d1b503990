"""`/internal/...`, which A1111's own page asks, and some clients too."""

import base64
from typing import Any

from fastapi import APIRouter, Request, Response

from webui.engine.engine import Engine
from webui.engine.jobs import JobStatus
from webui.errors import JobNotFound
from webui.server.access.principals import principal_of
from webui.server.sdapi.bodies import InternalProgress
from webui.server.sdapi.errors import answer
from webui.server.sdapi.progress import moment_of, preview
from webui.server.sdapi.tasks import Task, Tasks

_NO_PROGRESS = {"progress": None, "eta": None, "live_preview": None, "id_live_preview": -1}


def internal_router(engine: Engine, tasks: Tasks) -> APIRouter:
    """The routes below `/internal`."""
    router = APIRouter()

    @router.get("/ping")
    async def ping() -> dict[str, Any]:
        """The server is there."""
        return {}

    @router.post("/progress")
    def progress(request: Request, posted: InternalProgress) -> Response:
        """How far a task is, with a preview that was not seen yet."""
        return answer(_told(engine, tasks.find(posted.id_task, principal_of(request)), posted))

    @router.get("/pending-tasks")
    def pending(request: Request) -> Response:
        """The tasks that have not ended."""
        names = tasks.pending(principal_of(request))
        return answer({"size": len(names), "tasks": names})

    return router


def _told(engine: Engine, task: Task | None, posted: InternalProgress) -> dict[str, Any]:
    ended = task is not None and task.ended
    try:
        job = engine.job(task.job) if task is not None and task.job is not None and not ended else None
    except JobNotFound:
        job = None
    if job is None or job.status is not JobStatus.RUNNING:
        queued = task is not None and not ended
        told = {"queued": queued, "completed": ended, "textinfo": "Queued..." if queued else "Waiting..."}
        return {"active": False, **told, **_NO_PROGRESS}
    moment = moment_of(engine, job)
    number = moment.batch * max(moment.steps, 1) + moment.step
    jpeg = preview(engine, moment) if posted.live_preview and number != posted.id_live_preview else None
    picture = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}" if jpeg else None
    return {
        "active": True, "queued": False, "completed": False, "progress": moment.share,
        "eta": moment.seconds_left(moment.share), "live_preview": picture, "id_live_preview": number, "textinfo": None,
    }  # fmt: skip
