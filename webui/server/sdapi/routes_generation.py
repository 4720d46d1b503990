"""`txt2img`, `img2img`, `progress`, `interrupt` and `skip`."""

from typing import Any

from fastapi import APIRouter, Request, Response

from webui.engine.engine import Engine
from webui.server.access.principals import principal_of
from webui.server.sdapi.errors import answer
from webui.server.sdapi.generating import Generating
from webui.server.sdapi.generation_bodies import ImageToImage, TextToImage
from webui.server.sdapi.progress import running, told_progress
from webui.server.sdapi.response_models import GenerationAnswer, Progress
from webui.server.waiting import Askers


def generation_router(engine: Engine, generating: Generating, askers: Askers) -> APIRouter:
    """The routes that make pictures and steer that; `askers` wait for them."""
    router = APIRouter(tags=["pictures"])

    @router.post("/txt2img", response_model=GenerationAnswer)
    async def txt2img(request: Request, posted: TextToImage) -> Response:
        """Make pictures from a prompt; answers when they are finished."""
        principal = principal_of(request)
        return answer(await askers.run(request, lambda wanted: generating.answer(posted, principal, wanted)))

    @router.post("/img2img", response_model=GenerationAnswer)
    async def img2img(request: Request, posted: ImageToImage) -> Response:
        """Make pictures from a picture, with a mask only a part of it; answers when they are finished."""
        principal = principal_of(request)
        return answer(await askers.run(request, lambda wanted: generating.answer(posted, principal, wanted)))

    @router.get("/progress", response_model=Progress)
    def progress(request: Request, skip_current_image: bool = False) -> Response:
        """How far one's own running job is, with its newest preview unless that is skipped."""
        return answer(told_progress(engine, principal_of(request), with_picture=not skip_current_image))

    @router.post("/interrupt")
    def interrupt(request: Request) -> dict[str, Any]:
        """End the running job after its current step, and the series that it belongs to, where it is one's own."""
        job = running(engine, principal_of(request))
        if job is not None:
            _interrupt(engine, job.id)
        return {}

    @router.post("/skip")
    def skip(request: Request) -> None:
        """Go on with the next batch of the running job, where it is one's own."""
        job = running(engine, principal_of(request))
        if job is not None:
            engine.skip(job.id)

    return router


def _interrupt(engine: Engine, job: str) -> None:
    series = next((each for each in engine.series.recent() if each.active and job in each.jobs), None)
    if series is not None:
        engine.series.cancel(series.id)
    else:
        engine.cancel(job)
