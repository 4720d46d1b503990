"""`/api/v1/models`: what models there are, what is known of each, and what people write down of them."""

from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.errors import InvalidRequest, PictureNotFound
from webui.generation.field_needs import abilities_of
from webui.model_manager.catalogue import ModelEntry
from webui.model_manager.catalogue.inspecting import inspected
from webui.model_manager.catalogue.model_entry import CHECKPOINT, KINDS
from webui.server.access.principals import principal_of
from webui.server.audience import audience_of
from webui.server.bodies import json_object
from webui.server.model_desk import ModelDesk
from webui.server.routes_jobs import FOREVER

EVERYTHING = "all"
_TOLD_TO_ALL = (
    *("id", "name", "alias", "kind", "family", "base", "architecture", "prediction", "inpainting", "problem"),
    *("default_width", "default_height", "defaults", "capabilities", "abilities", "trigger_words", "preferred_weight"),
)
"""Fields of a model that say nothing of where it is, and of what its owner wrote down of it."""


def models_router(engine: Engine, desk: ModelDesk) -> APIRouter:
    """The routes of models; those of `task_routes` must be added before, as `/models/{id}` takes any word."""
    router = APIRouter(prefix="/api/v1/models")
    catalogue = engine.catalogue

    @router.get("")
    def models(request: Request, kind: str = Query(default=CHECKPOINT, max_length=40)) -> list[Any]:
        """The models of a kind, or `all`; checkpoints come with the default one first.

        Administrators are told everything, others what a model is called and can do.
        """
        if kind not in (*KINDS, EVERYTHING):
            raise InvalidRequest(
                f"kind: there are no models of the kind '{kind}'.", hint=f"There are {', '.join(KINDS)}.", field="kind"
            )
        everything = catalogue.everything()
        notes = desk.notes.of(everything)
        wanted = [told(entry, notes.get(entry.id, {})) for entry in everything if kind in (entry.kind, EVERYTHING)]
        if principal_of(request).sees_everything:
            return wanted
        audience = audience_of(request, engine)
        return [audience.in_words({name: known[name] for name in _TOLD_TO_ALL if name in known}) for known in wanted]

    @router.get("/{model}")
    def one(model: str) -> dict[str, Any]:
        """Everything that is known of a model, its metadata included."""
        entry = catalogue.by_id(model)
        known = inspected(entry)
        return (
            known
            | told(entry, desk.notes.of(catalogue.everything()).get(entry.id, {}))
            | {"metadata": known["metadata"]}
        )

    @router.patch("/{model}")
    async def note(model: str, request: Request) -> dict[str, Any]:
        """Change `notes`, `favourite` or both."""
        changes = await json_object(request)
        entry = await run_in_threadpool(catalogue.by_id, model)
        return await run_in_threadpool(desk.notes.change, entry.id, changes)

    @router.get("/{model}/preview")
    def preview(model: str) -> Response:
        """The picture that lies beside the model's file, small; its address changes with it."""
        entry = catalogue.by_id(model)
        if entry.preview is None:
            raise PictureNotFound("This model has no preview.", hint="Put a picture of its name beside its file.")
        return Response(desk.previews.jpeg(entry.preview), media_type="image/jpeg", headers={"Cache-Control": FOREVER})

    @router.post("/{model}/convert", status_code=202)
    def convert(model: str) -> Response:
        """Make a safetensors file of a pickle, in a process of its own."""
        return JSONResponse(desk.convert(catalogue.by_id(model)).to_json(), status_code=202)

    return router


def told(entry: ModelEntry, notes: dict[str, Any]) -> dict[str, Any]:
    """An entry as lists have it: with its preview's address, notes and what fields it heeds, without its metadata."""
    values = entry.to_json() | {"preview": _preview_address(entry), "notes": "", "favourite": False} | notes
    del values["metadata"]
    if entry.kind == CHECKPOINT:
        able = abilities_of(entry.capabilities, family=entry.family, prediction=entry.prediction)
        values["abilities"] = sorted(able)
    return values


def _preview_address(entry: ModelEntry) -> str | None:
    if entry.preview is None:
        return None
    try:
        version = entry.preview.stat().st_mtime_ns
    except OSError:
        return None
    return f"/api/v1/models/{entry.id}/preview?v={version:x}"
