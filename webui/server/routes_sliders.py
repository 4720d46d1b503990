"""`/api/v1/sliders`: the concept sliders that are kept. Users read and use them, administrators write them."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.generation.blend import Slider
from webui.library.sliders import slider_of
from webui.server.bodies import check_names, json_object

_FRESH = {"Cache-Control": "no-store"}
_BODY = tuple(name for name in Slider.model_fields if name != "name")


def sliders_router(engine: Engine) -> APIRouter:
    """The routes of concept sliders."""
    router = APIRouter(prefix="/api/v1/sliders")

    @router.get("")
    def kept() -> JSONResponse:
        """All that are kept, by name, as a request has them; `problems` names files that are none."""
        return JSONResponse(_told(engine), headers=_FRESH)

    @router.put("/{name:path}")
    async def save(name: str, request: Request) -> dict[str, Any]:
        """Keep one under a name, in the place of one that has it. What does not say a value begins at 1."""
        values = await json_object(request)
        check_names(values, _BODY)
        slider = slider_of(name, values)
        await run_in_threadpool(engine.sliders.save, slider)
        engine.hub.publish("sliders_changed")
        return slider.model_dump(mode="json")

    @router.delete("/{name:path}")
    def remove(name: str) -> dict[str, Any]:
        """Delete one; pictures and requests that were made with it have all that it was."""
        engine.sliders.remove(name)
        engine.hub.publish("sliders_changed")
        return _told(engine)

    return router


def _told(engine: Engine) -> dict[str, Any]:
    sliders, problems = engine.sliders.all()
    return {"sliders": [slider.model_dump(mode="json") for slider in sliders], "problems": problems}
