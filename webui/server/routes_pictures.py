"""`/api/v1/pictures`: pictures that requests start from, and their masks, uploaded and given back by id."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.engine.looks import LookPreprocess, Wanted
from webui.generation.invalid_values import as_invalid_request
from webui.library.library import picture_id
from webui.model_manager.named_models import with_known_model
from webui.server.access.principals import principal_of
from webui.server.bodies import check_names, json_object, text_of, whole_file
from webui.server.guard import MAX_UPLOAD_BYTES
from webui.server.picture_answer import picture_answer
from webui.server.recording_views import MODEL_SECONDS
from webui.server.routes_jobs import FOREVER
from webui.server.waiting import Askers


def pictures_router(engine: Engine, askers: Askers) -> APIRouter:
    """The routes of pictures that come in; `askers` wait for what preprocessors make of them."""
    router = APIRouter(prefix="/api/v1/pictures")

    @router.post("", status_code=201)
    async def upload(request: Request) -> Response:
        """Keep a picture file of any common kind; it is the body itself, whatever its content type says."""
        content = await whole_file(request, what="The picture", most=MAX_UPLOAD_BYTES, field="picture")
        answer = await run_in_threadpool(_take_in, engine, content, principal_of(request))
        return JSONResponse(answer, status_code=201, headers={"Location": f"{router.prefix}/{answer['id']}"})

    @router.post("/{picture}/preprocess", status_code=201)
    async def preprocess(request: Request, picture: str) -> Response:
        """Keep what a preprocessor makes of a picture."""
        values, owner = await json_object(request), principal_of(request).owner
        answer = await askers.run(request, lambda wanted: _preprocessed(engine, picture, values, wanted, owner))
        return JSONResponse(answer, status_code=201, headers={"Location": f"{router.prefix}/{answer['id']}"})

    @router.get("/{picture:path}")
    def picture(picture: str) -> Response:
        """The PNG file, of an input or of a picture that was made here."""
        if engine.inputs.has(picture):
            path = engine.inputs.path(picture)
            return FileResponse(path, media_type="image/png", headers={"Cache-Control": FOREVER})
        return picture_answer(engine.library, picture)

    return router


def _preprocessed(
    engine: Engine, picture: str, values: Mapping[str, Any], wanted: Wanted, owner: str
) -> dict[str, Any]:
    """Ask the worker for the picture and keep it for its owner.

    Raises:
        InvalidRequest: there is no such picture, preprocessor or value.
        WebUIError: the preprocessor failed, or there is no worker.
    """
    check_names(values, ("name", "values"))
    name = text_of(values, "name")
    engine.take_picture(picture, owner, field="picture")
    try:
        question = LookPreprocess(
            picture=picture, name=name, values=values.get("values", {}), version=_version(engine, name)
        )
    except ValidationError as error:
        raise as_invalid_request(error) from error
    made = engine.keep_picture(engine.look(question, MODEL_SECONDS, wanted).parts[0], owner)
    return {"id": made.id, "width": made.width, "height": made.height}


def _version(engine: Engine, name: str) -> str:
    """What tells apart the files of the extension that has the preprocessor."""
    extensions = engine.extensions
    on = [card.name for card in extensions.cards() if extensions.is_on(card.name)]
    having = (each for each in on if any(row["name"] == name for row in extensions.brings(each).preprocessors))
    return extensions.store.record(next(having, "")).tree_hash


def _take_in(engine: Engine, content: bytes, principal: Principal) -> dict[str, Any]:
    upload = engine.keep_picture(content, principal.owner)
    recorded = engine.trajectories.of_picture(picture_id(content), principal.scope)
    known = with_known_model(upload.fields, engine.catalogue) if upload.fields else None
    fields = engine.request_hooks.understood(known) if known else None
    return {
        "id": upload.id,
        "width": upload.width,
        "height": upload.height,
        "notes": list(upload.notes),
        "infotext": upload.infotext,
        "fields": fields.values if fields else None,
        "field_notes": list(fields.notes) if fields else [],
        "recording": {"trajectory": recorded[0], "row": recorded[1]} if recorded else None,
    }
