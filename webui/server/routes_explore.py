"""`/api/v1/explore`: points of latent space, by their place on a map, along a line, or near to a picture.

What is asked of the mathematics is answered at once, with requests; those are made by `/api/v1/jobs`, or quickly and
without a trace by `/api/v1/explore/pictures`.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.exploring.beyond import OnTheLine, direction_between, line_beyond
from webui.exploring.idea_map import IdeaMap
from webui.exploring.neighbours import neighbours
from webui.generation.blend import Blend, BlendWay
from webui.generation.expression import ExpressionError, parse, written
from webui.generation.invalid_values import validated
from webui.generation.request import GenerationRequest
from webui.model_manager.recording_models import RecordingModels
from webui.server.access.principals import principal_of
from webui.server.bodies import json_object
from webui.server.explore_bodies import (
    BeyondBody,
    ExpressionBody,
    IdeasBody,
    NeighboursBody,
    PicturesBody,
    VectorBody,
    WeightsBody,
)
from webui.server.explore_desk import ExploreDesk
from webui.server.routes_jobs import FOREVER
from webui.server.waiting import Askers

ASKERS = 16
"""How many questions of the explorer wait at once, in threads of their own: views of recordings come before them."""
PREFIX = "/api/v1/explore"


def explore_router(engine: Engine, models: RecordingModels) -> APIRouter:
    """The routes of the explorer."""
    router = APIRouter(prefix=PREFIX)
    _add_mathematics(router)
    _add_looks(router, ExploreDesk(engine, models), Askers(ASKERS))
    return router


def _add_mathematics(router: APIRouter) -> None:
    """What is answered without the worker."""

    @router.post("/weights")
    async def weights(request: Request) -> Any:
        """How much each idea of a map counts at some points, and the request for each."""
        asked = validated(WeightsBody, await json_object(request))
        return {"points": await run_in_threadpool(_points_of, asked)}

    @router.post("/expression")
    async def expression(request: Request) -> Any:
        """Read concept arithmetic; an error says `at` which character it is, and of what `length`."""
        asked = validated(ExpressionBody, await json_object(request))
        blend = _read(asked.text, asked.names, "text", asked.way)
        return {"blend": blend.model_dump(mode="json"), "text": written(blend)}

    @router.post("/beyond")
    async def beyond(request: Request) -> Any:
        """The requests for places on a line, past its ends."""
        asked = validated(BeyondBody, await json_object(request))
        line = await run_in_threadpool(_line_of, asked)
        return {"requests": [_told(place.request) for place in line], "texts": [place.text for place in line]}

    @router.post("/neighbours")
    async def near(request: Request) -> Any:
        """The requests for pictures whose noise is a little turned."""
        asked = validated(NeighboursBody, await json_object(request))
        made = await run_in_threadpool(neighbours, asked.request, asked.spread, asked.count, asked.round)
        return {"requests": [_told(each) for each in made]}


def _add_looks(router: APIRouter, desk: ExploreDesk, askers: Askers) -> None:
    """What the worker answers."""

    @router.post("/ideas")
    async def ideas(request: Request) -> Any:
        """Places on a plane for prompts, by what the text encoder makes of them."""
        asked = validated(IdeasBody, await json_object(request))
        return (await askers.run(request, lambda wanted: desk.ideas(asked, wanted))).values

    @router.post("/vector")
    async def vector(request: Request) -> Any:
        """What the network is told in the place of a prompt: its norm, the nearest words, distances to ideas."""
        asked, owner = validated(VectorBody, await json_object(request)), principal_of(request).owner
        return (await askers.run(request, lambda wanted: desk.vector(asked, owner, wanted))).values

    @router.get("/normal")
    async def normal(request: Request, model: str | None = Query(default=None, max_length=500)) -> Any:
        """The normal range of a model's pictures in latent space."""
        return (await askers.run(request, lambda wanted: desk.normal(model, wanted))).values

    @router.post("/pictures")
    async def pictures(request: Request) -> Any:
        """Make some pictures together, behind everything else, recorded and saved nowhere."""
        asked, owner = validated(PicturesBody, await json_object(request)), principal_of(request).owner
        points, told = await askers.run(request, lambda wanted: desk.pictures(asked.requests, owner, wanted))
        at = f"{router.prefix}/pictures/{points}"
        return {"id": points, "pictures": [{"url": f"{at}/{index}.jpg", **each} for index, each in enumerate(told)]}

    @router.get("/pictures/{points}/{index}.jpg")
    async def file(request: Request, points: str, index: int) -> Response:
        """One of these pictures; it never changes."""
        content = await askers.run(request, lambda wanted: desk.file(points, index, wanted))
        return Response(content, media_type="image/jpeg", headers={"Cache-Control": FOREVER})


def _points_of(asked: WeightsBody) -> list[dict[str, Any]]:
    if asked.at is not None:
        found = [asked.map.weights(x, y) for x, y in asked.at]
        return [_point(asked.map, each.weights, each.inside) for each in found]
    return [_point(asked.map, each, all(0 <= weight <= 1 for weight in each)) for each in asked.weights or ()]


def _point(ideas: IdeaMap, weights: tuple[float, ...], inside: bool) -> dict[str, Any]:
    return {"weights": weights, "inside": inside, "request": _told(ideas.request_of(weights))}


def _line_of(asked: BeyondBody) -> tuple[OnTheLine, ...]:
    base = _read(asked.base, asked.names, "base")
    if asked.direction is not None:
        direction = _read(asked.direction, asked.names, "direction")
    else:
        direction = direction_between(base, _read(asked.toward or "", asked.names, "toward"))
    return line_beyond(asked.request, base, direction, asked.factors, asked.way)


def _read(text: str, names: Mapping[str, str], field: str, way: BlendWay = BlendWay.LINEAR) -> Blend:
    """The expression of a field; what is wrong with it is told of that field."""
    try:
        return parse(text, names, way)
    except ExpressionError as error:
        error.field = field
        raise


def _told(request: GenerationRequest) -> dict[str, Any]:
    return request.model_dump(mode="json")
