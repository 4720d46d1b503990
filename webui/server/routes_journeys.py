"""`/api/v1/explore/journeys`: make a journey, look at its frames, take it home as a film."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from webui.access.kinds import Kind
from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.engine.journey_film import (
    FilmForm,
    frame_files,
    journey_comment,
    journey_json,
    journey_of,
    travel_frames,
    write_journey,
)
from webui.engine.series import RECENT_SERIES
from webui.engine.series_journey import measuring
from webui.engine.series_record import Series
from webui.errors import InvalidRequest, PictureNotFound
from webui.exploring.journey import stop_of
from webui.generation.infotext_fields import InfotextFields
from webui.generation.invalid_values import validated
from webui.generation.journey import Journey, Stop
from webui.generation.request import GenerationRequest
from webui.generation.series import SeriesRequest
from webui.generation.ways import FromPicture
from webui.imaging.animation import MAX_FPS, MIN_FPS
from webui.server.access.principals import principal_of
from webui.server.audience import Audience, audience_of
from webui.server.bodies import json_object
from webui.server.journey_bodies import StopBody
from webui.server.made_files import MadeFiles, download
from webui.server.waiting import hanging_up


class _Film(BaseModel):
    """The query of a film; `fps` None is the journey's own."""

    format: FilmForm = FilmForm.MP4
    fps: float | None = Field(default=None, ge=MIN_FPS, le=MAX_FPS)


def journeys_router(engine: Engine, files: MadeFiles) -> APIRouter:
    """The routes of journeys, which are series; films are made in `files`."""
    router = APIRouter(prefix="/api/v1/explore/journeys")

    @router.post("", status_code=202)
    async def begin(request: Request) -> Response:
        """Accept a journey. The answer is sent after it is on the disk."""
        wanted = SeriesRequest.parse({**await json_object(request), "kind": Journey.kind})
        series = await run_in_threadpool(engine.series.begin, wanted, principal_of(request).owner)
        accepted = {"id": series.id, "jobs": series.jobs, "total": series.total}
        return JSONResponse(accepted, status_code=202, headers={"Location": f"{router.prefix}/{series.id}"})

    @router.get("")
    def recent(request: Request, limit: Annotated[int, Query(ge=1, le=100)] = RECENT_SERIES) -> list[Any]:
        """The newest first."""
        audience = audience_of(request, engine)
        found = engine.series.recent(limit, audience.scope)
        return [_told(engine, audience, each) for each in found if isinstance(each.wanted.options, Journey)]

    @router.post("/stop")
    async def stop(request: Request) -> Any:
        """What a picture is as a stop: all of its parameters, or where it has none itself to start from."""
        asked = validated(StopBody, await json_object(request))
        return await run_in_threadpool(_stop_told, engine, asked, principal_of(request))

    @router.get("/{series}")
    def one(request: Request, series: str) -> Any:
        """A journey as it is now, with its frames in their order."""
        found = engine.series.find(series)
        told = [asdict(frame) | {"url": _url(frame.image)} for frame in travel_frames(found, _images(engine, found))]
        return {**_told(engine, audience_of(request, engine), found), "frames": told}

    @router.delete("/{series}")
    def cancel(request: Request, series: str) -> Any:
        """Cancel a journey; the frames that are made stay."""
        journey_of(engine.series.find(series))
        return _told(engine, audience_of(request, engine), engine.series.cancel(series))

    @router.get("/{series}/film")
    async def film(request: Request, series: str, asked: Annotated[_Film, Query()]) -> Response:
        """The frames that there are as a film, or as an archive of PNG files; hanging up ends the work."""
        async with hanging_up(request) as left, files.places:
            file = await run_in_threadpool(_film, engine, files, series, asked, left)
        return download(file, f"journey-{series}.{asked.format.value}", asked.format.media_type)

    return router


def _film(engine: Engine, files: MadeFiles, series: str, asked: _Film, left: threading.Event) -> BinaryIO:
    found = engine.series.find(series)
    fps = journey_of(found).fps if asked.fps is None else asked.fps
    frames = travel_frames(found, _images(engine, found))
    comment = journey_comment(found)

    def write(path: Path) -> None:
        pictures = _wanted(frame_files(engine.library, frames), left)
        write_journey(pictures, asked.format, path, fps=fps, comment=comment)

    return files.written(f".{asked.format.value}", write)


def _wanted(frames: Iterator[tuple[str, bytes]], left: threading.Event) -> Iterator[tuple[str, bytes]]:
    """Frames, as long as somebody waits for them."""
    for frame in frames:
        if left.is_set():
            raise ClientDisconnect
        yield frame


def _images(engine: Engine, series: Series) -> list[list[str]]:
    return [cell["images"] for cell in engine.series.told(series, cells=True)["cells"]]


def _told(engine: Engine, audience: Audience, series: Series) -> dict[str, Any]:
    names = ("id", "owner", "status", "done", "total", "result", "error", "hint", "created", "finished")
    told = audience.in_words(engine.series.told(series))
    phase = "measuring" if measuring(series) else "making"
    return {**{name: told[name] for name in names}, "phase": phase, "journey": journey_json(series)}


def _url(image: str | None) -> str | None:
    return f"/api/v1/images/{image}" if image else None


def _stop_told(engine: Engine, asked: StopBody, principal: Principal) -> dict[str, Any]:
    engine.take_picture(asked.picture, principal.owner, field="picture")
    request = _request_of(engine, asked, principal)
    stop = stop_of(request) if request else None
    if request is None or stop is None:
        return {"stop": Stop(picture=asked.picture).model_dump(mode="json"), "request": None, "strength": None}
    strength = request.start.strength if isinstance(request.start, FromPicture) else None
    return {"stop": stop.model_dump(mode="json"), "request": request.model_dump(mode="json"), "strength": strength}


def _request_of(engine: Engine, asked: StopBody, principal: Principal) -> GenerationRequest | None:
    """What made a picture, as far as that is known."""
    with suppress(PictureNotFound, InvalidRequest):
        if engine.ownership.owns(principal.scope, Kind.PICTURE, asked.picture):
            return GenerationRequest.model_validate_json(engine.library.find(asked.picture).request)
    with suppress(InvalidRequest):
        return GenerationRequest.parse(InfotextFields(asked.fields).request_values()) if asked.fields else None
    return None
