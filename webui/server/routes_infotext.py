"""`/api/v1/infotext`: the parameters of a picture, in whatever form, to the fields of a request."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.errors import InvalidRequest
from webui.generation.infotext_fields import InfotextFields
from webui.generation.infotext_sources import read_text
from webui.model_manager.named_models import with_known_model
from webui.server.bodies import json_object


def infotext_router(engine: Engine) -> APIRouter:
    """The route that reads parameters."""
    router = APIRouter(prefix="/api/v1/infotext")

    @router.post("")
    async def read(request: Request) -> Response:
        """The fields that a text names (infotext, ComfyUI's graph or other JSON), and notes on what is left out."""
        text = _text(await json_object(request, any_content_type=True))

        def fields() -> InfotextFields:
            return engine.request_hooks.understood(with_known_model(read_text(text), engine.catalogue))

        return JSONResponse((await run_in_threadpool(fields)).to_json())

    return router


def _text(values: dict[str, Any]) -> str:
    text = values.get("text")
    if not isinstance(text, str):
        raise InvalidRequest("text: the parameters of a picture are missing.", field="text")
    return text.encode("utf-8", "replace").decode()
