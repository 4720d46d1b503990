"""`/api/v1/models/downloads`, `.../merges`, `.../conversions`: long work on models' files, asked for and followed."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from webui.model_manager.model_tasks import TaskDesk
from webui.server.bodies import json_object
from webui.server.model_desk import ModelDesk


def model_tasks_router(desk: ModelDesk) -> APIRouter:
    """The routes of tasks; they come before `/models/{id}`."""
    router = APIRouter(prefix="/api/v1/models")

    @router.get("/tasks")
    def tasks() -> list[Any]:
        """Every download, merge and conversion that is known, the newest first."""
        everything = [task for one in desk.desks.values() for task in one.tasks()]
        return [task.to_json() for task in sorted(everything, key=lambda task: task.id, reverse=True)]

    @router.post("/downloads", status_code=202)
    async def download(request: Request) -> Response:
        """Download `source` (a link, org/name, or org/name/file), perhaps of a `kind`, with a `sha256`."""
        task = await run_in_threadpool(desk.order, await json_object(request))
        return JSONResponse(task.to_json(), status_code=202)

    @router.post("/merges", status_code=202)
    async def merge(request: Request) -> Response:
        """Merge `models` by a `method` with a `weight`, bake `loras` in, and keep the result as `name`."""
        task = await run_in_threadpool(desk.merge, await json_object(request))
        return JSONResponse(task.to_json(), status_code=202)

    for address, one in desk.desks.items():
        _add_common(router, address, one)
    return router


def _add_common(router: APIRouter, address: str, desk: TaskDesk) -> None:
    """What can be done to tasks of any kind of work."""

    @router.get(f"/{address}", name=address)
    def listed() -> list[Any]:
        """The tasks that are known, the newest first."""
        return [task.to_json() for task in desk.tasks()]

    @router.delete(f"/{address}/{{task}}", name=f"cancel one of {address}")
    def cancel(task: str) -> dict[str, Any]:
        """Cancel a task; forget one that has ended."""
        return desk.cancel(task).to_json()

    @router.post(f"/{address}/{{task}}/retry", name=f"retry one of {address}", status_code=202)
    def retry(task: str) -> dict[str, Any]:
        """Do a task again that failed; a download goes on where it stopped."""
        return desk.retry(task).to_json()
