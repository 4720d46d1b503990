"""`/api/v1/extensions/offers`, `.../install`, `.../update`...: bringing extensions here, and taking them away again."""

from typing import Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.errors import InvalidRequest
from webui.server.bodies import check_names, json_object, text_of, whole_file
from webui.server.extension_desk import ExtensionDesk
from webui.server.guard import MAX_UPLOAD_BYTES
from webui.server.routes_extensions import PREFIX, only_here

_ZIPS = ("application/zip", "application/x-zip-compressed", "application/octet-stream")


def installing_router(engine: Engine, desk: ExtensionDesk) -> APIRouter:
    """The routes that change what is installed, all but looking at lists for people at this computer alone."""
    router = APIRouter(prefix=PREFIX)
    here = [Depends(only_here(engine))]
    installer = desk.installer

    @router.get("/index")
    def index() -> dict[str, Any]:
        """What can be installed by name."""
        entries, problems = installer.index()
        told = [entry.to_json(installed=installer.is_installed(entry.name)) for entry in entries]
        return {"entries": told, "problem": " ".join(problems) or None}

    @router.post("/offers", dependencies=here)
    async def look(request: Request, name: str = Query(default="extension.zip", max_length=300)) -> dict[str, Any]:
        """Fetch what a `source` has, or take the zip file that is the body, and say what it would bring."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in _ZIPS:
            content = await whole_file(request, what="The zip", most=MAX_UPLOAD_BYTES, field="source")
            return (await run_in_threadpool(desk.look_zip, content, name)).to_json()
        wanted = await json_object(request)
        check_names(wanted, ("source",))
        source = text_of(wanted, "source")
        if not source.strip():
            hint = "Give the address of a git repository, a zip file, a folder, or a name from the list."
            raise InvalidRequest("source: nothing is named.", hint=hint, field="source")
        return (await run_in_threadpool(installer.look, source)).to_json()

    @router.delete("/offers/{offer}", dependencies=here)
    def forget(offer: str) -> dict[str, Any]:
        """Discard what was fetched."""
        installer.forget(offer)
        return {}

    @router.post("/install", dependencies=here, status_code=202)
    async def install(request: Request) -> Response:
        """Install an `offer` that was looked at; with `replace` also in the place of another one of its name."""
        task = await run_in_threadpool(desk.order, await json_object(request))
        return JSONResponse(desk.task_json(task), status_code=202)

    _add_tasks(router, desk, here)
    _add_updates(router, desk, here)
    return router


def _add_tasks(router: APIRouter, desk: ExtensionDesk, here: list[Any]) -> None:
    @router.get("/tasks")
    def tasks() -> list[Any]:
        """The installations that are known, the newest first."""
        return [desk.task_json(task) for task in desk.tasks.tasks()]

    @router.delete("/tasks/{task}", dependencies=here)
    def cancel(task: str) -> dict[str, Any]:
        """Cancel an installation that waits; forget one that has ended."""
        return desk.task_json(desk.tasks.cancel(task))


def _add_updates(router: APIRouter, desk: ExtensionDesk, here: list[Any]) -> None:
    installer = desk.installer

    @router.post("/{name}/update", dependencies=here)
    async def update(name: str, request: Request) -> dict[str, Any]:
        """Fetch what its source has now, and say what would change; or take the update that a `difference` showed.

        The extension asks to be switched on again after that.
        """
        wanted = await json_object(request)
        check_names(wanted, ("difference",))
        shown = text_of(wanted, "difference")
        if not shown:
            return (await run_in_threadpool(installer.fetch_update, name)).to_json()
        taken = await run_in_threadpool(installer.take_update, shown)
        return await run_in_threadpool(desk.one, taken)

    @router.post("/{name}/rollback", dependencies=here)
    def rollback(name: str) -> dict[str, Any]:
        """Bring back what the last update replaced."""
        installer.rollback(name)
        return desk.one(name)

    @router.delete("/{name}", dependencies=here)
    def remove(name: str, keep_data: bool = False) -> dict[str, Any]:
        """Remove it, with what it has saved unless `keep_data` is said."""
        installer.remove(name, keep_data=keep_data)
        return {}
