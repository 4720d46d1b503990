"""`/api/v1/pictures`: pictures that requests start from, and their masks, uploaded and given back by id."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.library.library import picture_id
from webui.model_manager.named_models import with_known_model
from webui.server.bodies import whole_file
from webui.server.guard import MAX_UPLOAD_BYTES
from webui.server.picture_answer import picture_answer
from webui.server.routes_jobs import FOREVER


def pictures_router(engine: Engine) -> APIRouter:
    """The routes of pictures that come in."""
    router = APIRouter(prefix="/api/v1/pictures")

    @router.post("", status_code=201)
    async def upload(request: Request) -> Response:
        """Keep a picture file of any common kind; it is the body itself, whatever its content type says."""
        content = await whole_file(request, what="The picture", most=MAX_UPLOAD_BYTES, field="picture")
        answer = await run_in_threadpool(_take_in, engine, content)
        return JSONResponse(answer, status_code=201, headers={"Location": f"{router.prefix}/{answer['id']}"})

    @router.get("/{picture:path}")
    def picture(picture: str) -> Response:
        """The PNG file, of an input or of a picture that was made here."""
        if engine.inputs.has(picture):
            path = engine.inputs.path(picture)
            return FileResponse(path, media_type="image/png", headers={"Cache-Control": FOREVER})
        return picture_answer(engine.library, picture)

    return router


def _take_in(engine: Engine, content: bytes) -> dict[str, Any]:
    upload = engine.inputs.add_file(content)
    recorded = engine.trajectories.of_picture(picture_id(content))
    fields = with_known_model(upload.fields, engine.catalogue) if upload.fields else None
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
