"""`/api/v1/shown`: previews and pictures for those who only look on, without what is written in the files."""

from io import BytesIO

from fastapi import APIRouter, Request
from fastapi.responses import Response
from PIL import Image

from webui.engine.engine import Engine
from webui.errors import PictureNotFound
from webui.imaging.reading import flattened
from webui.server.access.principals import principal_of
from webui.server.audience import may_be_shown, shown_since
from webui.server.errors import error_response
from webui.server.routes_jobs import FOREVER

_QUALITY = 92
_FRESH = {"Cache-Control": "no-store"}


def shown_router(engine: Engine) -> APIRouter:
    """The routes of what is shown while a link is open; places in a job are named, and never ids of pictures."""
    router = APIRouter(prefix="/api/v1/shown/{job}")

    @router.get("/frames/{batch}/{step}/{picture}.jpg")
    def frame(request: Request, job: str, batch: int, step: int, picture: int) -> Response:
        """A preview."""
        steps = may_be_shown(engine, principal_of(request), job, kind="step_done", since=shown_since(request))
        seen = any((event.payload["batch"], event.payload["index"]) == (batch, step) for event in steps)
        jpeg = engine.frames.get(job, batch, step, picture) if seen else None
        if jpeg is None:
            return error_response(404, "This preview is not kept (any more).")
        return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": FOREVER})

    @router.get("/pictures/{index}.jpg")
    def picture(request: Request, job: str, index: int) -> Response:
        """A finished picture, drawn anew: the file has its parameters inside."""
        made = may_be_shown(engine, principal_of(request), job, kind="image_done", since=shown_since(request))
        ids = [event.payload["image"] for event in made if event.payload["index"] == index]
        if not ids:
            raise PictureNotFound("There is no such picture.")
        return Response(_drawn_anew(engine.library.read(ids[-1])), media_type="image/jpeg", headers=_FRESH)

    return router


def _drawn_anew(png: bytes) -> bytes:
    """The pixels alone, as a JPEG file."""
    with Image.open(BytesIO(png), formats=("PNG",)) as image:
        pixels = flattened(image)
    file = BytesIO()
    Image.frombytes(pixels.mode, pixels.size, pixels.tobytes()).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
