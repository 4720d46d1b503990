"""`/api/v1/explore/latents`: the latents of pictures, edits on them, and how far pictures lie apart in latent space."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from webui.engine.engine import Engine
from webui.generation.invalid_values import validated
from webui.model_manager.recording_models import RecordingModels
from webui.server.access.principals import principal_of
from webui.server.bodies import json_object
from webui.server.latent_bodies import DistanceBody, LatentsBody, NearestBody
from webui.server.latent_views import KINDS, FileKind, LatentViews
from webui.server.routes_jobs import FOREVER
from webui.server.waiting import Askers


def latents_router(engine: Engine, models: RecordingModels, askers: Askers) -> APIRouter:
    """The routes of the latent inspector; `askers` wait for its answers."""
    router = APIRouter(prefix="/api/v1/explore/latents")
    views = LatentViews(engine, models)

    @router.post("", status_code=201)
    async def begin(request: Request) -> Response:
        """Look at a picture's latents, after edits if there are any."""
        asked, who = validated(LatentsBody, await json_object(request)), principal_of(request)
        told = await askers.run(request, lambda wanted: views.begin(asked, wanted, who))
        address = f"{router.prefix}/{told['id']}"
        urls = {f"{kind}_url": f"{address}/{kind}.png" for kind in KINDS}
        return JSONResponse({**told, **urls}, 201, headers={"Location": address})

    @router.post("/distance")
    async def distance(request: Request) -> Response:
        """How far two pictures lie apart in latent space."""
        asked, who = validated(DistanceBody, await json_object(request)), principal_of(request)
        answered = await askers.run(request, lambda wanted: views.distance(asked, wanted, who))
        return JSONResponse(dict(answered.values))

    @router.post("/nearest")
    async def nearest(request: Request) -> Response:
        """Which of the newest pictures lie nearest to one in latent space."""
        asked, who = validated(NearestBody, await json_object(request)), principal_of(request)
        answered = await askers.run(request, lambda wanted: views.nearest(asked, wanted, who))
        told = [{**each, "url": f"/api/v1/images/{each['picture']}"} for each in answered.values["nearest"]]
        return JSONResponse({**answered.values, "nearest": told})

    @router.get("/{latents}/{kind}.png")
    async def file(request: Request, latents: str, kind: FileKind) -> Response:
        """The decoded picture, or the channels in a grid, grey."""
        content = await askers.run(request, lambda wanted: views.file(latents, kind, wanted))
        return Response(content, media_type="image/png", headers={"Cache-Control": FOREVER})

    return router
