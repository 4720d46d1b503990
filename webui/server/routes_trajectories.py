"""`/api/v1/trajectories`: recordings of walks: what there are, what one says of itself, its file."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.errors import InvalidRequest, TrajectoryNotFound, TrajectoryUnreadable
from webui.generation.trajectory import TrajectorySummary
from webui.library.trajectory_files import read_header, read_summary
from webui.library.trajectory_index import TrajectoryEntry
from webui.model_manager.recording_models import RecordingModels, told_state
from webui.server.access.principals import principal_of
from webui.server.bodies import json_object, whole_file
from webui.server.guard import MAX_RECORDING_BYTES
from webui.server.recording_json import changes_json, entry_json, pictures_json, summary_json
from webui.server.recording_json import variation_seeds as with_variation_seeds
from webui.server.recording_views import RecordingViews


def trajectories_router(engine: Engine, views: RecordingViews) -> APIRouter:
    """The routes that list, tell, keep and remove recordings. They take ids and never paths."""
    router = APIRouter(prefix="/api/v1/trajectories")

    @router.get("")
    def recent(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        before: Annotated[str | None, Query(max_length=64)] = None,
    ) -> list[Any]:
        """The newest first; `before` is the id of the last one that the client has."""
        return [entry_json(entry) for entry in engine.trajectories.recent(limit, before, principal_of(request).scope)]

    @router.post("", status_code=201)
    async def upload(request: Request) -> Response:
        """Take in a recording's file; it is the body itself."""
        content = await whole_file(request, what="The recording", most=MAX_RECORDING_BYTES, field="trajectory")
        trajectory = await run_in_threadpool(_take_in, engine, content, principal_of(request).owner)
        engine.views.clear()
        return JSONResponse({"id": trajectory}, 201, headers={"Location": f"{router.prefix}/{trajectory}"})

    @router.delete("")
    def remove_unpinned(request: Request) -> dict[str, int]:
        """Remove all recordings that are not pinned; pictures stay."""
        removed, freed = engine.trajectories.remove_unpinned(principal_of(request).scope)
        return {"removed": removed, "freed_bytes": freed}

    @router.get("/{trajectory}")
    def one(request: Request, trajectory: str) -> dict[str, Any]:
        """Everything about a recording but its tensors."""
        return _told(engine, views.models, engine.trajectories.find(trajectory), principal_of(request).scope)

    @router.patch("/{trajectory}")
    async def change(trajectory: str, request: Request) -> Any:
        """Pin it (`{"pinned": true}`), so that it is kept whatever recordings take of the disk, or no longer."""
        wanted = await json_object(request)
        if wanted.keys() != {"pinned"} or not isinstance(wanted["pinned"], bool):
            raise InvalidRequest("pinned: true or false was expected, and nothing else.", field="pinned")
        return entry_json(await run_in_threadpool(engine.trajectories.pin, trajectory, wanted["pinned"]))

    @router.delete("/{trajectory}", status_code=204)
    def remove(trajectory: str) -> Response:
        """Remove a recording; its pictures and its branches stay."""
        engine.trajectories.remove(trajectory)
        engine.views.clear()
        return Response(status_code=204)

    @router.get("/{trajectory}/file")
    def file(trajectory: str) -> Response:
        """The safetensors file."""
        return _download(engine.trajectories.path(trajectory), name=f"{trajectory}.safetensors")

    @router.get("/{trajectory}/family")
    def family(request: Request, trajectory: str) -> dict[str, Any]:
        """The whole tree that a recording belongs to, from its oldest known ancestor."""
        return {"nodes": _nodes(engine, engine.trajectories.family(trajectory, principal_of(request).scope))}

    return router


def _download(path: Path, *, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


def _take_in(engine: Engine, content: bytes, owner: str) -> str:
    engine.job_limits.check_upload(owner)
    trajectory = engine.trajectories.add_file(content, owner)
    engine.job_limits.count_upload(owner, len(content))
    return trajectory


def _told(engine: Engine, models: RecordingModels, entry: TrajectoryEntry, scope: str | None) -> dict[str, Any]:
    path = engine.trajectories.path(entry.id)
    summary = read_summary(path)
    state = models.state(summary.header.model)
    children = [
        {"id": child.id, "step": child.origin.step, "picture": child.origin.picture, "created": child.created}
        for child in engine.trajectories.children(entry.id, scope)
        if child.origin is not None
    ]
    return {
        **entry_json(entry),
        "pictures": with_variation_seeds(pictures_json(entry), summary),
        "children": children,
        "model_state": state,
        "notes": _notes(engine, summary, told_state(summary.header.model, state)),
        **summary_json(summary, read_header(path)),
    }


def _notes(engine: Engine, summary: TrajectorySummary, of_model: str) -> list[str]:
    """What is to be said of a recording here and now."""
    header, status = summary.header, engine.status()
    notes = [f"{of_model} The steps can be looked at; sharp views and the words need a model to be chosen."]
    if not of_model:
        notes.clear()
    # The dtype is that of the model in memory; another model may be computed in another one.
    dtype = status["dtype"] if status["model"] == header.model.name else None
    here = (status["device"] or header.device, dtype or header.dtype)
    if here != (header.device, header.dtype):
        notes.append(
            f"This was recorded on {header.device} in {header.dtype}, and here {here[0]} computes in {here[1]}: what "
            "goes on from it comes close, but is not identical."
        )
    if not summary.complete:
        notes.append(f"This walk was cut short after {summary.positions:,} steps.")
    return notes


def _nodes(engine: Engine, entries: list[TrajectoryEntry]) -> list[dict[str, Any]]:
    summaries: dict[str, TrajectorySummary] = {}
    for entry in entries:
        try:
            summaries[entry.id] = engine.trajectories.summary(entry.id)
        except (TrajectoryNotFound, TrajectoryUnreadable):
            continue
    return [_node(entry, summaries) for entry in entries]


def _node(entry: TrajectoryEntry, summaries: dict[str, TrajectorySummary]) -> dict[str, Any]:
    changes = {}
    parent = summaries.get(entry.origin.trajectory) if entry.origin else None
    if parent is not None and entry.origin is not None and entry.id in summaries:
        before = parent.header.request_of(entry.origin.picture)
        changes = changes_json(before, summaries[entry.id].header.request_of(0))
    return entry_json(entry) | {"changes": changes}
